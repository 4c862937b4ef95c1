"""Idempotency-Key: the first answer again, and nothing written twice."""

from __future__ import annotations

import threading
from typing import Any

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
