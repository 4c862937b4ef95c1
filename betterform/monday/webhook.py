"""monday's door: which requests are monday's, and what they say (webhooks page; its authentication section)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import jwt

LARGEST_BODY = 256 * 1024  # bytes; a form with hundreds of columns stays far below
CLOCK_SKEW_SECONDS = 60


class NotAnEvent(ValueError):
    """The body is no challenge and no event."""


class NotSigned(ValueError):
    """The signature is missing, wrong or too old."""


def is_secret(given: str, expected: str) -> bool:
    """Whether the path segment is ours, compared in constant time."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def challenge_in(body: Any) -> str | None:
    """The token that monday wants back when a webhook is registered, or None."""
    told = body.get("challenge") if isinstance(body, dict) else None
    return told if isinstance(told, str) and 0 < len(told) <= 1000 else None


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
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotAnEvent("an id is neither a number nor text")
    return str(value)


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
    except jwt.PyJWTError as error:
        raise NotSigned(f"{type(error).__name__} (alg {_algorithm(token)})") from None
    audiences = claims.get("aud")
    audiences = [audiences] if isinstance(audiences, str) else audiences or []
    if audiences and _plain_url(url) not in {_plain_url(str(audience)) for audience in audiences}:
        raise NotSigned("it was signed for another address")


def _plain_url(url: str) -> str:
    return url.partition("?")[0].rstrip("/").casefold()


def _algorithm(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("alg"))[:20]
    except jwt.PyJWTError:
        return "unknown"
