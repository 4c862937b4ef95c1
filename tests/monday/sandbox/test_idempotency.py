"""Idempotency-Key: the first answer again, and nothing written twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from tests.monday.sandbox.caller import CREATE, Caller, Listener, wait_until


def create(monday: Caller, name: str, key: str) -> requests.Response:
    variables = {"board": monday.board_id("DEALS"), "name": name}
    return monday.post(CREATE, variables, headers={"Idempotency-Key": key})


def number_of_deals(monday: Caller) -> int:
    return len(monday.world.items_of("DEALS"))


def test_the_same_key_replays_the_first_answer(monday: Caller) -> None:
    before = number_of_deals(monday)
    first, second = create(monday, "Once", "key-1"), create(monday, "Once", "key-1")
    assert second.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert number_of_deals(monday) == before + 1
    assert [call.replayed for call in monday.world.calls] == [False, True]


def test_another_key_writes_again(monday: Caller) -> None:
    before = number_of_deals(monday)
    create(monday, "Twice", "key-1")
    create(monday, "Twice", "key-2")
    assert number_of_deals(monday) == before + 2


def test_after_half_an_hour_the_key_is_forgotten(monday: Caller) -> None:
    before = number_of_deals(monday)
    create(monday, "Twice", "key")
    monday.world.clock.advance(29 * 60)
    assert "Idempotency-Replayed" in create(monday, "Twice", "key").headers
    monday.world.clock.advance(2 * 60)
    assert "Idempotency-Replayed" not in create(monday, "Twice", "key").headers
    assert number_of_deals(monday) == before + 2


def test_answers_with_errors_are_not_kept(monday: Caller) -> None:
    assert "errors" in create(monday, "", "key").json()
    assert "errors" not in create(monday, "Better", "key").json()


def test_queries_are_never_replayed(monday: Caller) -> None:
    for _ in range(2):
        answer = monday.post("{ me { id } }", headers={"Idempotency-Key": "key"})
        assert "Idempotency-Replayed" not in answer.headers


def test_a_second_request_while_the_first_is_in_flight_is_a_conflict(
    monday: Caller, listener: Listener
) -> None:
    may_answer = threading.Event()
    plain_answer = listener.answer

    def slow_answer(body: dict[str, Any], authorization: str | None) -> tuple[int, dict[str, Any]]:
        may_answer.wait(5)
        return plain_answer(body, authorization)

    listener.answer = slow_answer  # type: ignore[method-assign]
    register = (
        "mutation ($b: ID!, $u: String!) { create_webhook(board_id: $b, url: $u, event: create_item) { id } }"
    )
    variables = {"b": monday.board_id("DEALS"), "u": listener.url}
    answers: list[requests.Response] = []

    def ask() -> None:
        answers.append(monday.post(register, variables, headers={"Idempotency-Key": "key"}))

    first = threading.Thread(target=ask)
    first.start()
    wait_until(lambda: monday.world.turnstile.used_today == 1)
    conflict = monday.post(register, variables, headers={"Idempotency-Key": "key"})
    may_answer.set()
    first.join()
    assert conflict.status_code == 409
    assert conflict.json()["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_CONFLICT"
    assert int(conflict.headers["Retry-After"]) >= 1
    assert "errors" not in answers[0].json()
    assert len(monday.world.webhooks) == 1


def test_answers_with_errors_are_kept_when_that_is_chosen(monday: Caller) -> None:
    monday.control("POST", "/doubts", keeps_errors=True)
    first, second = create(monday, "", "key"), create(monday, "Better", "key")
    assert first.json()["errors"] == second.json()["errors"]
    assert second.headers["Idempotency-Replayed"] == "true"


def test_an_answer_over_a_megabyte_is_carried_out_and_not_kept(monday: Caller) -> None:
    before = number_of_deals(monday)
    fields = " ".join(f"n{number}: name" for number in range(400))
    create = f'create_item(board_id: {monday.board_id("DEALS")}, item_name: "{"x" * 250}") {{ {fields} }}'
    names = " ".join(f"a{number}: {create}" for number in range(11))
    for _ in range(2):
        answer = monday.post(f"mutation {{ {names} }}", headers={"Idempotency-Key": "big"})
        assert len(answer.content) > 1_000_000
        assert "Idempotency-Replayed" not in answer.headers
    assert number_of_deals(monday) == before + 22


@pytest.mark.parametrize(("honoured", "files"), [(False, 2), (True, 1)])
def test_whether_uploads_know_keys_can_be_chosen(
    monday: Caller, deal: str, honoured: bool, files: int
) -> None:
    monday.control("POST", "/doubts", keys_on_uploads=honoured)
    column = monday.column("DEALS", "Quote PDF")
    query = f'mutation ($file: File!) {{ add_file_to_column(item_id: {deal}, column_id: "{column}", file: $file) {{ id }} }}'  # noqa: E501
    for _ in range(2):
        answer = requests.post(
            monday.server.api_url + "/file",
            data={"query": query},
            files={"variables[file]": ("Q.pdf", b"%PDF", "application/pdf")},
            headers={"Authorization": monday.server.token, "Idempotency-Key": "upload"},
            timeout=5,
        )
        assert answer.json()["data"]["add_file_to_column"]["id"]
    assert len(monday.world.files(deal, column)) == files
