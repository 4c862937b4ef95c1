"""The line in a record's history, written in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.models import Base
from betterform.models.history import Author, HistoryEntry


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
