"""Each column type of the contract's section 4: written to the stand-in and read back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from betterform.monday import documents, items
from betterform.monday.client import Client
from betterform.monday.columns import (
    Country,
    Label,
    Link,
    Person,
    Phone,
    Value,
    from_column_value,
    labels_by_index,
    to_column_value,
)
from betterform.monday.sandbox import World

LABELS = {"labels": [{"id": 4, "label": "Done", "index": 0}, {"id": 7, "label": "2026", "index": 1}]}

BOTH_WAYS: list[tuple[str, Value]] = [
    ("text", 'with "quotes", <b>markup</b> and émojis 🎻'),
    ("long_text", "two\nlines"),
    ("numbers", Decimal("1234567.89")),
    ("numbers", Decimal("-0.005")),
    ("status", Label("Done", 4)),
    ("status", Label("2026", 7)),
    ("dropdown", [Label("Done", 4)]),
    ("dropdown", [Label("2026", 7)]),
    ("date", date(2026, 6, 15)),
    ("date", datetime(2026, 6, 15, 9, 30, tzinfo=UTC)),
    ("link", Link("https://example.org/form/1", "Open")),
    ("email", "anna@example.org"),
    ("phone", Phone("+41446681800", "CH")),
    ("country", Country("CH", "Switzerland")),
    ("checkbox", True),
]


@pytest.fixture
def put(client: Client, world: World):
    """Write a value into a new column of that type, and read the cell again."""
    board = world.board("CONTACTS")
    item = next(item for item in world.items.values() if item.board_id == board.id)

    def put(column_type: str, value: Value, settings: dict[str, Any] | None = None) -> Value:
        column = world.create_column(board.id, f"Any {column_type}", column_type, settings=settings or {})
        written = {column.id: to_column_value(column_type, value)}
        asked = {"board": board.id, "item": item.id, "values": json.dumps(written), "labels": True}
        client.ask(documents.WRITE_VALUES, asked)
        read = items.fetch(client, item.id, columns=[column.id])
        assert read is not None
        return from_column_value(read.cells[0])

    return put


@pytest.mark.parametrize(("column_type", "value"), BOTH_WAYS)
def test_a_value_is_read_as_it_was_written(put, column_type: str, value: Value) -> None:
    settings = LABELS if column_type in ("status", "dropdown") else None
    assert put(column_type, value, settings) == value


@pytest.mark.parametrize("column_type", [kind for kind, _ in BOTH_WAYS])
def test_nothing_clears_a_cell(put, column_type: str) -> None:
    settings = LABELS if column_type in ("status", "dropdown") else None
    assert not put(column_type, None, settings)


def test_people_are_written_and_read(put, world: World) -> None:
    assert put("people", [Person(world.me.id)]) == [Person(world.me.id)]


def test_links_to_other_boards_are_written_and_read(put, world: World) -> None:
    products = world.board("PRODUCTS")
    product = next(item for item in world.items.values() if item.board_id == products.id)
    assert put("board_relation", [product.id], {"boardIds": [int(products.id)]}) == [product.id]


def test_a_label_that_does_not_exist_is_made(put) -> None:
    written = put("status", Label("Accepted"), LABELS)
    assert isinstance(written, Label)
    assert written.text == "Accepted"


@pytest.mark.parametrize("column_type", ["mirror", "formula", "name", "subtasks", "unsupported"])
def test_what_cannot_be_written_is_refused(column_type: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        to_column_value(column_type, "text")


def test_files_are_uploaded_not_written() -> None:
    with pytest.raises(ValueError, match="uploaded"):
        to_column_value("file", "name.pdf")


@pytest.mark.parametrize(
    ("column_type", "value"),
    [("numbers", "twelve"), ("date", "tomorrow"), ("link", "no link"), ("phone", "+41")],
)
def test_a_value_of_the_wrong_kind_is_refused(column_type: str, value: Value) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        to_column_value(column_type, value)


def test_a_long_text_is_cut_where_monday_would_refuse_it() -> None:
    written = to_column_value("long_text", "x" * 5000)
    assert len(written["text"]) == 2000
    assert written["text"].endswith("…")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ({"type": "mirror", "text": None, "value": None, "display_value": "Anna"}, "Anna"),
        ({"type": "formula", "text": "", "display_value": "12"}, "12"),
        ({"type": "something_new", "text": "words"}, "words"),
        ({"type": "numbers", "text": "1,5", "value": None}, None),
        ({"type": "numbers", "text": "7.5", "value": '"7.50"'}, Decimal("7.50")),
        ({"type": "status", "label": None}, None),
        ({"type": "file", "files": []}, []),
    ],
)
def test_what_can_only_be_read(cell: dict[str, Any], value: Value) -> None:
    assert from_column_value(cell) == value


@pytest.mark.parametrize(
    "settings",
    [
        {"labels": [{"id": 1, "label": "A"}, {"id": 2, "label": "B", "is_deactivated": True}]},
        {"labels": {"1": "A"}},
        {"labels": [{"id": 1, "name": "A"}]},
        '{"labels": {"1": "A"}}',
    ],
)
def test_labels_are_read_in_every_shape(settings: Any) -> None:
    assert labels_by_index(settings) == {1: "A"}


@pytest.mark.parametrize("settings", [None, {}, "nonsense", {"labels": None}])
def test_no_labels_are_no_labels(settings: Any) -> None:
    assert labels_by_index(settings) == {}
