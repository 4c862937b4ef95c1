"""Each column type of the contract's section 4: written to the stand-in and read back."""

from __future__ import annotations

import json
import re
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
from betterform.monday.errors import FixData
from betterform.monday.sandbox import World
from tests.house.tree import ROOT

CONTRACT = ROOT.parent / "shared" / "monday" / "CONTRACT.md"
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


@pytest.fixture
def write(client: Client, world: World):
    """Write a value into an item's column, which must be there already."""

    def write(item: Any, column: Any, value: Value, *, labels: bool = True) -> None:
        values = json.dumps({column.id: to_column_value(column.type, value)})
        asked = {"board": item.board_id, "item": item.id, "values": values, "labels": labels}
        client.ask(documents.WRITE_VALUES, asked)

    return write


@pytest.mark.parametrize(
    ("column_type", "value"), [*BOTH_WAYS, ("people", "me"), ("board_relation", "a product")]
)
def test_nothing_clears_a_cell_that_held_something(
    write, client: Client, world: World, column_type: str, value: Any
) -> None:
    settings: dict[str, Any] = json.loads(json.dumps(LABELS)) if column_type in ("status", "dropdown") else {}
    products = world.items_of("PRODUCTS")
    if column_type == "board_relation":
        settings, value = {"boardIds": [int(products[0].board_id)]}, [products[0].id]
    if column_type == "people":
        value = [Person(world.me.id)]
    item = world.items_of("CONTACTS")[0]
    column = world.create_column(item.board_id, "To be emptied", column_type, settings=settings)
    write(item, column, value)
    assert column.id in world.items[item.id].cells
    write(item, column, None)
    assert column.id not in world.items[item.id].cells
    read = items.fetch(client, item.id, columns=[column.id])
    assert read is not None
    assert not from_column_value(read.cells[0])


def test_sets_are_replaced_whole(write, client: Client, world: World) -> None:
    item = world.items_of("CONTACTS")[0]
    column = world.create_column(
        item.board_id, "Several", "dropdown", settings={"labels": ["Red", "Green", "Blue"]}
    )
    write(item, column, [Label("Red"), Label("Green")])
    write(item, column, [Label("Blue")])
    read = items.fetch(client, item.id, columns=[column.id])
    assert read is not None
    assert from_column_value(read.cells[0]) == [Label("Blue", 3)]


def test_every_type_of_the_contract_is_tried_or_read_only() -> None:
    if not CONTRACT.is_file():
        pytest.skip("the contract (../shared/monday/CONTRACT.md) is not on this machine")
    section = CONTRACT.read_text(encoding="utf-8").partition("## 4. Column values")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| [^|`]+ `([a-z_]+)` \|", section, re.MULTILINE))
    assert len(named) >= 16, "the table was not found in the contract"
    tried = {kind for kind, _ in BOTH_WAYS} | {"people", "board_relation"}
    assert named - tried == {"mirror", "formula", "file"}


# What a webhook says of a value (sections 2.3 and 4), which is neither what is read nor what is written.
WEBHOOK_SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("text", {"value": "www.test.org"}),
    ("status", {"label": {"index": 13, "text": "Other"}, "post_id": None}),
    ("dropdown", {"chosenValues": [{"id": 8, "name": "Other"}]}),
    ("people", {"personsAndTeams": [{"id": 67214742, "kind": "person"}]}),
    ("board_relation", {"linkedPulseIds": [{"linkedPulseId": 1}]}),
]


@pytest.mark.parametrize(("column_type", "shape"), WEBHOOK_SHAPES)
def test_the_shape_of_a_webhook_is_not_read_as_a_value(column_type: str, shape: dict[str, Any]) -> None:
    assert not from_column_value({"type": column_type, **shape, "text": None})


@pytest.mark.parametrize("text", ["x" * 2_000, "x" * 2_001, "é\U0001f3bb" * 1_500])
def test_no_long_text_is_too_long_for_monday(put, text: str) -> None:
    read = put("long_text", text)
    assert len(read) == min(len(text), 2_000)
    assert text.startswith(read.removesuffix("…"))


@pytest.mark.parametrize(("length", "fits"), [(30, True), (31, False)])
def test_a_new_label_has_thirty_characters_at_most(write, world: World, length: int, fits: bool) -> None:
    item = world.items_of("CONTACTS")[0]
    column = world.create_column(item.board_id, "State", "status", settings=json.loads(json.dumps(LABELS)))
    if fits:
        write(item, column, Label("x" * length))
        assert world.shown(item.id)["values"]["State"] == "x" * length
    else:
        with pytest.raises(FixData, match="doesn't exist"):
            write(item, column, Label("x" * length))


def test_a_status_column_has_forty_labels_at_most(write, world: World) -> None:
    item = world.items_of("CONTACTS")[0]
    labels = [f"Label {number}" for number in range(39)]
    column = world.create_column(item.board_id, "State", "status", settings={"labels": labels})
    write(item, column, Label("The fortieth"))
    with pytest.raises(FixData):
        write(item, column, Label("One too many"))


def test_a_label_is_made_only_where_that_is_allowed(write, world: World) -> None:
    item = world.items_of("CONTACTS")[0]
    column = world.create_column(item.board_id, "State", "status", settings=json.loads(json.dumps(LABELS)))
    with pytest.raises(FixData):
        write(item, column, Label("New"), labels=False)


@pytest.mark.parametrize(
    ("number", "country", "fits"),
    [
        ("+41446681800", "CH", True),
        ("+12025550169", "US", True),
        ("+12025550169", "CH", False),
        ("+41446681800", "XX", False),
        ("+4144668180012345678", "CH", False),
        ("+0446681800", "CH", False),
        ("+411", "CH", False),
        ("0446681800", "CH", True),
    ],
)
def test_a_phone_number_must_fit_its_country(put, number: str, country: str, fits: bool) -> None:
    if fits:
        assert put("phone", Phone(number, country)) == Phone(number, country)
    else:
        with pytest.raises(FixData):
            put("phone", Phone(number, country))


@pytest.mark.parametrize(("length", "fits"), [(255, True), (256, False)])
def test_a_name_has_255_characters_at_most(client: Client, world: World, length: int, fits: bool) -> None:
    asked = {"board": world.board("CONTACTS").id, "name": "n" * length, "values": "{}", "labels": False}
    if fits:
        made = client.ask(documents.CREATE_ITEM, asked)["create_item"]
        assert world.items[made["id"]].name == "n" * 255
    else:
        with pytest.raises(FixData):
            client.ask(documents.CREATE_ITEM, asked)


def test_items_of_boards_that_are_not_connected_cannot_be_linked(put, world: World) -> None:
    product = world.items_of("PRODUCTS")[0]
    with pytest.raises(FixData, match="not connected"):
        put("board_relation", [product.id], {"boardIds": [int(world.board("DEALS").id)]})


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
