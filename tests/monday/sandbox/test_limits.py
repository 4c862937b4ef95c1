"""The limits of section 5.2, enforced."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from betterform.monday.sandbox import Limits, SandboxServer
from tests.monday.sandbox.caller import CREATE, Caller, left, wait_until


@contextmanager
def limited(**limits: int) -> Iterator[Caller]:
    with SandboxServer(seed="empty", limits=Limits(**limits)) as server:
        yield Caller(server)


def test_calls_a_minute_are_counted_down_and_then_refused() -> None:
    with limited(minute=3) as monday:
        remaining = [left(monday.post("{ me { id } }").headers["RateLimit"], "minuteRate") for _ in range(3)]
        assert remaining == [2, 1, 0]
        answer = monday.post("{ me { id } }")
        assert answer.status_code == 429
        assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        monday.world.clock.advance(61)
        assert monday.post("{ me { id } }").status_code == 200


def test_refused_calls_cost_a_tenth_of_the_day() -> None:
    with limited(minute=1) as monday:
        for _ in range(6):
            monday.post("{ me { id } }")
        assert monday.world.turnstile.used_today == pytest.approx(1.5)


def test_the_daily_limit_ends_at_midnight_utc() -> None:
    with limited(daily=2) as monday:
        for _ in range(2):
            assert monday.post("{ me { id } }").status_code == 200
        error = monday.post("{ me { id } }").json()["errors"][0]
        assert error["extensions"]["code"] == "DAILY_LIMIT_EXCEEDED"
        monday.world.clock.advance(86_400)
        assert monday.post("{ me { id } }").status_code == 200
        assert monday.world.turnstile.used_today == 1
        assert monday.world.turnstile.used_in_all == 3


def test_complexity_is_a_budget_for_the_minute() -> None:
    with limited(complexity_minute=25_000) as monday:
        variables = {"board": monday.board_id("DEALS"), "name": "x"}
        answers = [monday.post(CREATE, variables) for _ in range(3)]
        assert ["errors" in answer.json() for answer in answers] == [False, False, True]
        error = answers[2].json()["errors"][0]
        assert error["extensions"]["code"] == "COMPLEXITY_BUDGET_EXHAUSTED"
        assert 1 <= error["extensions"]["retry_in_seconds"] <= 60
        assert len(monday.world.items_of("DEALS")) == 2
        monday.world.clock.advance(61)
        assert "errors" not in monday.post(CREATE, variables).json()


def test_one_query_may_not_be_too_complex() -> None:
    with limited(complexity_query=5_000) as monday:
        query = "{ boards(limit: 50) { items_page(limit: 500) { items { id name } } } }"
        assert monday.refused(query)["extensions"]["code"] == "COMPLEXITY_BUDGET_EXHAUSTED"


def test_calls_at_once_are_limited() -> None:
    with limited(concurrency=1) as monday:
        with monday.world.lock:
            slow = threading.Thread(target=monday.post, args=("{ me { id } }",))
            slow.start()
            wait_until(lambda: monday.world.turnstile.used_today == 1)
            answer = monday.post("{ me { id } }")
        slow.join()
        assert answer.status_code == 429
        assert answer.json()["errors"][0]["extensions"]["code"] == "maxConcurrencyExceeded"


def test_plans_have_their_published_limits() -> None:
    assert (Limits.of_plan("standard").daily, Limits.of_plan("standard").minute) == (1_000, 1_000)
    assert (Limits.of_plan("pro").daily, Limits.of_plan("enterprise").concurrency) == (10_000, 250)


def test_a_page_of_items_is_counted_once() -> None:
    with SandboxServer(seed="empty") as server:
        monday = Caller(server)
        monday.ask("{ boards(limit: 1) { items_page(limit: 500) { cursor items { id name } } } }")
        assert monday.world.calls[-1].complexity == 1 + 1 + 500 * (1 + 1 + 2)
        asked = "query P($board: ID!) { boards(ids: [$board]) { items_page(limit: 500) { items { id } } } }"
        monday.ask(asked, {"board": monday.board_id("DEALS")})
        assert monday.world.calls[-1].complexity == 1 + 1 + 500 * (1 + 1)


@pytest.mark.parametrize(
    ("kind", "cost"),
    [("rate_limited", 0.1), ("complexity", 0.1), ("daily_limit", 0.1), ("locked", 1), ("server_error", 1)],
)
def test_calls_that_fail_count_against_the_day(kind: str, cost: float) -> None:
    with limited() as monday:
        monday.world.trouble.order(kind)
        monday.post("{ me { id } }")
        assert monday.world.turnstile.used_today == pytest.approx(cost)


def test_asking_what_queries_cost_is_nearly_free() -> None:
    with limited() as monday:
        monday.ask("{ complexity { before } }")
        assert monday.world.turnstile.used_today == pytest.approx(0.1)
        monday.ask("{ complexity { before } me { id } }")
        assert monday.world.turnstile.used_today == pytest.approx(1.1)


def test_a_query_over_the_budget_costs_a_tenth() -> None:
    with limited(complexity_query=10) as monday:
        assert "errors" in monday.post("{ boards(limit: 50) { id name } }").json()
        assert monday.world.turnstile.used_today == pytest.approx(0.1)


def test_limits_can_be_set_while_it_runs() -> None:
    with limited() as monday:
        monday.post("{ me { id } }")
        monday.control("POST", "/limits", daily=200, used_today=199.5)
        assert (
            monday.post("{ me { id } }").json()["errors"][0]["extensions"]["code"] == "DAILY_LIMIT_EXCEEDED"
        )
        assert monday.world.turnstile.limits.minute == 5_000
