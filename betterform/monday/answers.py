"""From monday's answer to data or to the error that says what happens next.

Error shapes come from the error handling page and from captures; their formats changed several times, so
everything here is read leniently. An answer with any error is never a success, even with data in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from betterform import clock
from betterform.monday.errors import (
    FixData,
    FixSettings,
    Gone,
    OurMistake,
    Refusal,
    TryAgain,
    WaitUntilTomorrow,
    sentence,
)

# What an admin has to do where nothing at all can be asked.
HOW_TO_BE_LET_IN = (
    "Make or copy a token in monday.com (your picture, Developers, API token), put it into MONDAY_API_TOKEN"
    " in betterform's environment, and restart the web server and the worker."
)
ALLOW_ADDRESS = (
    "In monday.com, an admin of the account has to allow the IP address of betterform's server"
    " (Administration, Security)."
)
USED_UP = "The day's calls to monday.com are used up. It goes on by itself when monday.com counts them anew."
LIMITS = {
    "complexitybudgetexhausted",
    "complexityexception",
    "ratelimitexceeded",
    "minutelimitrateexceeded",
    "maxconcurrencyexceeded",
    "concurrencylimitexceeded",
    "ipratelimitexceeded",
}
BUSY = LIMITS | {"apitemporarilyblocked", "idempotencyconflict", "resourcelocked", "lockedexception"}
TOMORROW = {"dailylimitexceeded"}
# With these nothing at all can be asked; with the others of SETTINGS one board or one operation.
NOT_LET_IN = {"notauthenticated", "unauthorized", "iprestricted"}
SETTINGS = NOT_LET_IN | {"userunauthorizedexception", "useraccessdenied", "missingrequiredpermissions"}
DATA = {
    "columnvalueexception",
    "correctedvalueexception",
    "invalidcolumnidexception",
    "invalidboardidexception",
    "invalidargumentexception",
    "invaliduseridexception",
    "itemnametoolongexception",
    "itemslimitationexception",
    "recordinvalidexception",
    "datavalidationserror",
    "deletelastgroupexception",
    "createboardexception",
}
GONE = {"resourcenotfoundexception", "itemnotfound", "notfound"}
OURS = {
    "jsonparseexception",
    "undefinedfield",
    "invalidversionexception",
    "parseerror",
    "badrequest",
    "graphqlvalidationfailed",
}
HICCUP = {"internalservererror"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error in an answer."""

    message: str
    code: str
    status: int | None
    data: Any
    retry_in: float | None

    @property
    def kind(self) -> str:
        """The code without the differences in spelling: COMPLEXITY_BUDGET_EXHAUSTED, complexityBudgetExhausted."""
        return re.sub(r"[^a-z0-9]", "", self.code.lower())


def data_of(status: int, headers: Mapping[str, str], body: Any) -> dict[str, Any]:
    """The data of a clean answer. Raises the Refusal that says what happens next.

    `body` is the decoded JSON, or None where it was none.
    """
    refusal = refusal_in(status, headers, body)
    if refusal is not None:
        raise refusal
    data: dict[str, Any] = body["data"]
    return data


def refusal_in(status: int, headers: Mapping[str, str], body: Any) -> Refusal | None:
    """What is wrong with an answer, or None when it is clean."""
    request_id = request_id_of(headers, body)
    problems = list(problems_in(body))
    for problem in problems:
        refusal = _known(problem, status, headers, request_id)
        if refusal is not None:
            return refusal
    said = problems[0].message if problems else ""
    if status == 200 and not problems and isinstance(body, dict) and isinstance(body.get("data"), dict):
        return None
    return _by_status(status, headers, said, request_id, code=problems[0].code if problems else "")


def problems_in(body: Any) -> Iterator[Problem]:
    """The errors of an answer, in all the shapes that were seen."""
    if not isinstance(body, dict):
        return
    if body.get("error_code"):  # the shape before 2025
        yield Problem(
            message=str(body.get("error_message") or body["error_code"]),
            code=str(body["error_code"]),
            status=_number(body.get("status_code")),
            data=body.get("error_data"),
            retry_in=_seconds_in(str(body.get("error_message") or "")),
        )
        return
    errors = body.get("errors")
    for error in errors if isinstance(errors, list) else [errors] if errors else []:
        if isinstance(error, str):
            yield Problem(error, "", None, None, _seconds_in(error))
            continue
        extensions = error.get("extensions") if isinstance(error.get("extensions"), dict) else {}
        message = str(error.get("message") or extensions.get("code") or "an error without a message")
        retry_in = extensions.get("retry_in_seconds")
        yield Problem(
            message=message,
            code=str(extensions.get("code") or ""),
            status=_number(extensions.get("status_code")),
            data=extensions.get("error_data"),
            retry_in=float(retry_in) if isinstance(retry_in, int | float) else _seconds_in(message),
        )


