"""Bearer tokens: shown once, kept as a hash, ended at will."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from betterform.actions import tokens
from betterform.db import transaction
from betterform.errors import InvalidInput, NotFound
from betterform.models.api_token import ApiToken
from betterform.models.history import SYSTEM

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def make(session: Session, **facts: Any) -> tuple[ApiToken, str]:
    with transaction():
        return tokens.create(session, **{"name": "till", "at": NOON, "by": SYSTEM, **facts})


def test_the_plain_token_is_found_and_kept_nowhere(session: Session) -> None:
    token, plain = make(session)
    assert tokens.find(session, plain, at=NOON) is token
    assert plain not in "".join(str(value) for value in vars(token).values())
    assert len(plain) >= 43


def test_every_token_is_another_one(session: Session) -> None:
    assert make(session)[1] != make(session)[1]


def test_anything_else_is_not_found(session: Session) -> None:
    token, plain = make(session)
    for wrong in ("", plain[:-1], plain + "x", plain.upper(), token.token_hash, "é"):
        assert tokens.find(session, wrong, at=NOON) is None


def test_a_token_ends_at_its_instant(session: Session) -> None:
    _, plain = make(session, expires_at=NOON + timedelta(hours=1))
    assert tokens.find(session, plain, at=NOON + timedelta(minutes=59)) is not None
    assert tokens.find(session, plain, at=NOON + timedelta(hours=1)) is None


def test_a_revoked_token_opens_nothing(session: Session) -> None:
    token, plain = make(session)
    with transaction():
        tokens.revoke(session, tokens.get(session, token.id), at=NOON, by=SYSTEM)
        tokens.revoke(session, token, at=NOON + timedelta(days=1), by=SYSTEM)
    assert tokens.find(session, plain, at=NOON) is None
    assert token.revoked_at == NOON


def test_scopes_say_what_a_token_is_for(session: Session) -> None:
    everything, _ = make(session)
    some, _ = make(session, scopes=" pricing  quotes:read pricing ")
    assert some.scopes == "pricing quotes:read"
    assert tokens.allows(everything, "anything")
    assert tokens.allows(some, "pricing")
    assert not tokens.allows(some, "quotes")


def test_use_is_written_once_a_minute(session: Session) -> None:
    token, _ = make(session)
    assert tokens.needs_touch(token, at=NOON)
    with transaction():
        tokens.touch(token, at=NOON)
    assert not tokens.needs_touch(token, at=NOON + timedelta(seconds=59))
    assert tokens.needs_touch(token, at=NOON + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": "Pricing"}, "scopes"),
        ({"scopes": "a,b"}, "scopes"),
        ({"scopes": " ".join(f"scope{n}" for n in range(50))}, "scopes"),
        ({"expires_at": NOON}, "expires_at"),
    ],
)
def test_what_does_not_fit_is_named(session: Session, facts: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(session, **facts)
    assert field in refused.value.fields


def test_an_unknown_number_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        tokens.get(session, 999)
