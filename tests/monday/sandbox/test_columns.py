"""Each column type, written and read back as section 4 of the contract says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from betterform.monday.sandbox import SandboxServer
from tests.monday.sandbox.caller import CHANGE, CREATE, Caller

SIMPLE = """mutation ($board: ID!, $item: ID, $column: String!, $value: String) {
  change_simple_column_value(board_id: $board, item_id: $item, column_id: $column, value: $value) { id name }
}"""
ONE = """mutation ($board: ID!, $item: ID, $column: String!, $value: JSON!) {
  change_column_value(board_id: $board, item_id: $item, column_id: $column, value: $value) { id }
}"""
FRAGMENTS = {
    "text": "",
    "long_text": "... on LongTextValue { updated_at }",
    "numbers": "... on NumbersValue { number symbol direction }",
    "status": "... on StatusValue { index label is_done label_style { color border } }",
    "dropdown": "... on DropdownValue { values { id label } }",
    "date": "... on DateValue { date time }",
    "link": "... on LinkValue { url url_text }",
    "email": "... on EmailValue { email label }",
    "phone": "... on PhoneValue { phone country_short_name }",
    "people": "... on PeopleValue { persons_and_teams { id kind } }",
    "country": "... on CountryValue { country { code name } }",
    "checkbox": "... on CheckboxValue { checked }",
}


@pytest.fixture(scope="module")
def monday() -> Iterator[Caller]:
    """One for all tests in here: each works on a board or a deal of its own."""
    with SandboxServer(seed="demo") as server:
        yield Caller(server)


class Cell:
    """An item on a board of its own with one column of the type under test."""

    def __init__(self, monday: Caller, column_type: str, settings: dict[str, Any] | None = None) -> None:
        self.monday = monday
        self.board = monday.world.create_board(f"With {column_type}").id
        self.column = monday.world.create_column(self.board, "It", column_type, settings=settings).id
        self.item = monday.world.create_item(self.board, "An item").id
        self.fragment = FRAGMENTS.get(column_type, "")

    def write(self, value: Any, *, labels: bool = False) -> dict[str, Any]:
        variables = {
            "board": self.board,
            "item": self.item,
            "values": json.dumps({self.column: value}),
            "labels": labels,
        }
        body: dict[str, Any] = self.monday.post(CHANGE, variables).json()
        return body

    def write_simple(self, value: str) -> dict[str, Any]:
        variables = {"board": self.board, "item": self.item, "column": self.column, "value": value}
        body: dict[str, Any] = self.monday.post(SIMPLE, variables).json()
        return body

    def read(self) -> dict[str, Any]:
        return self.monday.value(self.item, self.column, self.fragment)

    def text(self) -> str | None:
        text: str | None = self.read()["text"]
        return text


def is_refused(body: dict[str, Any], code: str = "ColumnValueException") -> bool:
    return bool(body["errors"][0]["extensions"]["code"] == code) and list(body["data"].values()) == [None]


# Type, what is written, the text, part of what the fragment gives, keys of the raw value.
WRITTEN: list[tuple[str, Any, str, dict[str, Any], Any]] = [
    ("text", "Sample", "Sample", {}, "Sample"),
    ("long_text", {"text": "one\ntwo"}, "one\ntwo", {}, {"text": "one\ntwo"}),
    ("numbers", "42.50", "42.50", {"number": 42.5}, "42.50"),
    (
        "date",
        {"date": "2026-06-15"},
        "2026-06-15",
        {"date": "2026-06-15", "time": ""},
        {"date": "2026-06-15"},
    ),
    ("date", {"date": "2026-06-15", "time": "09:00:00"}, "2026-06-15 09:00", {"time": "09:00:00"}, {}),
    (
        "link",
        {"url": "https://x.example/f", "text": "Open"},
        "Open - https://x.example/f",
        {"url": "https://x.example/f", "url_text": "Open"},
        {"url": "https://x.example/f", "text": "Open"},
    ),
    ("link", {"url": "https://x.example/f"}, "https://x.example/f", {"url": "https://x.example/f"}, {}),
    ("email", {"email": "a@b.example", "text": "a@b.example"}, "a@b.example", {"email": "a@b.example"}, {}),
    (
        "phone",
        {"phone": "+12025550169", "countryShortName": "US"},
        "+12025550169",
        {"phone": "+12025550169", "country_short_name": "US"},
        {"countryShortName": "US"},
    ),
    (
        "country",
        {"countryCode": "US", "countryName": "United States"},
        "United States",
        {"country": {"code": "US", "name": "United States"}},
        {"countryCode": "US"},
    ),
    ("checkbox", {"checked": "true"}, "v", {"checked": True}, {}),
    (
        "people",
        {"personsAndTeams": [{"id": 67214742, "kind": "person"}]},
        "Nora Aebischer",
        {"persons_and_teams": [{"id": "67214742", "kind": "person"}]},
        {"personsAndTeams": [{"id": 67214742, "kind": "person"}]},
    ),
]


@pytest.mark.parametrize(("column_type", "written", "text", "fields", "raw"), WRITTEN)
def test_a_value_is_written_read_and_cleared(
    monday: Caller, column_type: str, written: Any, text: str, fields: dict[str, Any], raw: Any
) -> None:
    cell = Cell(monday, column_type)
    assert "errors" not in cell.write(written)
    value = cell.read()
    assert value["text"] == text
    assert fields.items() <= value.items()
    kept = json.loads(value["value"])
    assert raw.items() <= kept.items() if isinstance(raw, dict) else kept == raw
    assert "errors" not in cell.write(None)
    assert cell.read()["text"] == ""
    assert cell.read()["value"] is None


BAD: list[tuple[str, Any]] = [
    ("text", {"text": "x"}),
    ("long_text", {"text": "x" * 2_001}),
    ("numbers", "twelve"),
    ("numbers", {"value": 1}),
    ("date", {"date": "15.06.2026"}),
    ("date", {"date": "2026-02-30"}),
    ("link", {"url": "no-scheme", "text": "x"}),
    ("email", {"email": "a@b.example"}),
    ("email", {"email": "nobody", "text": "nobody"}),
    ("phone", {"phone": "+12025550169", "countryShortName": "us"}),
    ("phone", {"phone": "call me", "countryShortName": "US"}),
    ("country", {"countryCode": "US"}),
    ("checkbox", {"checked": "perhaps"}),
    ("people", {"personsAndTeams": [{"id": 1, "kind": "person"}]}),
    ("status", {"label": "Nowhere"}),
    ("status", {"index": 77}),
    ("dropdown", {"labels": ["Nowhere"]}),
    ("dropdown", {"labels": ["A"], "ids": [1]}),
    ("file", {"files": []}),
    ("file", None),
    ("mirror", "x"),
    ("formula", "x"),
]


@pytest.mark.parametrize(("column_type", "bad"), BAD)
def test_a_value_of_the_wrong_shape_is_refused(monday: Caller, column_type: str, bad: Any) -> None:
    assert is_refused(Cell(monday, column_type).write(bad))


@pytest.mark.parametrize(
    ("column_type", "simple", "text"),
    [
        ("text", "Sample", "Sample"),
        ("long_text", "one\ntwo", "one\ntwo"),
        ("numbers", "-3.10", "-3.10"),
        ("status", "Done", "Done"),
        ("status", "1", "Done"),
        ("date", "2026-06-15 09:00:00", "2026-06-15 09:00"),
        ("link", "https://x.example Open form", "Open form - https://x.example"),
        ("email", "a@b.example Anna", "Anna - a@b.example"),
        ("phone", "+12025550169 US", "+12025550169"),
        ("people", "67214742,67214743", "Nora Aebischer, Tomás Ferreira"),
    ],
)
def test_a_simple_string_is_understood(monday: Caller, column_type: str, simple: str, text: str) -> None:
    cell = Cell(monday, column_type)
    assert "errors" not in cell.write_simple(simple)
    assert cell.text() == text


@pytest.mark.parametrize(
    ("column_type", "simple"),
    [("board_relation", "111"), ("country", "US"), ("checkbox", "true"), ("file", "x"), ("link", "https://x.example"),
     ("email", "a@b.example")],
)  # fmt: skip
def test_some_types_take_no_simple_string(monday: Caller, column_type: str, simple: str) -> None:
    assert is_refused(Cell(monday, column_type).write_simple(simple))


def test_an_empty_number_is_zero_and_null_is_none(monday: Caller) -> None:
    cell = Cell(monday, "numbers", {"unit": {"symbol": "CHF", "direction": "left"}})
    cell.write("")
    assert cell.read() | {"text": "0", "number": 0.0, "symbol": "CHF", "direction": "left"} == cell.read()
    cell.write(None)
    assert cell.read()["number"] is None


def test_a_status_is_set_by_label_or_by_the_id_of_the_label(monday: Caller) -> None:
    cell = Cell(monday, "status", {"labels": {"0": "Working", "7": "Sent", "9": "42"}})
    assert cell.text() is None
    cell.write({"label": "Sent"})
    assert (cell.read()["index"], cell.read()["label"]) == (7, "Sent")
    assert json.loads(cell.read()["value"])["index"] == 7
    cell.write({"index": 0})
    assert cell.text() == "Working"
    cell.write({})
    assert cell.text() is None


def test_a_label_that_looks_like_a_number_is_taken_for_an_index(monday: Caller) -> None:
    cell = Cell(monday, "status", {"labels": {"0": "Working", "9": "42"}})
    assert is_refused(cell.write({"label": "42"}))
    assert "errors" not in cell.write({"index": 9})
    assert cell.text() == "42"


def test_an_unknown_label_is_refused_with_the_possible_ones_or_made_on_request(monday: Caller) -> None:
    cell = Cell(monday, "status", {"labels": ["Draft", "Sent"]})
    message = cell.write({"label": "Won"})["errors"][0]["message"]
    assert message == "This status label doesn't exist, possible statuses are: {0: Draft, 1: Sent}"
    assert "errors" not in cell.write({"label": "Won"}, labels=True)
    assert cell.text() == "Won"


def test_a_dropdown_replaces_its_whole_set(monday: Caller) -> None:
    cell = Cell(monday, "dropdown", {"labels": ["A", "B", "C"]})
    cell.write({"labels": ["A", "C"]})
    assert cell.read()["values"] == [{"id": "1", "label": "A"}, {"id": "3", "label": "C"}]
    assert json.loads(cell.read()["value"])["ids"] == [1, 3]
    cell.write({"ids": [2]})
    assert cell.text() == "B"
    cell.write_simple("A, B")
    assert cell.text() == "A, B"
    cell.write_simple("1,3")
    assert cell.text() == "A, C"
    cell.write({"labels": []})
    assert cell.text() is None
    assert "errors" not in cell.write({"labels": ["New"]}, labels=True)


def relation(monday: Caller) -> Cell:
    return Cell(monday, "board_relation", {"boardIds": [int(monday.board_id("CONTACTS"))]})


READ_RELATION = "... on BoardRelationValue { linked_item_ids display_value linked_items { id name } }"


def test_connected_items_are_replaced_and_read_by_their_ids_only(monday: Caller) -> None:
    cell = relation(monday)
    first, second = monday.world.items_of("CONTACTS")[:2]
    cell.write({"item_ids": [int(first.id), int(second.id)]})
    cell.write({"item_ids": [second.id]})
    value = monday.value(cell.item, cell.column, READ_RELATION)
    assert value["text"] is None
    assert value["value"] is None
    assert value["linked_item_ids"] == [second.id]
    assert value["display_value"] == second.name
    assert value["linked_items"] == [{"id": second.id, "name": second.name}]
    cell.write(None)
    assert monday.value(cell.item, cell.column, READ_RELATION)["linked_item_ids"] == []


def test_only_items_of_connected_boards_can_be_connected(monday: Caller) -> None:
    cell = relation(monday)
    product = monday.world.items_of("PRODUCTS")[0]
    assert is_refused(cell.write({"item_ids": [product.id]}))
    assert is_refused(cell.write({"item_ids": [1]}))
    contact = monday.world.items_of("CONTACTS")[0]
    assert is_refused(cell.write({"linkedPulseIds": [{"linkedPulseId": int(contact.id)}]}))


def test_a_mirror_shows_a_column_of_the_connected_item(monday: Caller) -> None:
    cell = relation(monday)
    contact = monday.world.items_of("CONTACTS")[0]
    cell.write({"item_ids": [contact.id]})
    settings = {"relation_column": cell.column, "displayed_column": monday.column("CONTACTS", "City")}
    mirror = monday.world.create_column(cell.board, "City", "mirror", settings=settings).id
    fragment = "... on MirrorValue { display_value mirrored_items { linked_item { id } } }"
    value = monday.value(cell.item, mirror, fragment)
    assert value["display_value"] == "Zürich"
    assert value["mirrored_items"] == [{"linked_item": {"id": contact.id}}]
    assert (value["text"], value["value"]) == (None, None)


def test_a_formula_is_only_shown(monday: Caller) -> None:
    cell = Cell(monday, "formula", {"shows": "12.5"})
    assert (
        monday.value(cell.item, cell.column, "... on FormulaValue { display_value }")["display_value"]
        == "12.5"
    )


def test_nothing_is_written_when_one_of_many_values_does_not_fit(monday: Caller, deal: str) -> None:
    body = monday.change(deal, Quote_number="Q-1", Total="not a number")
    assert is_refused(body)
    assert monday.world.shown(deal)["values"]["Quote number"] == ""


def test_an_unknown_column_is_refused_by_name(monday: Caller, deal: str) -> None:
    variables = {"board": monday.board_id("DEALS"), "item": deal, "values": json.dumps({"Total": "1"})}
    error = monday.refused(CHANGE, variables)
    assert error["extensions"]["code"] == "InvalidColumnIdException"
    assert error["extensions"]["error_data"]["column_id"] == "Total"


def test_json_is_given_as_a_string(monday: Caller, deal: str) -> None:
    variables: dict[str, Any] = {"board": monday.board_id("DEALS"), "item": deal}
    assert "string" in monday.refused(CHANGE, variables | {"values": {"a": "b"}})["message"]
    assert monday.refused(CHANGE, variables | {"values": "{"})["extensions"]["code"] == "JsonParseException"


def test_one_column_can_be_changed_by_json(monday: Caller, deal: str) -> None:
    variables = {"board": monday.board_id("DEALS"), "item": deal, "column": monday.column("DEALS", "Total")}
    monday.ask(ONE, variables | {"value": '"12.00"'})
    assert monday.world.shown(deal)["values"]["Total"] == "12.00"
    monday.ask(ONE, variables | {"value": "null"})
    assert monday.world.shown(deal)["values"]["Total"] == ""


def test_an_item_is_made_with_all_its_values_at_once(monday: Caller) -> None:
    contact = monday.world.items_of("CONTACTS")[0]
    values = {
        monday.column("DEALS", "Contact"): {"item_ids": [contact.id]},
        monday.column("DEALS", "Quote status"): {"label": "Draft"},
    }
    variables = {"board": monday.board_id("DEALS"), "name": "New deal", "values": json.dumps(values)}
    item = monday.ask(CREATE, variables)["create_item"]
    assert isinstance(item["id"], str)
    shown = monday.world.shown(item["id"])
    assert shown["values"]["Contact"] == [contact.id]
    assert shown["values"]["Quote status"] == "Draft"
    assert monday.world.items[item["id"]].creator_id == monday.world.me.id


def test_names_have_1_to_255_characters(monday: Caller) -> None:
    board = monday.board_id("DEALS")
    assert monday.refused(CREATE, {"board": board, "name": "x" * 256})["extensions"]["code"] == (
        "ItemNameTooLongException"
    )
    assert "errors" in monday.post(CREATE, {"board": board, "name": "  "}).json()
    assert "errors" not in monday.post(CREATE, {"board": board, "name": "x" * 255}).json()


def test_an_item_is_renamed_through_its_name_column(monday: Caller, deal: str) -> None:
    board = monday.board_id("DEALS")
    monday.ask(SIMPLE, {"board": board, "item": deal, "column": "name", "value": "Second name"})
    assert monday.world.items[deal].name == "Second name"
    monday.ask(CHANGE, {"board": board, "item": deal, "values": json.dumps({"name": "Third name"})})
    assert monday.world.items[deal].name == "Third name"


def test_gone_items_and_unknown_boards_cannot_be_written(monday: Caller, deal: str) -> None:
    monday.world.archive_item(deal)
    variables = {"board": monday.board_id("DEALS"), "item": deal, "values": "{}"}
    assert monday.refused(CHANGE, variables)["extensions"]["code"] == "ResourceNotFoundException"
    assert (
        monday.refused(CHANGE, variables | {"board": "1"})["extensions"]["code"] == "InvalidBoardIdException"
    )


def test_columns_are_made_on_request_with_opaque_ids(monday: Caller) -> None:
    query = """mutation ($b: ID!, $t: String!, $k: ColumnType!, $d: JSON) {
      create_column(board_id: $b, title: $t, column_type: $k, defaults: $d) { id title type settings }
    }"""
    variables = {"b": monday.board_id("DEALS"), "t": "Stage", "k": "status"}
    defaults = json.dumps({"labels": [{"label": "Draft", "index": 0}, {"label": "Sent", "index": 1}]})
    column = monday.ask(query, variables | {"d": defaults})["create_column"]
    assert column["id"].startswith("color_mk")
    assert [label["label"] for label in column["settings"]["labels"]] == ["Draft", "Sent"]
    error = monday.refused(query, variables | {"k": "subtasks"})
    assert error["extensions"]["code"] == "InvalidColumnTypeException"


def test_updates_are_written_edited_and_read(monday: Caller, deal: str) -> None:
    create = "mutation ($i: ID, $b: String!) { create_update(item_id: $i, body: $b) { id body } }"
    update = monday.ask(create, {"i": deal, "b": "<p>Sent</p>"})["create_update"]
    monday.ask(f'mutation {{ edit_update(id: {update["id"]}, body: "Accepted") {{ id }} }}')
    data = monday.ask(f"{{ items(ids: [{deal}]) {{ updates {{ body creator {{ id }} }} }} }}")
    assert data["items"][0]["updates"] == [{"body": "Accepted", "creator": {"id": monday.world.me.id}}]