def _known(problem: Problem, status: int, headers: Mapping[str, str], request_id: str) -> Refusal | None:
    kind, said = problem.kind, problem.message
    about: dict[str, Any] = {"code": problem.code, "request_id": request_id}
    if kind in TOMORROW or "daily limit" in said.lower():
        return WaitUntilTomorrow(USED_UP, **about)
    if kind in BUSY or "minute limit rate exceeded" in said.lower() or problem.status in (423, 429):
        return TryAgain(
            f"monday.com is busy: {said}",
            after_seconds=_wait(problem.retry_in, headers),
            limited=kind in LIMITS or status == 429,
            **about,
        )
    is_ip = kind == "iprestricted" or "your ip is restricted" in said.lower()
    if is_ip or kind in NOT_LET_IN or (kind in SETTINGS and status == 401):
        return _shut_out(f": {said}", ALLOW_ADDRESS if is_ip else HOW_TO_BE_LET_IN, **about)
    if kind in SETTINGS:
        return FixSettings(f"monday.com does not allow it: {said}", **about)
    if kind in DATA:
        return FixData(f"monday.com does not take a value: {said}", columns=_columns(problem), **about)
    if kind in GONE:
        return Gone(f"monday.com does not find it: {said}", **about)
    if kind in HICCUP or said.strip().rstrip(".").lower() == "internal server error":
        # With a status of 5xx the server is out of order; in an answer of 200 it may be what we sent.
        return TryAgain(
            "monday.com answered “Internal Server Error”.",
            may_have_happened=True,
            may_be_data=status < 500,
            **about,
        )
    if kind in OURS:
        return OurMistake(f"monday.com does not understand us: {said}", **about)
    return None


def _shut_out(said: str, advice: str, **about: Any) -> FixSettings:
    """monday does not let us in at all; the message ends with what to do."""
    words = sentence(f"monday.com does not let us in{said}")
    return FixSettings(f"{words} {advice}", whole_account=True, **about)


def _by_status(status: int, headers: Mapping[str, str], said: str, request_id: str, *, code: str) -> Refusal:
    about: dict[str, Any] = {"code": code or f"HTTP {status}", "request_id": request_id}
    words = f": {said}" if said else "."
    if status in (429, 423, 409):
        return TryAgain(
            f"monday.com is busy (status {status}){words}",
            after_seconds=_wait(None, headers),
            limited=status == 429,
            **about,
        )
    if status >= 500:
        return TryAgain(
            f"monday.com is out of order (status {status}){words}",
            after_seconds=_wait(None, headers),
            may_have_happened=True,
            **about,
        )
    if status == 401:
        return _shut_out(f" (status 401){words}", HOW_TO_BE_LET_IN, **about)
    if status == 403:
        return FixSettings(f"monday.com does not allow it (status 403){words}", **about)
    if status == 404 and not said:
        # Not a word about an item: somebody else answers at this address, and nothing is known to be gone.
        return FixSettings("There is no API of monday.com at this address (status 404).", **about)
    if status == 404:
        return Gone(f"monday.com does not find it (status {status}){words}", **about)
    if status == 422:
        return FixData(f"monday.com does not take a value{words}", **about)
    if status == 200 and not said:
        # A page of somebody in between, or JSON without data: nobody can say what happened.
        return TryAgain("monday.com's answer could not be read.", may_have_happened=True, **about)
    return OurMistake(f"monday.com refused (status {status}){words}", **about)


def _columns(problem: Problem) -> dict[str, str]:
    """monday's words by column id; `error_data` is an object, or for validations a list of objects."""
    found: dict[str, str] = {}
    entries = problem.data if isinstance(problem.data, list) else [problem.data]
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        said = str(entry.get("message") or problem.message)
        ids = (
            entry.get("columnIds")
            or entry.get("column_ids")
            or [entry.get("column_id") or entry.get("columnId")]
        )
        found.update({str(column): said for column in ids if column})
    return found


def request_id_of(headers: Mapping[str, str], body: Any) -> str:
    """The id by which monday's support finds the call."""
    extensions = body.get("extensions") if isinstance(body, dict) else None
    told = extensions.get("request_id") if isinstance(extensions, dict) else None
    return str(told or headers.get("x-request-id") or "")[:100]


def _wait(told: float | None, headers: Mapping[str, str]) -> float | None:
    """The longest of monday's hints, in seconds."""
    hints = [told, _plain_seconds(headers.get("Retry-After")), limits_of(headers).reset_seconds]
    return max((hint for hint in hints if hint is not None), default=None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the RateLimit header says: calls left by policy, and seconds until they are given anew."""

    left: Mapping[str, int]
    reset_seconds: float | None


def limits_of(headers: Mapping[str, str]) -> Limits:
    """Read `RateLimit: "minuteRate";r=998, "concurrency";r=40;t=45`."""
    left: dict[str, int] = {}
    resets: list[float] = []
    for part in headers.get("RateLimit", "").split(","):
        name = re.match(r'\s*"?([A-Za-z]+)"?\s*;', part)
        remaining = re.search(r";\s*r=(\d+)", part)
        reset = re.search(r";\s*t=(\d+(?:\.\d+)?)", part)
        if name and remaining:
            left[name.group(1)] = int(remaining.group(1))
        if reset:
            resets.append(float(reset.group(1)))
    return Limits(left, max(resets, default=None) if 0 in left.values() else None)


def _seconds_in(text: str) -> float | None:
    told = re.search(r"reset in (\d+) second", text)
    return float(told.group(1)) if told else None


def _plain_seconds(text: str | None) -> float | None:
    """Retry-After in seconds: a number of them, or the date that HTTP allows as well."""
    if not text:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text.strip()):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - clock.now()).total_seconds())
    except (TypeError, ValueError):
        return None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None
