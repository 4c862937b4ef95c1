"""The contract's error table (5.3), row by row: answered over HTTP to a real delivery and to a real webhook's reading.

The codes are compared with the table itself where the contract is at hand, so that none can be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from betterform import clock
from betterform.actions import account_health
from betterform.db import db
from betterform.jobs import deliveries, inbox
from betterform.models.delivery import DeliveryState
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState
from betterform.monday import documents
from betterform.monday.client import Client
from betterform.monday.errors import (
    FixData,
    FixSettings,
    Gone,
    OurMistake,
    Refusal,
    TryAgain,
    WaitUntilTomorrow,
)
from betterform.monday.sandbox import World
from tests.house.tree import ROOT
from tests.monday.conftest import Connected

CONTRACT = ROOT.parent / "shared" / "monday" / "CONTRACT.md"
WRITE, READ = "change_multiple_column_values", "items"
# What becomes of a delivery or a webhook.
WAITS, TOMORROW, HELD, PARKED, ENDS = "waits", "tomorrow", "held", "parked", "ends"


def error(code: str | None, message: str = "It did not work.", **extensions: Any) -> dict[str, Any]:
    told = {"code": code, **extensions} if code else extensions
    return {"errors": [{"message": message, "extensions": told}], "extensions": {"request_id": "r-1"}}


@dataclass(frozen=True)
class Row:
    """One way in which monday says no. `code` is as the contract writes it, `hint` the seconds that it tells."""

    code: str
    kind: type[Refusal]
    fate: str
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    hint: float | None = None
    trouble: str = "verbatim"
    same_key: bool = False

    def order(self, world: World, operation: str) -> None:
        if self.trouble != "verbatim":
            world.trouble.order(self.trouble, operation, seconds=3)
        else:
            world.trouble.order(
                "verbatim", operation, status=self.status, body=self.body, headers=self.headers
            )

    def __str__(self) -> str:
        return re.sub(r"\W+", "-", f"{self.code} {self.status}")


def complexity(seconds: int, code: str = "COMPLEXITY_BUDGET_EXHAUSTED") -> dict[str, Any]:
    return error(code, "Complexity budget exhausted", retry_in_seconds=seconds)


PARTIAL = {"data": {WRITE: None, READ: None}, **error(None, "Internal Server Error")}
LEGACY = {
    "error_code": "ComplexityException",
    "status_code": 429,
    "error_message": "Complexity budget exhausted, reset in 3 seconds",
    "errors": ["Complexity budget exhausted"],
    "account_id": 1,
}
USED_UP = '"minuteRate";r=0, "concurrency";r=40;t=45'
VALIDATION = [{"itemId": 1, "columnIds": ["total"], "message": "Total must be positive"}]

ROWS = (
    # Wait and retry, for the longest of retry_in_seconds, Retry-After and t.
    Row("429", TryAgain, WAITS, 429, "<h1>Too many requests</h1>", {"Retry-After": "7"}, hint=7),
    Row("429", TryAgain, WAITS, 429, None, {"RateLimit": USED_UP, "Retry-After": "7"}, hint=45),
    Row("COMPLEXITY_BUDGET_EXHAUSTED", TryAgain, WAITS, 200, complexity(60), hint=60),
    Row("COMPLEXITY_BUDGET_EXHAUSTED", TryAgain, WAITS, 429, complexity(9), {"Retry-After": "20"}, hint=20),
    Row("ComplexityException", TryAgain, WAITS, 200, LEGACY, hint=3),
    Row("complexityBudgetExhausted", TryAgain, WAITS, 200, complexity(2, "complexityBudgetExhausted"), hint=2),
    Row("Minute limit rate exceeded", TryAgain, WAITS, 429, {"errors": ["Minute limit rate exceeded"]}),
    Row("RATE_LIMIT_EXCEEDED", TryAgain, WAITS, 429, error("RATE_LIMIT_EXCEEDED"), {"Retry-After": "31"}, hint=31),
    Row("maxConcurrencyExceeded", TryAgain, WAITS, 200, error("maxConcurrencyExceeded")),
    Row("IP_RATE_LIMIT_EXCEEDED", TryAgain, WAITS, 429, error("IP_RATE_LIMIT_EXCEEDED", retry_in_seconds=10), hint=10),
    Row("423", TryAgain, WAITS, 423, error("RESOURCE_LOCKED", "The board is locked"), {"Retry-After": "2"}, hint=2),
    Row("423", TryAgain, WAITS, 423, None),
    Row("API_TEMPORARILY_BLOCKED", TryAgain, WAITS, 200, error("API_TEMPORARILY_BLOCKED")),
    Row("IDEMPOTENCY_CONFLICT", TryAgain, WAITS, 409, error("IDEMPOTENCY_CONFLICT"), {"Retry-After": "4"}, hint=4),
    Row("409", TryAgain, WAITS, 409, None, {"Retry-After": "4"}, hint=4),
    # The same again with the same key.
    Row("timeouts", TryAgain, WAITS, trouble="timeout", same_key=True),
    Row("connection reset", TryAgain, WAITS, trouble="cut", same_key=True),
    Row("5xx", TryAgain, WAITS, 500, error(None, "Internal Server Error"), same_key=True),
    Row("5xx", TryAgain, WAITS, 502, "<h1>Bad gateway</h1>", same_key=True),
    Row("5xx", TryAgain, WAITS, 503, "", {"Retry-After": "5"}, hint=5, same_key=True),
    Row("Internal Server Error", TryAgain, WAITS, 200, PARTIAL, same_key=True),
    # Stop until tomorrow: the status is not verified, so both.
    Row("DAILY_LIMIT_EXCEEDED", WaitUntilTomorrow, TOMORROW, 429, error("DAILY_LIMIT_EXCEEDED"), {"Retry-After": "9"}),
    Row("DAILY_LIMIT_EXCEEDED", WaitUntilTomorrow, TOMORROW, 200, error("DAILY_LIMIT_EXCEEDED")),
    Row("DAILY_LIMIT_EXCEEDED", WaitUntilTomorrow, TOMORROW, 429, {"errors": ["Daily limit exceeded"]}),
    # Fix the configuration: held with everything else where we are not let in at all.
    Row("401", FixSettings, HELD, 401, None),
    Row("NOT_AUTHENTICATED", FixSettings, HELD, 401, error("NOT_AUTHENTICATED", "Not authenticated")),
    Row("Your ip is restricted", FixSettings, HELD, 200, error(None, "Your ip is restricted")),
    Row("UserUnauthorizedException", FixSettings, PARKED, 403, error("UserUnauthorizedException", status_code=403)),
    Row("UserUnauthorizedException", FixSettings, PARKED, 200, error("UserUnauthorizedException", status_code=403)),
    Row("403", FixSettings, PARKED, 403, None),
    Row("USER_ACCESS_DENIED", FixSettings, PARKED, 200, error("USER_ACCESS_DENIED")),
    Row("missingRequiredPermissions", FixSettings, PARKED, 200, error("missingRequiredPermissions")),
    # Fix the data.
    *(
        Row(code, FixData, PARKED, 200, error(code, error_data={"column_id": "total"}))
        for code in (
            "ColumnValueException", "CorrectedValueException", "InvalidColumnIdException",
            "InvalidBoardIdException", "InvalidArgumentException", "ItemNameTooLongException",
            "ItemsLimitationException", "RecordInvalidException",
        )
    ),
    Row("DATA_VALIDATIONS_ERROR", FixData, PARKED, 422, error("DATA_VALIDATIONS_ERROR", error_data=VALIDATION)),
    Row("422", FixData, PARKED, 422, error("RecordInvalidException", status_code=422)),
    # Gone.
    Row("ResourceNotFoundException", Gone, ENDS, 200, error("ResourceNotFoundException", status_code=404)),
    Row("ResourceNotFoundException", Gone, ENDS, 404, error("ResourceNotFoundException")),
    # Our own mistake.
    Row("400", OurMistake, PARKED, 400, None),
    Row("JsonParseException", OurMistake, PARKED, 400, error("JsonParseException")),
    Row("undefinedField", OurMistake, PARKED, 200, error("undefinedField", "Cannot query field")),
    Row("validation errors", OurMistake, PARKED, 200, {"errors": [{"message": 'Unknown argument "colour"'}]}),
    Row("InvalidVersionException", OurMistake, PARKED, 400, error("InvalidVersionException")),
    # Beside the table: somebody between us and monday.
    Row("404 of somebody else", FixSettings, PARKED, 404, "<h1>Not found</h1>"),
    Row("200 of somebody else", TryAgain, WAITS, 200, "<h1>Sign in to the guests' network</h1>", same_key=True),
)  # fmt: skip
SIDE_OF_THE_TABLE = {"404 of somebody else", "200 of somebody else", "403"}
each_row = pytest.mark.parametrize("row", ROWS, ids=str)


def codes_in(table: str) -> Iterator[str]:
    """What the second column of the contract's table names: codes, quoted messages, statuses, words."""
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 3 or cells[0] in ("Class", "---"):
            continue
        named = cells[1]
        yield from (code for code in re.findall(r"`([^`]+)`", named) if code != "items")
        yield from re.findall(r'"([^"]+)"', named)
        yield from re.findall(r"(?<![\d,])(?!200)[1-5]\d\d(?!\d|,\d)", re.sub(r"`[^`]*`", "", named))
        yield from (words for words in ("timeouts", "connection reset", "5xx", "validation errors") if words in named)  # fmt: skip  # noqa: E501


