"""The line in a record's history, written in the transaction of the change.

`details` say what an event was about. Where values changed, "fields" names them and "changes" holds each
as [before, after]: plain JSON, long texts shortened, secrets never.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.models import Base
from betterform.models.history import Author, HistoryEntry

LONGEST_TEXT = 500  # characters of a value that is kept
MOST_CHANGES = 60  # values of one entry: an import of a thousand lines names the first of them
SECRET = ("password", "secret", "session_key", "token", "salt")

Changes = dict[str, list[Any]]


def record(
    session: Session, subject: Base, event: str, *, by: Author, at: datetime, **details: Any
) -> HistoryEntry:
    """Write down that `event` happened to `subject`. `details` must be plain JSON values."""
    session.flush()  # a new subject gets its id
    entry = HistoryEntry(
        record_type=record_type_of(subject),
        record_id=subject.id,  # type: ignore[attr-defined]
        at=at,
        author_kind=by.kind.value,
        author_id=by.id,
        author_name=by.name,
        event=event,
        details=details,
    )
    session.add(entry)
    return entry


def changes_to(subject: object, values: Mapping[str, Any]) -> Changes:
    """What writing `values` to `subject` would change, as [before, after] by field. To be asked before writing."""
    return changes_between({name: getattr(subject, name) for name in values}, values)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Every name whose value differs, as [before, after]; what one side lacks is None there."""
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    return {
        name: [told(name, before.get(name)), told(name, after.get(name))] for name in names[:MOST_CHANGES]
    }


def told(name: str, value: Any) -> Any:
    """A value as it may be kept: plain JSON, at most LONGEST_TEXT characters of a text, no secret, no file."""
    if value is None or isinstance(value, bool | int):
        return value
    if any(word in name for word in SECRET):
        return "…"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, enum.Enum):
        value = value.value
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def of(session: Session, subject: Base, *, limit: int = 100) -> list[HistoryEntry]:
    """What happened to `subject`, newest first."""
    return list(
        session.scalars(
            select(HistoryEntry)
            .where(
                HistoryEntry.record_type == record_type_of(subject),
                HistoryEntry.record_id == subject.id,  # type: ignore[attr-defined]
            )
            .order_by(HistoryEntry.id.desc())
            .limit(limit)
        )
    )


def edited_fields(session: Session, subject: Base) -> set[str]:
    """The fields of `subject` that people have ever changed."""
    rows = session.scalars(
        select(HistoryEntry.details).where(
            HistoryEntry.record_type == record_type_of(subject),
            HistoryEntry.record_id == subject.id,  # type: ignore[attr-defined]
            HistoryEntry.event == "edited",
        )
    )
    return {name for details in rows for name in details.get("fields", [])}


def record_type_of(subject: Base) -> str:
    """The noun in the singular: "quote" for a Quote."""
    return type(subject).__name__.lower()
