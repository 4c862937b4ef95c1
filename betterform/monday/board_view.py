"""A board as a person sees it while choosing: its columns, and what stands in them by way of example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from betterform.monday import documents
from betterform.monday.client import Client
from betterform.monday.columns import Country, File, Label, Link, Phone, from_column_value, labels_by_index
from betterform.monday.errors import Gone
from betterform.monday.guessing import ShownColumn
from betterform.monday.items import Item

SAMPLED_ITEMS = 10
LONGEST_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """What a column holds on a real item."""

    text: str
    item: str


@dataclass(slots=True)
class BoardView:
    """A board's id, name and live columns; `samples` by column id, for columns that hold something."""

    id: str
    name: str
    columns: list[ShownColumn]
    samples: dict[str, Sample] = field(default_factory=dict)

    def column(self, column_id: str) -> ShownColumn | None:
        """The column with that id, or None."""
        return next((column for column in self.columns if column.id == column_id), None)

    def kept(self) -> dict[str, Any]:
        """Plain data, so that a page can carry it. Of the settings only what a mapping needs stays."""
        return asdict(self)

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> BoardView:
        return cls(
            id=kept["id"],
            name=kept["name"],
            columns=[ShownColumn(**column) for column in kept["columns"]],
            samples={column: Sample(**sample) for column, sample in kept["samples"].items()},
        )


def look(client: Client, board_id: str) -> BoardView:
    """The board, and of its first items the first that holds something, column by column. One call.

    Raises Gone for a board that monday does not show us, or that is archived or deleted.
    """
    asked = {"board": board_id, "limit": SAMPLED_ITEMS}
    boards = client.ask(documents.BOARD_WITH_SAMPLES, asked).get("boards") or []
    if not boards or not boards[0] or boards[0].get("state") not in (None, "active"):
        raise Gone("monday.com shows us no such board: it was archived or deleted, or is not shared with us.")
    shown = boards[0]
    live = [column for column in shown["columns"] if column and not column.get("archived")]
    found = [Item.read(item) for item in (shown.get("items_page") or {}).get("items") or []]
    columns = [_trimmed(ShownColumn.read(column)) for column in live]
    return BoardView(str(shown["id"]), str(shown["name"]), columns, _samples(found))


def _trimmed(column: ShownColumn) -> ShownColumn:
    settings: dict[str, Any] = {}
    if column.type in ("status", "dropdown"):
        labels = labels_by_index(column.settings)
        settings = {"labels": [{"id": index, "label": text} for index, text in labels.items()]}
    elif column.type == "board_relation" and isinstance(column.settings, dict):
        settings = {"boardIds": column.settings.get("boardIds") or column.settings.get("board_ids") or []}
    return ShownColumn(column.id, column.title, column.type, settings)


def _samples(found: list[Item]) -> dict[str, Sample]:
    samples: dict[str, Sample] = {}
    for item in found:
        for cell in item.cells:
            text = shown_text(cell) if cell["id"] not in samples else ""
            if text:
                short = text if len(text) <= LONGEST_SAMPLE else f"{text[: LONGEST_SAMPLE - 1]}…"
                samples[str(cell["id"])] = Sample(short, item.name)
    return samples


def shown_text(cell: Mapping[str, Any]) -> str:
    """What a cell shows, on one line; "" for nothing."""
    value = from_column_value(cell)
    if cell.get("type") in ("people", "board_relation"):
        text = str(cell.get("text") or cell.get("display_value") or "")
    elif isinstance(value, list):
        text = ", ".join(entry.name if isinstance(entry, File) else _word(entry) for entry in value)
    else:
        text = _word(value)
    return " ".join(text.split())


def _word(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()[:10]
        case Link():
            return value.url
        case Phone():
            return value.number
        case Country():
            return value.name
        case Label():
            return value.text
    return str(value)