def test_no_code_of_the_contract_is_forgotten() -> None:
    if not CONTRACT.is_file():
        pytest.skip("the contract (../shared/monday/CONTRACT.md) is not on this machine")
    _, _, rest = CONTRACT.read_text(encoding="utf-8").partition("### 5.3 Error shapes")
    named = set(codes_in(rest.partition("### 5.4")[0]))
    assert len(named) > 30, "the table was not found in the contract"
    tried = {row.code for row in ROWS} | {str(row.status) for row in ROWS if row.status != 200}
    assert named - tried == set(), "the contract names these, and no row here tries them"
    assert {row.code for row in ROWS} - named - SIDE_OF_THE_TABLE == set(), "the contract does not name these"


def test_a_code_that_is_added_to_the_table_is_seen() -> None:
    table = '| fix data | `BrandNewException`, "Something else", 451, 10,000 items | show |'
    assert set(codes_in(table)) == {"BrandNewException", "Something else", "451"}


@each_row
def test_the_client_raises_what_happens_next(client: Client, world: World, row: Row) -> None:
    row.order(world, READ)
    with pytest.raises(Refusal) as caught:
        client.ask(documents.ITEM, {"item": "1", "columns": []})
    refusal = caught.value
    assert type(refusal) is row.kind
    if isinstance(refusal, TryAgain):
        assert refusal.after_seconds == row.hint
        assert refusal.may_have_happened is row.same_key
    if isinstance(row.body, dict) and "extensions" in row.body:
        assert refusal.request_id == "r-1"


