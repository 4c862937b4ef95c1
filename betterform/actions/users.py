"""People who sign in: making them, proving who they are, shutting the door behind them.

Nothing here commits. Passwords are kept as Argon2id hashes, never in plain and never in the log.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform.actions import history
from betterform.errors import InvalidInput, NotFound, WrongState
from betterform.models.history import Author
from betterform.models.user import Role, User

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
LONGEST_EMAIL = 200

_hasher = PasswordHasher()


def create(
    session: Session, *, email: str, password: str, role: Role, at: datetime, by: Author, name: str = ""
) -> User:
    """A new person who may sign in. Raises InvalidInput naming `email`, `name` or `password`."""
    address = normalise_email(email)
    if find_by_email(session, address) is not None:
        raise InvalidInput(fields={"email": f"There is already a user {address}."})
    if len(name) > 200:
        raise InvalidInput(fields={"name": "At most 200 characters."})
    check_password(password, email=address)
    user = User(
        email=address,
        name=name.strip(),
        role=role.value,
        password_hash=_hasher.hash(_composed(password)),
        session_key=_new_session_key(),
    )
    session.add(user)
    history.record(session, user, "created", at=at, by=by, role=role.value)
    return user


def find_by_email(session: Session, email: str) -> User | None:
    """The person with this address, however its letters are written."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def named(session: Session, email: str) -> User:
    """The person with this address. Raises NotFound."""
    user = find_by_email(session, email)
    if user is None:
        raise NotFound(f"There is no user {email.strip().lower()}.")
    return user


def everyone(session: Session) -> list[User]:
    """All users by address, the disabled ones too."""
    return list(session.scalars(select(User).order_by(User.email)))


def who_is(session: Session, email: str, password: str) -> User | None:
    """The person whose address and password these are, or None. Changes nothing.

    An unknown address costs the same time as a wrong password, so that nobody can find out by the
    clock who has an account. Disabled people are refused like strangers.
    """
    user = find_by_email(session, email)
    known_hash = user.password_hash if user is not None and user.password_hash else _nobodys_hash()
    fits = _fits(known_hash, password[: LONGEST_PASSWORD + 1])
    return user if user is not None and fits and user.is_active and user.password_hash else None


def record_sign_in(user: User, password: str, *, at: datetime) -> None:
    """Remember the sign-in, and hash the password anew where today's parameters are stronger."""
    user.last_login_at = at
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(_composed(password))


def set_password(session: Session, user: User, password: str, *, at: datetime, by: Author) -> None:
    """Give the person a new password and sign them out everywhere. Raises InvalidInput."""
    check_password(password, email=user.email)
    user.password_hash = _hasher.hash(_composed(password))
    sign_out_everywhere(user)
    history.record(session, user, "password_changed", at=at, by=by)


def disable(session: Session, user: User, *, at: datetime, by: Author) -> None:
    """Shut the door: no sign-in, no open session, no token of theirs works any more.

    Raises WrongState for the last admin who could let anybody back in.
    """
    if user.disabled_at is not None:
        return
    if user.role == Role.ADMIN and _active_admins(session) <= 1:
        raise WrongState(f"{user.email} is the last admin; make another one first.")
    user.disabled_at = at
    sign_out_everywhere(user)
    history.record(session, user, "disabled", at=at, by=by)


def enable(session: Session, user: User, *, at: datetime, by: Author) -> None:
    """Let a disabled person sign in again."""
    if user.disabled_at is None:
        return
    user.disabled_at = None
    history.record(session, user, "enabled", at=at, by=by)


def sign_out_everywhere(user: User) -> None:
    """End every session of the person: each one carries the key that changes here."""
    user.session_key = _new_session_key()


def normalise_email(email: str) -> str:
    """The address in lower case. Raises InvalidInput when it cannot be one."""
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise InvalidInput(fields={"email": f"{email.strip()!r} is not an e-mail address."}) from None
    if len(address) > LONGEST_EMAIL:
        raise InvalidInput(fields={"email": f"At most {LONGEST_EMAIL} characters."})
    return address


def check_password(password: str, *, email: str) -> None:
    """Raises InvalidInput unless the password may be used by the owner of `email`.

    Length is what counts (NIST SP 800-63B, 3.1.1.2); there are no rules about kinds of characters.
    """
    problem = ""
    if len(password) < SHORTEST_PASSWORD:
        problem = f"The password needs at least {SHORTEST_PASSWORD} characters."
    elif len(password) > LONGEST_PASSWORD:
        problem = f"The password may have at most {LONGEST_PASSWORD} characters."
    elif password.strip().lower() == email.lower():
        problem = "The password must not be the e-mail address."
    if problem:
        raise InvalidInput(fields={"password": problem})


def _fits(known_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(known_hash, _composed(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """A hash that no password fits, made with today's parameters so that checking it takes as long."""
    return _hasher.hash(secrets.token_hex(32))


def _composed(password: str) -> str:
    """The password as every keyboard writes it: "é" may arrive as one character or as two."""
    return unicodedata.normalize("NFC", password)


def _new_session_key() -> str:
    return secrets.token_urlsafe(32)


def _active_admins(session: Session) -> int:
    count = select(func.count()).where(User.role == Role.ADMIN.value, User.disabled_at.is_(None))
    return session.scalar(count) or 0
