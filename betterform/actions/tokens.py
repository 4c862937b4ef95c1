"""Bearer tokens for the JSON API: shown once when made, kept only as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from betterform.actions import history
from betterform.errors import InvalidInput, NotFound
from betterform.models.api_token import ApiToken
from betterform.models.history import Author
from betterform.models.user import User

PREFIX = "bf_"  # so that a token found in a log or a repository is recognised
SCOPE = re.compile(r"[a-z][a-z0-9:_-]*")
LONGEST_NAME = 100
LONGEST_SCOPES = 200

# A busy token is written about once a minute, not at every call.
TOUCH_EVERY = timedelta(minutes=1)


def create(
    session: Session,
    *,
    name: str,
    at: datetime,
    by: Author,
    scopes: str = "",
    user: User | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its plain text, which cannot be had again.

    `scopes` are words with spaces between; none means everything. A token without a user belongs to
    a program. Raises InvalidInput naming `name`, `scopes` or `expires_at`.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(fields={"name": f"A token needs a name of at most {LONGEST_NAME} characters."})
    if expires_at is not None and expires_at <= at:
        raise InvalidInput(fields={"expires_at": "The token would have expired already."})
    plain = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name, token_hash=hash_of(plain), scopes=_checked(scopes), user=user, expires_at=expires_at
    )
    session.add(token)
    history.record(session, token, "created", at=at, by=by, name=name)
    return token, plain


def find(session: Session, plain: str, *, at: datetime) -> ApiToken | None:
    """The token with this plain text if it opens the door at the instant `at`.

    A token of a person who was disabled opens nothing.
    """
    token = session.scalar(
        select(ApiToken).where(ApiToken.token_hash == hash_of(plain)).options(joinedload(ApiToken.user))
    )
    if token is None or not token.is_valid(at=at):
        return None
    return token if token.user is None or token.user.is_active else None


def allows(token: ApiToken, scope: str) -> bool:
    """Whether the token was made for `scope`."""
    return not token.scopes or scope in token.scopes.split()


def needs_touch(token: ApiToken, *, at: datetime) -> bool:
    """Whether its last use was long enough ago to be worth a write."""
    return token.last_used_at is None or at - token.last_used_at >= TOUCH_EVERY


def touch(token: ApiToken, *, at: datetime) -> None:
    """Remember that the token was used."""
    token.last_used_at = at


def revoke(session: Session, token: ApiToken, *, at: datetime, by: Author) -> None:
    """End the token for good; revoking it again changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = at
        history.record(session, token, "revoked", at=at, by=by, name=token.name)


def get(session: Session, token_id: int) -> ApiToken:
    """The token with this id. Raises NotFound."""
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound(f"There is no token {token_id}.")
    return token


def everything(session: Session) -> list[ApiToken]:
    """All tokens, the newest first."""
    newest_first = select(ApiToken).options(joinedload(ApiToken.user)).order_by(ApiToken.id.desc())
    return list(session.scalars(newest_first))


def hash_of(plain: str) -> str:
    """What is kept of a token. Fast on purpose: it is 256 random bits, not a password."""
    return hashlib.sha256(plain.encode()).hexdigest()


def _checked(scopes: str) -> str:
    words = scopes.split()
    for word in words:
        if not SCOPE.fullmatch(word):
            raise InvalidInput(fields={"scopes": f"{word!r} is not a scope."})
    joined = " ".join(dict.fromkeys(words))
    if len(joined) > LONGEST_SCOPES:
        raise InvalidInput(fields={"scopes": f"At most {LONGEST_SCOPES} characters."})
    return joined
