"""Contacts and products that are no longer offered: archived by a person here, and brought back.

Archiving here is told to nobody: the item stays on its board as people left it, and goes on being read, but the
record stays archived until a person restores it. What left the board is archived by catalogue.archive.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import deliveries, history
from betterform.errors import OutOfDate
from betterform.models.contact import Contact
from betterform.models.delivery import Target
from betterform.models.history import Author, AuthorKind, HistoryEntry
from betterform.models.product import Product


def archive(session: Session, record: Contact | Product, *, by: Author, at: datetime) -> bool:
    """Offer the record no more; documents keep it. False where it is archived already."""
    _ensure_living(record)
    if record.archived_at is not None:
        return False
    record.archived_at = at
    history.record(session, record, "archived", by=by, at=at)
    return True


def restore(session: Session, record: Contact | Product, *, by: Author, at: datetime) -> bool:
    """Offer the record again and bring its board up to date. False where it is offered already.

    One whose item left the board gets a new item: the old one would only archive it again.
    """
    _ensure_living(record)
    if record.archived_at is None:
        return False
    left = None if is_archived_here(session, record) else record.mid
    if left is not None:
        record.mid = None
    record.archived_at = None
    details = {"item_left": left} if left is not None else {}
    history.record(session, record, "restored", by=by, at=at, **details)
    target = Target.CONTACT if isinstance(record, Contact) else Target.PRODUCT
    deliveries.want(session, target, record_type=target.value, record_id=record.id, at=at)
    return True


def is_archived_here(session: Session, record: Contact | Product) -> bool:
    """Whether a person archived the record here, so that its item on the board has no say in it."""
    if record.archived_at is None:
        return False
    last = session.scalar(
        select(HistoryEntry.author_kind)
        .where(
            HistoryEntry.record_type == history.record_type_of(record),
            HistoryEntry.record_id == record.id,
            HistoryEntry.event.in_(("archived", "restored")),
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    return last == AuthorKind.USER.value


def _ensure_living(record: Contact | Product) -> None:
    if isinstance(record, Contact) and record.merged_into_id is not None:
        raise OutOfDate("This contact was merged into another one: open that one instead.")
