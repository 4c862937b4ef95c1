"""Trouble on order: each kind comes as asked, as often as asked, and writes only when it should."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.monday.sandbox.caller import CHANGE, CREATE, Caller


def create(monday: Caller, name: str = "A deal of trouble", **options: Any) -> requests.Response:
    return monday.post(CREATE, {"board": monday.board_id("DEALS"), "name": name}, **options)


def exists(monday: Caller, name: str = "A deal of trouble") -> bool:
    return any(item.name == name for item in monday.world.items_of("DEALS"))


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("rate_limited", 429, "RATE_LIMIT_EXCEEDED"),
        ("locked", 423, "RESOURCE_LOCKED"),
        ("complexity", 200, "COMPLEXITY_BUDGET_EXHAUSTED"),
        ("daily_limit", 429, "DAILY_LIMIT_EXCEEDED"),
        ("revoked_token", 401, "NOT_AUTHENTICATED"),
        ("internal_error", 200, "INTERNAL_SERVER_ERROR"),
    ],
)
def test_a_refusal_comes_once_and_nothing_is_written(
    monday: Caller, kind: str, status: int, code: str
) -> None:
    monday.control("POST", "/trouble", kind=kind, operation="create_item", seconds=7)
    assert monday.post("{ me { id } }").status_code == 200
    answer = create(monday)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    if kind in ("rate_limited", "complexity"):
        assert answer.json()["errors"][0]["extensions"]["retry_in_seconds"] == 7
        assert answer.headers["Retry-After"] == "7"
    assert not exists(monday)
    assert "errors" not in create(monday).json()
    assert exists(monday)
    assert [call.trouble for call in monday.world.calls.of("create_item")] == [kind, None]


def test_the_older_complexity_error_has_strings_for_errors(monday: Caller) -> None:
    monday.world.trouble.order("complexity_legacy", seconds=3)
    answer = create(monday)
    assert answer.status_code == 200
    body = answer.json()
    assert body["error_code"] == "ComplexityException"
    assert body["status_code"] == 429
    assert body["error_message"].endswith("reset in 3 seconds")
    assert isinstance(body["errors"][0], str)
    assert not exists(monday)


def test_any_error_of_monday_s_list_can_be_ordered(monday: Caller) -> None:
    faults = [{"itemId": "1", "columnIds": ["x"], "message": "Total is required"}]
    monday.control(
        "POST",
        "/trouble",
        kind="application_error",
        code="DATA_VALIDATIONS_ERROR",
        message="No",
        error_data=faults,
    )
    answer = create(monday)
    assert answer.status_code == 200
    (error,) = answer.json()["errors"]
    assert error["message"] == "No"
    assert error["extensions"]["code"] == "DATA_VALIDATIONS_ERROR"
    assert error["extensions"]["error_data"] == faults
    assert not exists(monday)


def test_a_server_error_is_a_page_of_html(monday: Caller) -> None:
    monday.world.trouble.order("server_error", status=503)
    answer = create(monday)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "text/html"
    assert not exists(monday)
    monday.world.trouble.order("server_error", after=True)
    assert create(monday).status_code == 502
    assert exists(monday)


def test_an_internal_server_error_leaves_the_other_data(monday: Caller) -> None:
    board = monday.board_id("DEALS")
    make = f'create_item(board_id: {board}, item_name: "%s") {{ id }}'
    two = f"mutation {{ a: {make % 'one'} b: {make % 'two'} }}"
    monday.world.trouble.order("internal_error")
    body = monday.post(two).json()
    assert body["data"]["a"]["id"]
    assert body["data"]["b"] is None
    assert body["errors"][0] | {"locations": None} == {
        "message": "Internal Server Error",
        "path": ["b"],
        "locations": None,
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "status_code": 500, "error_data": {}},
    }
    assert exists(monday, "one")
    assert not exists(monday, "two")


def test_an_internal_server_error_after_the_write_is_told_apart_by_reading_only(monday: Caller) -> None:
    monday.world.trouble.order("internal_error", after=True)
    headers = {"Idempotency-Key": "key"}
    body = create(monday, headers=headers).json()
    assert body["data"] == {"create_item": None}
    assert body["errors"][0]["message"] == "Internal Server Error"
    assert exists(monday)
    again = create(monday, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "errors" not in again.json()


@pytest.mark.parametrize("after", [False, True])
def test_a_time_out_comes_before_or_after_the_write(monday: Caller, after: bool) -> None:
    monday.world.trouble.order("timeout", after=after, seconds=5)
    with pytest.raises(requests.Timeout):
        create(monday, timeout=0.3)
    assert exists(monday) is after


@pytest.mark.parametrize("after", [False, True])
def test_a_connection_is_cut_before_or_after_the_write(monday: Caller, after: bool) -> None:
    monday.world.trouble.order("cut", after=after)
    with pytest.raises(requests.ConnectionError):
        create(monday)
    assert exists(monday) is after
    assert monday.world.calls[-1].status is None


def test_an_upload_is_cut_half_way(monday: Caller, deal: str) -> None:
    monday.world.trouble.order("cut_upload")
    assert monday.post("{ me { id } }").status_code == 200
    column = monday.column("DEALS", "Quote PDF")
    with pytest.raises(requests.ConnectionError):
        monday.upload(deal, column, content=b"x" * 3_000_000)
    assert monday.world.files(deal, column) == []
    monday.world.trouble.order("cut", "add_file_to_column", after=True)
    with pytest.raises(requests.ConnectionError):
        monday.upload(deal, column)
    assert len(monday.world.files(deal, column)) == 1


def test_a_slow_answer_is_right_but_late(monday: Caller) -> None:
    monday.world.trouble.order("slow", seconds=0.3)
    answer = create(monday)
    assert answer.elapsed.total_seconds() >= 0.3
    assert "errors" not in answer.json()


def test_trouble_without_end_lasts_until_it_is_cleared(monday: Caller) -> None:
    monday.control("POST", "/trouble", kind="cut", times=None)
    for _ in range(3):
        with pytest.raises(requests.ConnectionError):
            monday.post("{ me { id } }")
    monday.control("DELETE", "/trouble")
    assert monday.post("{ me { id } }").status_code == 200


def test_trouble_is_drawn_by_probability_and_seed(monday: Caller) -> None:
    def draw() -> list[int]:
        monday.control("POST", "/trouble", kind="rate_limited", probability=0.5, times=None, seed=7)
        statuses = [monday.post("{ me { id } }").status_code for _ in range(12)]
        monday.control("DELETE", "/trouble")
        return statuses

    first = draw()
    assert set(first) == {200, 429}
    assert draw() == first


def test_a_storm_draws_kinds_by_its_seed(monday: Caller) -> None:
    monday.control(
        "POST", "/storm", seed=3, probability=0.6, kinds=["rate_limited", "server_error", "locked"]
    )
    statuses = {monday.post("{ me { id } }").status_code for _ in range(40)}
    assert {200, 429, 423} <= statuses


def test_unknown_trouble_is_refused(monday: Caller) -> None:
    answer = requests.post(f"{monday.server.url}/_sandbox/trouble", json={"kind": "earthquake"}, timeout=5)
    assert answer.status_code == 422
    assert "earthquake" in answer.json()["error"]


def test_a_locked_board_takes_no_writes_until_it_is_unlocked(monday: Caller, deal: str) -> None:
    monday.control("POST", "/boards/DEALS/lock")
    variables = {"board": monday.board_id("DEALS"), "item": deal, "values": "{}"}
    answer = monday.post(CHANGE, variables, headers={"Idempotency-Key": "key"})
    assert answer.status_code == 423
    assert int(answer.headers["Retry-After"]) >= 1
    assert monday.ask("{ boards { name } }")
    monday.control("POST", "/boards/DEALS/unlock")
    assert monday.post(CHANGE, variables, headers={"Idempotency-Key": "key"}).status_code == 200


def test_a_deleted_column_is_gone_from_board_and_items(monday: Caller, deal: str) -> None:
    monday.change(deal, Total="5")
    column = monday.column("DEALS", "Total")
    monday.control("DELETE", "/boards/DEALS/columns/Total")
    variables = {
        "board": monday.board_id("DEALS"),
        "item": deal,
        "values": json.dumps({column: "6"}),
    }
    assert monday.refused(CHANGE, variables)["extensions"]["code"] == "InvalidColumnIdException"
    assert "Total" not in monday.world.shown(deal)["values"]


def test_a_changed_label_refuses_the_old_one(monday: Caller, deal: str) -> None:
    monday.change(deal, Quote_status={"label": "Sent"})
    monday.control("POST", "/boards/DEALS/columns/Quote status/labels", old="Sent", new="Out")
    assert monday.world.shown(deal)["values"]["Quote status"] == "Out"
    body = monday.change(deal, Quote_status={"label": "Sent"})
    assert body["errors"][0]["extensions"]["code"] == "ColumnValueException"


def test_a_revoked_token_is_not_authenticated_until_accepted_again(monday: Caller) -> None:
    monday.control("POST", "/token/revoke")
    assert monday.post("{ me { id } }").status_code == 401
    monday.control("POST", "/token/accept")
    assert monday.post("{ me { id } }").status_code == 200


def test_each_operation_has_its_own_luck_whatever_is_called_in_between(monday: Caller) -> None:
    def draw(*, between: int) -> list[int]:
        monday.control("POST", "/storm", seed=11, probability=0.5, kinds=["rate_limited"])
        statuses = []
        for _ in range(10):
            statuses.append(create(monday).status_code)
            for _ in range(between):
                monday.post("{ me { id } }")
        monday.control("DELETE", "/trouble")
        return statuses

    alone = draw(between=0)
    assert set(alone) == {200, 429}
    assert draw(between=2) == alone


def test_a_storm_can_be_kept_to_one_operation(monday: Caller) -> None:
    monday.control("POST", "/storm", seed=1, probability=1, kinds=["locked"], operation="create_item")
    assert monday.post("{ me { id } }").status_code == 200
    assert create(monday).status_code == 423
