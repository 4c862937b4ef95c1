"""Each row of the contract's error table, in each shape that was seen, becomes what happens next."""

from __future__ import annotations

from typing import Any

import pytest

from betterform.monday.answers import data_of, limits_of, refusal_in
from betterform.monday.errors import (
    FixData,
    FixSettings,
    Gone,
    OurMistake,
    Refusal,
    TryAgain,
    WaitUntilTomorrow,
)


def error(code: str, message: str = "It did not work.", **extensions: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code, **extensions}}]}


ROWS: list[tuple[type[Refusal], int, dict[str, Any] | None]] = [
    (TryAgain, 429, None),
    (TryAgain, 429, error("RATE_LIMIT_EXCEEDED")),
    (TryAgain, 200, error("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds=60)),
    (TryAgain, 200, error("complexityBudgetExhausted")),
    (
        TryAgain,
        200,
        {"error_code": "ComplexityException", "status_code": 429, "error_message": "reset in 3 seconds"},
    ),
    (TryAgain, 200, {"errors": ["Minute limit rate exceeded"]}),
    (TryAgain, 200, error("maxConcurrencyExceeded")),
    (TryAgain, 429, error("IP_RATE_LIMIT_EXCEEDED")),
    (TryAgain, 423, None),
    (TryAgain, 423, error("RESOURCE_LOCKED")),
    (TryAgain, 200, error("API_TEMPORARILY_BLOCKED")),
    (TryAgain, 409, error("IDEMPOTENCY_CONFLICT")),
    (TryAgain, 500, None),
    (TryAgain, 502, None),
    (TryAgain, 503, error("whatever")),
    (TryAgain, 200, {"data": {"create_item": None}, "errors": [{"message": "Internal Server Error"}]}),
    (TryAgain, 200, error("INTERNAL_SERVER_ERROR")),
    (TryAgain, 200, None),
    (WaitUntilTomorrow, 429, error("DAILY_LIMIT_EXCEEDED")),
    (WaitUntilTomorrow, 200, error("DAILY_LIMIT_EXCEEDED")),
    (FixSettings, 401, None),
    (FixSettings, 401, error("NOT_AUTHENTICATED", "Not authenticated")),
    (FixSettings, 200, error("UserUnauthorizedException", status_code=403)),
    (FixSettings, 403, error("USER_ACCESS_DENIED")),
    (FixSettings, 200, error("missingRequiredPermissions")),
    (FixSettings, 200, error("", "Your ip is restricted")),
    (FixData, 200, error("ColumnValueException")),
    (FixData, 200, error("CorrectedValueException")),
    (FixData, 200, error("InvalidColumnIdException")),
    (FixData, 200, error("InvalidBoardIdException")),
    (FixData, 200, error("InvalidArgumentException")),
    (FixData, 200, error("ItemNameTooLongException")),
    (FixData, 200, error("ItemsLimitationException")),
    (FixData, 422, error("RecordInvalidException")),
    (
        FixData,
        422,
        error("DATA_VALIDATIONS_ERROR", error_data=[{"columnIds": ["total"], "message": "too small"}]),
    ),
    (Gone, 200, error("ResourceNotFoundException")),
    (Gone, 404, error("ResourceNotFoundException")),
    (OurMistake, 400, None),
    (OurMistake, 200, error("JsonParseException")),
    (OurMistake, 200, error("undefinedField")),
    (OurMistake, 400, error("InvalidVersionException")),
    (OurMistake, 200, error("somethingNobodyHasSeenYet")),
]


@pytest.mark.parametrize(("kind", "status", "body"), ROWS)
def test_an_error_becomes_what_happens_next(
    kind: type[Refusal], status: int, body: dict[str, Any] | None
) -> None:
    refusal = refusal_in(status, {}, body)
    assert type(refusal) is kind
    assert refusal.message.endswith((".", "!", "?")) or ":" in refusal.message


def test_data_beside_an_error_is_no_success() -> None:
    body = {"data": {"items": [{"id": "1"}]}, **error("ColumnValueException")}
    with pytest.raises(FixData):
        data_of(200, {}, body)


def test_a_clean_answer_is_its_data() -> None:
    assert data_of(200, {}, {"data": {"items": []}, "extensions": {"request_id": "r"}}) == {"items": []}


def test_the_longest_of_the_hints_is_kept() -> None:
    headers = {"Retry-After": "12", "RateLimit": '"minuteRate";r=0, "concurrency";r=40;t=45'}
    refusal = refusal_in(429, headers, error("RATE_LIMIT_EXCEEDED", retry_in_seconds=7))
    assert isinstance(refusal, TryAgain)
    assert refusal.after_seconds == 45


def test_the_old_complexity_error_tells_its_seconds_in_words() -> None:
    body = {"error_code": "ComplexityException", "status_code": 429, "error_message": "… reset in 3 seconds"}
    refusal = refusal_in(200, {}, body)
    assert isinstance(refusal, TryAgain)
    assert (refusal.after_seconds, refusal.limited) == (3, True)


@pytest.mark.parametrize("body", [None, error("INTERNAL_SERVER_ERROR")])
def test_a_server_out_of_order_may_have_done_it_all_the_same(body: dict[str, Any] | None) -> None:
    refusal = refusal_in(500, {}, body)
    assert refusal is not None
    assert refusal.may_have_happened


@pytest.mark.parametrize("status", [429, 423, 409])
def test_a_busy_server_has_done_nothing(status: int) -> None:
    refusal = refusal_in(status, {}, None)
    assert refusal is not None
    assert not refusal.may_have_happened


def test_mondays_words_about_columns_are_kept() -> None:
    told = [{"itemId": 1, "columnIds": ["total", "date"], "message": "must be positive"}]
    refusal = refusal_in(422, {}, error("DATA_VALIDATIONS_ERROR", error_data=told))
    assert isinstance(refusal, FixData)
    assert refusal.columns == {"total": "must be positive", "date": "must be positive"}


def test_the_request_id_is_kept_from_body_or_header() -> None:
    in_body = refusal_in(400, {}, {"errors": ["no"], "extensions": {"request_id": "from-body"}})
    in_header = refusal_in(500, {"x-request-id": "from-header"}, None)
    assert in_body is not None
    assert in_header is not None
    assert (in_body.request_id, in_header.request_id) == ("from-body", "from-header")


def test_the_limits_header_is_read() -> None:
    limits = limits_of({"RateLimit": '"minuteRate";r=998, "concurrency";r=40, "complexityMinute";r=1;t=45'})
    assert limits.left == {"minuteRate": 998, "concurrency": 40, "complexityMinute": 1}
    assert limits.reset_seconds is None  # nothing is used up


@pytest.mark.parametrize(
    "body", [[], "text", {"errors": [{}]}, {"errors": "no"}, {"errors": [{"extensions": None}]}]
)
def test_nonsense_never_passes_for_success(body: Any) -> None:
    assert refusal_in(200, {}, body) is not None
