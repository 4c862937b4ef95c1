"""Boards read in pages, one call each: what a reading of a board asks monday.com for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from betterform.actions import boards
from betterform.actions.reading_steps import Step
from betterform.db import db
from betterform.models.board import Board, BoardRole
from betterform.models.board_reading import ReadingKind
from betterform.monday import deals_in, documents, mapping
from betterform.monday.client import Client
from betterform.monday.errors import Gone
from betterform.monday.items import Item

LARGEST_PAGE = 500
# What changed in an hour is rarely more; and deals come with the contacts that are linked to them.
FIRST_CHANGES = 100
MOST_DEALS = 100
NEWEST_FIRST = {"order_by": [{"column_id": "__last_updated__", "direction": "desc"}]}


@dataclass(frozen=True, slots=True)
class Page:
    """Items of a board, the cursor of the next page, and how many the board holds (known from the first page)."""

    items: Sequence[Item]
    cursor: str | None
    expected: int | None = None

    def changed_since(self, instant: datetime) -> list[Item]:
        """The items that changed since then; those whose moment nobody can read count as changed."""
        return [item for item in self.items if (at := moment(item.updated_at)) is None or at >= instant]

    def is_past(self, instant: datetime) -> bool:
        """Whether all that follow are older: the newest come first, and the last one here is older.

        Where the page is not in that order, nobody knows.
        """
        moments = [at for item in self.items if (at := moment(item.updated_at)) is not None]
        in_order = all(newer >= older for newer, older in pairwise(moments))
        return in_order and bool(moments) and moments[-1] < instant


def moment(text: str) -> datetime | None:
    """An instant as monday writes it, or None."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def fetch(client: Client, step: Step, board: Board) -> Page:
    """The page that the step is about. One call. Raises Refusal."""
    asked = {"limit": limit_of(step), **_columns(step, board)}
    first, following = _documents(step)
    if step.cursor is not None:
        return _next(client, following, asked, step.cursor)
    if step.kind is ReadingKind.CHANGES:
        asked["order"] = NEWEST_FIRST
    return _first(client, first, asked, board.board_id)


def pages_of_ids(client: Client, board_id: str) -> Iterator[set[str]]:
    """The ids of a board's items, one call a page; none of a board that is gone. Raises Refusal."""
    asked = {"limit": LARGEST_PAGE}
    try:
        page = _first(client, documents.FIRST_IDS, asked, board_id)
    except Gone:
        return
    yield {item.id for item in page.items}
    while page.cursor is not None:
        page = _next(client, documents.NEXT_IDS, asked, page.cursor)
        yield {item.id for item in page.items}


def _first(client: Client, document: str, asked: Mapping[str, Any], board_id: str) -> Page:
    shown = client.ask(document, {**asked, "board": board_id}).get("boards") or []
    if not shown or not shown[0]:
        raise Gone("monday.com shows us no such board: it was deleted, or we may not see it.", code="board")
    return _page(shown[0]["items_page"], shown[0].get("items_count"))


def _next(client: Client, document: str, asked: Mapping[str, Any], cursor: str) -> Page:
    return _page(client.ask(document, {**asked, "cursor": cursor})["next_items_page"])


def limit_of(step: Step) -> int:
    """How many items to ask for: what suits the kind, less where monday found that too complex."""
    usual = LARGEST_PAGE
    if step.kind is not ReadingKind.LISTING and step.role is BoardRole.DEALS:
        usual = MOST_DEALS
    elif step.kind is ReadingKind.CHANGES and step.cursor is None:
        usual = FIRST_CHANGES
    return min(usual, step.largest_page or usual)


def fetch_these(client: Client, step: Step, board: Board) -> dict[str, Item]:
    """The items that the step wants to look at closely, by id; those that monday does not know are missing.

    One call, more only where monday answers an unknown id with an error; also shows archived ones.
    """
    document = documents.DEALS if step.role is BoardRole.DEALS else documents.ITEMS
    return _shown(client, document, _wanted(step.role, board), step.look)


def _shown(
    client: Client, document: str, wanted: Mapping[str, Any], item_ids: Sequence[str]
) -> dict[str, Item]:
    try:
        found = client.ask(document, {**wanted, "items": list(item_ids)}).get("items") or []
    except Gone:
        # monday may refuse them all for one that it does not know: each half is asked for by itself.
        if len(item_ids) <= 1:
            return {}
        half = len(item_ids) // 2
        parts = (item_ids[:half], item_ids[half:])
        return {key: item for part in parts for key, item in _shown(client, document, wanted, part).items()}
    return {item.id: item for item in map(Item.read, filter(None, found))}


def _documents(step: Step) -> tuple[str, str]:
    if step.kind is ReadingKind.LISTING:
        return documents.FIRST_IDS, documents.NEXT_IDS
    if step.role is BoardRole.DEALS:
        return documents.FIRST_DEALS, documents.NEXT_DEALS
    return documents.FIRST_PAGE, documents.NEXT_PAGE


def _columns(step: Step, board: Board) -> dict[str, Any]:
    return {} if step.kind is ReadingKind.LISTING else _wanted(step.role, board)


def _wanted(role: BoardRole, board: Board) -> dict[str, Any]:
    if role is not BoardRole.DEALS:
        return {"columns": mapping.columns_to_read(board)}
    followed = [column.column_id for name in deals_in.FOLLOWED if (column := board.column(name)) is not None]
    contacts_board = boards.of_role(db.session(), BoardRole.CONTACTS)
    return {"columns": followed, "contact_columns": mapping.columns_to_read(contacts_board)}


def _page(shown: Mapping[str, Any], expected: int | None = None) -> Page:
    found = [Item.read(item) for item in shown.get("items") or [] if item]
    return Page(found, shown.get("cursor") or None, expected)