@each_row
def test_a_delivery_meets_it(connected: Connected, row: Row) -> None:
    deal = deal_with_open_delivery(connected)
    connected.world.calls.clear()
    row.order(connected.world, WRITE)
    began = clock.now()
    deliveries.deliver()
    (delivery,) = connected.deliveries()
    match row.fate:
        case "waits":
            assert_waits(delivery.state, delivery.next_attempt_at, row, began=began)
            assert (delivery.first_sent_at is not None) is row.same_key
            assert_delivered_in_the_end(connected, deal, row)
        case "tomorrow":
            assert_tomorrow(delivery.state, delivery.next_attempt_at)
        case "held":
            assert delivery.state == DeliveryState.WAITING
            assert "let us in" in account_health.problem_of(db.session())
            assert_left_alone(connected)
        case "parked":
            assert delivery.state == DeliveryState.PARKED
            assert delivery.open_key is not None
            assert delivery.reason
            assert_left_alone(connected)
        case _:
            assert delivery.state == DeliveryState.GIVEN_UP
            assert "no longer on the board" in the_quote(connected).item_problem
            assert_left_alone(connected)


@each_row
def test_a_webhook_meets_it_when_its_item_is_read(connected: Connected, row: Row) -> None:
    connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.receive_webhooks()
    row.order(connected.world, READ)
    began = clock.now()
    inbox.read()
    event = connected.events()[0]
    match row.fate:
        case "waits":
            assert_waits(event.state, event.next_attempt_at, row, began=began)
            connected.work()
            assert connected.session.query(Quote).count() == 1
        case "tomorrow":
            assert_tomorrow(event.state, event.next_attempt_at)
        case "held":
            assert event.state == InboxState.WAITING
            assert "let us in" in account_health.problem_of(db.session())
            assert_left_alone(connected)
        case "parked":
            assert event.state == InboxState.PARKED
            assert event.reason
            assert_left_alone(connected)
        case _:
            assert (event.state, connected.session.query(Quote).count()) == (InboxState.DONE, 0)
            assert "gone before we looked" in event.reason


