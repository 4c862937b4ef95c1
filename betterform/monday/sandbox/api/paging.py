"""Pages of items by cursor, and the filters of `query_params`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from betterform.monday.sandbox.account import Account
from betterform.monday.sandbox.cells import CELLS
from betterform.monday.sandbox.cells.links import linked_ids
from betterform.monday.sandbox.errors import ApiError, no_such_column
from betterform.monday.sandbox.records import Board, Item
from betterform.monday.sandbox.showing import people_names

CURSOR_SECONDS = 3_600
LARGEST_PAGE = 500
STAMPS: dict[str, Callable[[Item], str]] = {
    "__creation_log__": lambda item: item.created_at,
    "__last_updated__": lambda item: item.updated_at,
}


@dataclass
class _Bookmark:
    item_ids: list[str]
    expires: float


class Cursors:
    """Cursors live an hour from the first page; each page hands out a new one with the same end."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._bookmarks: dict[str, _Bookmark] = {}

    def first_page(self, items: Iterable[Item], limit: int) -> dict[str, Any]:
        expires = self.account.clock.elapsed() + CURSOR_SECONDS
        return self._page(_Bookmark([item.id for item in items], expires), limit)

    def next_page(self, cursor: str, limit: int) -> dict[str, Any]:
        """Raises ApiError for a cursor that is unknown or too old."""
        bookmark = self._bookmarks.get(cursor)
        if bookmark is None or bookmark.expires < self.account.clock.elapsed():
            raise ApiError(
                "The cursor provided for pagination has expired. Please refresh your query and obtain a new cursor",
                "CursorExpiredError",
            )
        return self._page(bookmark, limit)

    def _page(self, bookmark: _Bookmark, limit: int) -> dict[str, Any]:
        if not 1 <= limit <= LARGEST_PAGE:
            raise ApiError(f"limit must be between 1 and {LARGEST_PAGE}", "InvalidArgumentException")
        now, rest = bookmark.item_ids[:limit], bookmark.item_ids[limit:]
        cursor = None
        if rest:
            cursor = "MSw5NTc1MDYxNTA1" + secrets.token_urlsafe(24)
            self._bookmarks[cursor] = _Bookmark(rest, bookmark.expires)
        items = [self.account.active_item(item_id) for item_id in now]
        return {"cursor": cursor, "items": [item for item in items if item]}


def select(
    account: Account, board: Board, query: dict[str, Any] | None, *, group_id: str | None = None
) -> list[Item]:
    """A board's active items that pass `query`, in its order. Raises ApiError."""
    query = query or {}
    items = [item for item in account.items_of(board.id) if group_id in (None, item.group_id)]
    if query.get("ids"):
        wanted = {str(item_id) for item_id in query["ids"]}
        items = [item for item in items if item.id in wanted]
    items = [item for item in items if _passes(account, board, item, query)]
    for order in reversed(query.get("order_by") or []):
        items.sort(
            key=lambda item, column_id=order["column_id"]: _sortable(account, board, item, column_id),  # type: ignore[misc]
            reverse=order.get("direction") == "desc",
        )
    return items


def _passes(account: Account, board: Board, item: Item, query: dict[str, Any]) -> bool:
    verdicts = [_rule_holds(account, board, item, rule) for rule in query.get("rules") or []]
    verdicts += [_passes(account, board, item, group) for group in query.get("groups") or []]
    if not verdicts:
        return True
    return any(verdicts) if query.get("operator") == "or" else all(verdicts)


def _rule_holds(account: Account, board: Board, item: Item, rule: dict[str, Any]) -> bool:
    operator = rule.get("operator") or "any_of"
    given = rule["compare_value"]
    wanted = [str(entry) for entry in (given if isinstance(given, list) else [given])]
    wanted = [entry for entry in wanted if entry not in ("EXACT", "")] if operator != "any_of" else wanted
    text, keys = _facets(account, board, item, str(rule["column_id"]))
    return _OPERATORS[operator](text, keys, _dates_for(account, wanted))


def _dates_for(account: Account, wanted: list[str]) -> list[str]:
    """The words that date rules may use in place of a date."""
    today = account.clock.now().date()
    words = {
        "TODAY": today,
        "YESTERDAY": today - timedelta(days=1),
        "ONE_WEEK_AGO": today - timedelta(days=7),
    }
    return [words[entry].isoformat() if entry in words else entry for entry in wanted]


