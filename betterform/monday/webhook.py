"""monday's door: which requests are monday's, and what they say (webhooks page; its authentication section)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

import jwt

LARGEST_BODY = 256 * 1024  # bytes; a form with hundreds of columns stays far below
LONGEST_CHALLENGE = 1000  # characters
DEEPEST = 20  # levels of a body; MariaDB takes no JSON of more than 32, and real events have seven
CLOCK_SKEW_SECONDS = 60


class NotAnEvent(ValueError):
    """The body is no challenge and no event."""


class NotSigned(ValueError):
    """The signature is missing, wrong or too old."""


def is_secret(given: str, expected: str) -> bool:
    """Whether the path segment is ours, compared in constant time."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def decoded(data: bytes) -> Any:
    """The body of a request, such that every database can keep it. Raises NotAnEvent unless it is JSON.

    What JSON or Python allow and a database refuses is blanked, or monday would send the event again
    for half an hour and then lose it: NUL characters, halves of surrogate pairs, numbers without an
    end, and what lies deeper than any real event.
    """
    try:
        return _storable(json.loads(data), levels=DEEPEST)
    except (ValueError, RecursionError):
        raise NotAnEvent("its body is not JSON") from None


def _storable(value: Any, *, levels: int) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if isfinite(value) else None
    if not isinstance(value, dict | list):
        return value
    if not levels:
        return None
    if isinstance(value, list):
        return [_storable(one, levels=levels - 1) for one in value]
    return {_storable(key, levels=levels): _storable(one, levels=levels - 1) for key, one in value.items()}


def challenge_in(body: Any) -> str | None:
    """The token that monday wants back when a webhook is registered, None where the body has none.

    Raises NotAnEvent for what no token looks like: only printable ASCII is given back.
    """
    if not isinstance(body, dict) or "challenge" not in body or "event" in body:
        return None
    told = body["challenge"]
    if not isinstance(told, str) or not 0 < len(told) <= LONGEST_CHALLENGE:
        raise NotAnEvent("its challenge is no text, or too long")
    if not (told.isascii() and told.isprintable()):
        raise NotAnEvent("its challenge holds other characters than a token")
    return told


def event_in(body: Any) -> dict[str, Any]:
    """The body with its ids as text: {"event": {"type", "boardId", ...}}. Raises NotAnEvent."""
    event = body.get("event") if isinstance(body, dict) else None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str) or not event["type"]:
        raise NotAnEvent("the body is no event")
    ids = {key: _as_text(event[key]) for key in IDS if event.get(key) is not None}
    return {"event": {**event, **ids}}


# Numbers in the body and text in the API; `parentItemId` comes as either.
IDS = ("boardId", "pulseId", "itemId", "parentItemId", "subscriptionId", "userId", "updateId")


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():  # 8409778368.0, as some programs write numbers
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotAnEvent("an id is neither a number nor text")
    return str(value).strip()


def is_about_subitem(event: Mapping[str, Any]) -> bool:
    """Whether the event is about a subitem."""
    return bool(event.get("parentItemId"))


def check_signature(header: str | None, signing_secret: str, *, url: str) -> None:
    """Raises NotSigned unless `header` carries a token that monday signed for `url`.

    The algorithm is pinned to HS256. Whether `aud` holds the query string is not documented, so only
    what stands before it is compared, without a trailing slash.
    """
    token = (header or "").strip()
    token = token[7:].strip() if token.lower().startswith("bearer ") else token
    if not token:
        raise NotSigned("there is no signature")
    try:
        claims = jwt.decode(
            token,
            signing_secret,
            algorithms=["HS256"],
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["exp"], "verify_aud": False},
        )
    except (jwt.PyJWTError, OverflowError) as error:
        raise NotSigned(f"{type(error).__name__} (alg {_algorithm(token)})") from None
    told = claims.get("aud")
    audiences = told if isinstance(told, list) else [told] if told else []
    if audiences and _plain_url(url) not in {_plain_url(str(audience)) for audience in audiences}:
        raise NotSigned("it was signed for another address")


def _plain_url(url: str) -> str:
    return url.partition("?")[0].rstrip("/").casefold()


def _algorithm(token: str) -> str:
    try:
        return repr(jwt.get_unverified_header(token).get("alg"))[:20]
    except jwt.PyJWTError:
        return "unknown"
