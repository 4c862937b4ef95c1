"""Reading boards and items: one call each, what comes back as plain records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from betterform.monday import documents
from betterform.monday.client import Client
from betterform.monday.columns import File, from_column_value
from betterform.monday.errors import Gone, TryAgain

LONGEST_BOARD_LIST = 20  # pages of 100


@dataclass(frozen=True, slots=True)
class Item:
    """An item as monday shows it now. `cells` are its column values, as the fragment Cell asks for them."""

    id: str
    name: str
    state: str
    created_at: str = ""
    updated_at: str = ""
    board_id: str = ""
    creator: Mapping[str, Any] | None = None
    cells: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @classmethod
    def read(cls, shown: Mapping[str, Any]) -> Item:
        return cls(
            id=str(shown["id"]),
            name=str(shown.get("name") or ""),
            state=str(shown.get("state") or "active"),
            created_at=str(shown.get("created_at") or ""),
            updated_at=str(shown.get("updated_at") or ""),
            board_id=str((shown.get("board") or {}).get("id") or ""),
            creator=shown.get("creator"),
            cells=tuple(shown.get("column_values") or ()),
        )

    @property
    def is_active(self) -> bool:
        return self.state == "active"

    def cell(self, column_id: str | None) -> Mapping[str, Any] | None:
        """The cell of a column, or None."""
        return next((cell for cell in self.cells if cell["id"] == column_id), None)

    def files(self, column_id: str) -> list[File]:
        """The files in a file column. Raises Gone when the item has no such column."""
        cell = self.cell(column_id)
        if cell is None or cell.get("type") != "file":
            raise Gone("The file column is no longer on the board.", code="column")
        files = from_column_value(cell)
        return [entry for entry in files if isinstance(entry, File)] if isinstance(files, list) else []


def fetch(client: Client, item_id: str, *, columns: Sequence[str]) -> Item | None:
    """The item, also when archived; None when monday knows none. One call."""
    return _only(client, documents.ITEM, {"item": item_id, "columns": list(columns)})


def fetch_deal(
    client: Client, item_id: str, *, columns: Sequence[str], contact_columns: Sequence[str]
) -> Item | None:
    """A deal with what is linked to it: one call."""
    asked = {"item": item_id, "columns": list(columns), "contact_columns": list(contact_columns)}
    return _only(client, documents.DEAL, asked)


def _only(client: Client, document: str, asked: Mapping[str, Any]) -> Item | None:
    try:
        shown = client.ask(document, asked).get("items") or []
    except Gone:  # monday says so either with an empty list or with an error
        return None
    return Item.read(shown[0]) if shown and shown[0] else None


def linked(cell: Mapping[str, Any] | None) -> list[Item]:
    """The items that a connect-boards cell leads to."""
    shown = (cell or {}).get("linked_items") or []
    return [Item.read(item) for item in shown if item]


def find(client: Client, board_id: str, *, column: str, value: str) -> list[Item]:
    """The items with exactly that value in a column ("name" is the item's name): one call."""
    asked = {"board": board_id, "column": column, "value": value}
    data = client.ask(documents.FIND_ITEMS, asked)["items_page_by_column_values"]
    return [Item.read(item) for item in data["items"]]


def boards(client: Client) -> list[dict[str, Any]]:
    """The account's boards, most recently used first: {"id", "name", "type", "items_count"}.

    Boards of subitems and documents are left out.
    """
    found: list[dict[str, Any]] = []
    for page in range(1, LONGEST_BOARD_LIST + 1):
        shown = client.ask(documents.BOARDS, {"limit": 100, "page": page}).get("boards") or []
        found += [board for board in shown if board and board.get("type") in (None, "board")]
        if len(shown) < 100:
            break
    return found


def columns(client: Client, board_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Boards with their live columns, by board id: one call."""
    if not board_ids:
        return {}
    shown = client.ask(documents.COLUMNS, {"boards": list(board_ids)}).get("boards") or []
    found = {}
    for board in shown:
        if board:
            live = [column for column in board["columns"] if column and not column.get("archived")]
            found[str(board["id"])] = {**board, "columns": live}
    return found


def confirmed(data: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """The object that a mutation answered with. Raises TryAgain where monday gave none."""
    answer = data.get(field)
    if not isinstance(answer, dict) or not answer.get("id"):
        raise TryAgain("monday.com did not confirm the write.", may_have_happened=True)
    return answer