def _facets(account: Account, board: Board, item: Item, column_id: str) -> tuple[str, set[str]]:
    """The text that is compared, and the keys that `any_of` looks for."""
    if column_id in STAMPS:
        return STAMPS[column_id](item), {STAMPS[column_id](item), STAMPS[column_id](item)[:10]}
    if column_id == "name":
        return item.name, {item.name}
    if column_id == "group":
        return item.group_id, {item.group_id}
    column = board.column(column_id)
    if column is None:
        raise no_such_column(column_id)
    raw = item.cells.get(column_id)
    text = CELLS[column.type].text(column, raw) or ""
    match column.type:
        case "status":
            return text, {str(raw["index"])} if raw else {""}
        case "dropdown":
            return text, {str(number) for number in raw["ids"]} if raw else {""}
        case "board_relation":
            ids = linked_ids(raw)
            return ", ".join(account.items[i].name for i in ids if i in account.items), set(ids) or {""}
        case "people":
            people = {f"person-{entry['id']}" for entry in raw["personsAndTeams"]} if raw else {""}
            return people_names(account, raw), people
        case "email":
            return text, {raw["email"]} if raw else {""}
        case "file":
            raise ApiError("Filtering by file columns is not supported", "InvalidColumnTypeException")
        case _:
            return text, {text}


def _compares(sign: Callable[[Any, Any], bool]) -> Callable[[str, set[str], list[str]], bool]:
    def holds(text: str, keys: set[str], wanted: list[str]) -> bool:
        if not text or not wanted:
            return False
        left, right = _number_or_text(text), _number_or_text(wanted[0])
        if isinstance(left, float) and isinstance(right, float):
            return sign(left, right)
        # A plain date is compared with the day of a stamp.
        return sign(text[: len(wanted[0])], wanted[0])

    return holds


def _number_or_text(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _contains(text: str, keys: set[str], wanted: list[str]) -> bool:
    return any(entry.casefold() in text.casefold() for entry in wanted)


_OPERATORS: dict[str, Callable[[str, set[str], list[str]], bool]] = {
    "any_of": lambda text, keys, wanted: bool(keys & set(wanted)),
    "not_any_of": lambda text, keys, wanted: not keys & set(wanted),
    "is_empty": lambda text, keys, wanted: not (keys - {""}),
    "is_not_empty": lambda text, keys, wanted: bool(keys - {""}),
    "contains_text": _contains,
    "contains_terms": lambda text, keys, wanted: all(
        term.casefold() in text.casefold() for entry in wanted for term in entry.split()
    ),
    "not_contains_text": lambda text, keys, wanted: not _contains(text, keys, wanted),
    "starts_with": lambda text, keys, wanted: text.casefold().startswith(wanted[0].casefold()),
    "ends_with": lambda text, keys, wanted: text.casefold().endswith(wanted[0].casefold()),
    "greater_than": _compares(lambda left, right: left > right),
    "greater_than_or_equals": _compares(lambda left, right: left >= right),
    "lower_than": _compares(lambda left, right: left < right),
    "lower_than_or_equal": _compares(lambda left, right: left <= right),
    "between": lambda text, keys, wanted: bool(text) and wanted[0] <= text[: len(wanted[0])] <= wanted[1],
    "within_the_next": lambda text, keys, wanted: bool(text),
    "within_the_last": lambda text, keys, wanted: bool(text),
}


def _sortable(account: Account, board: Board, item: Item, column_id: str) -> tuple[bool, float, str]:
    text, _ = _facets(account, board, item, column_id)
    number = _number_or_text(text)
    # The id settles a draw, so that the newest of one second comes last.
    return (not text, number, "") if isinstance(number, float) else (not text, float(item.id) * 0, text)


def select_by_values(account: Account, board: Board, columns: list[dict[str, Any]]) -> list[Item]:
    """Items where every named column reads as one of the given texts. Raises ApiError."""
    found = []
    for item in account.items_of(board.id):
        facets = ((_facets(account, board, item, entry["column_id"]), entry) for entry in columns)
        if all(_reads_as(text, keys, entry["column_values"]) for (text, keys), entry in facets):
            found.append(item)
    return found


def _reads_as(text: str, keys: set[str], wanted: list[str | None]) -> bool:
    texts = {entry or "" for entry in wanted}
    return text in texts or bool((keys - {""}) & texts)
