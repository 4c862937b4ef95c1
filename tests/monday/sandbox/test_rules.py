"""Required columns and validation rules: the whole request is answered with 422, in monday's words."""

from __future__ import annotations

import json

import pytest

from tests.monday.sandbox.caller import CHANGE, CREATE, Caller


def test_a_required_column_refuses_a_new_item_without_it(monday: Caller) -> None:
    column = monday.column("DEALS", "PO number")
    monday.control("POST", "/boards/DEALS/columns/PO number/rule", message="PO number is required")
    answer = monday.post(CREATE, {"board": monday.board_id("DEALS"), "name": "A deal"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "DATA_VALIDATIONS_ERROR"
    assert error["extensions"]["error_data"] == [
        {"itemId": None, "columnIds": [column], "message": "PO number is required"}
    ]
    values = json.dumps({column: "PO 1"})
    assert monday.ask(CREATE, {"board": monday.board_id("DEALS"), "name": "A deal", "values": values})


def test_a_rule_refuses_what_does_not_match_and_keeps_what_was_there(monday: Caller, deal: str) -> None:
    monday.change(deal, Total="12")
    monday.control("POST", "/boards/DEALS/columns/Total/rule", message="At most 99", pattern=r"\d{1,2}")
    body = monday.change(deal, Total="100", Notes={"text": "never written"})
    assert body["errors"][0]["extensions"]["error_data"][0] == {
        "itemId": deal,
        "columnIds": [monday.column("DEALS", "Total")],
        "message": "At most 99",
    }
    values = monday.world.shown(deal)["values"]
    assert (values["Total"], values["Notes"]) == ("12", "")
    assert "errors" not in monday.change(deal, Notes={"text": "another column"})
    monday.control("DELETE", "/boards/DEALS/rules")
    assert "errors" not in monday.change(deal, Total="100")


@pytest.mark.parametrize("simple", ["", "abc"])
def test_the_simple_form_is_held_to_the_rule_too(monday: Caller, deal: str, simple: str) -> None:
    monday.world.set_rule("DEALS", "PO number", pattern=r"PO \d+")
    query = "mutation ($b: ID!, $i: ID, $c: String!, $v: String) { change_simple_column_value(board_id: $b, item_id: $i, column_id: $c, value: $v) { id } }"  # noqa: E501
    variables = {
        "b": monday.board_id("DEALS"),
        "i": deal,
        "c": monday.column("DEALS", "PO number"),
        "v": simple,
    }
    assert monday.post(query, variables).status_code == 422
    assert "errors" not in monday.post(query, {**variables, "v": "PO 7"}).json()


def test_a_locked_board_is_told_before_a_broken_rule(monday: Caller, deal: str) -> None:
    monday.world.set_rule("DEALS", "Total")
    monday.world.lock_board("DEALS")
    asked = {"board": monday.board_id("DEALS"), "item": deal, "values": "{}"}
    assert monday.post(CHANGE, asked).status_code == 423