def test_an_empty_list_of_items_means_gone(connected: Connected) -> None:
    connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    connected.world.trouble.order("verbatim", READ, body={"data": {"items": []}})
    connected.world.rename(the_quote(connected).mid, "Eleven microscopes")
    connected.work()
    assert "no longer on the board" in the_quote(connected).item_problem


def test_mondays_own_words_about_a_value_are_kept_with_the_delivery(connected: Connected) -> None:
    deal_with_open_delivery(connected)
    connected.world.set_rule(
        "DEALS", "Quote form", "Only links of our intranet", pattern="https://intranet.*"
    )
    deliveries.deliver()
    (delivery,) = connected.deliveries()
    column = connected.world.column("DEALS", "Quote form").id
    assert delivery.state == DeliveryState.PARKED
    assert "Only links of our intranet" in delivery.reason
    assert delivery.result["problems"] == {column: "Only links of our intranet"}


def deal_with_open_delivery(connected: Connected) -> str:
    """A deal whose quote was made, and whose item is not told of it yet."""
    deal = connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.receive_webhooks()
    inbox.read()
    assert [delivery.state for delivery in connected.deliveries()] == [DeliveryState.WAITING]
    return deal.id


def the_quote(connected: Connected) -> Quote:
    connected.session.rollback()
    return connected.session.query(Quote).one()


def assert_waits(state: str, due: datetime | None, row: Row, *, began: datetime) -> None:
    assert state == InboxState.WAITING == DeliveryState.WAITING
    assert due is not None
    waits = (due - began).total_seconds()
    if row.hint is not None:
        assert row.hint <= waits <= row.hint * 1.1 + 5, "the hint is kept, with a little jitter"
    else:
        assert 0 < waits < 60


def assert_tomorrow(state: str, due: datetime | None) -> None:
    assert state == InboxState.WAITING == DeliveryState.WAITING
    assert due is not None
    midnight = datetime.combine(clock.now().date() + timedelta(days=1), datetime.min.time(), UTC)
    assert timedelta(0) <= due - midnight < timedelta(hours=1)


def assert_delivered_in_the_end(connected: Connected, deal: str, row: Row) -> None:
    connected.work()
    written = connected.world.shown(deal)["values"]["Quote form"]
    assert written is not None
    assert written["url"].startswith(connected.app.config["PUBLIC_URL"])
    assert [delivery.state for delivery in connected.deliveries()] == [DeliveryState.DONE]
    keys = {call.idempotency_key for call in connected.world.calls.of(WRITE)}
    assert None not in keys
    if row.same_key:
        assert len(keys) == 1, "what may have happened is tried again with the same key"


def assert_left_alone(connected: Connected) -> None:
    """Nobody tries again by himself, however much time passes."""
    asked = len(connected.world.calls)
    connected.work()
    assert len(connected.world.calls) == asked, "it was tried again without being asked to"
