"""A form that is sent twice (a double click, a repeated request) makes its record once."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from betterform.actions.history import record_type_of
from betterform.models import Base
from betterform.models.form_key import FormKey

Record = TypeVar("Record", bound=Base)


def new_key() -> str:
    """For a hidden field of the form."""
    return secrets.token_urlsafe(18)


def made_by(session: Session, key: str, kind: type[Record]) -> Record | None:
    """The record that a form with this key has made already."""
    found = session.get(FormKey, key[:40]) if key else None
    return session.get(kind, found.record_id) if found is not None else None


def remember(session: Session, key: str, record: Base, *, at: datetime) -> None:
    """Note what the form made. Of two at the same moment one fails with an IntegrityError, whole."""
    if key:
        session.flush()
        record_id: int = record.id  # type: ignore[attr-defined]
        session.add(FormKey(key=key[:40], record_type=record_type_of(record), record_id=record_id, at=at))
        session.flush()
