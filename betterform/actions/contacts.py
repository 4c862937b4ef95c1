"""Contacts: added and corrected by staff, here and on their board."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import deliveries, history
from betterform.actions.matching import holds_words
from betterform.errors import OutOfDate
from betterform.models.contact import Contact
from betterform.models.delivery import Target
from betterform.models.history import Author

FIELDS = (
    "email",
    "title",
    "first_name",
    "last_name",
    "company",
    "street",
    "postal_code",
    "city",
    "country_code",
    "phone",
    "vat_number",
    "language",
)


def add(session: Session, values: dict[str, str], *, by: Author, at: datetime) -> Contact:
    """A new contact; its board gets it through the outbox. `values` by the names in FIELDS."""
    contact = Contact(**{name: values.get(name, "") for name in FIELDS})
    session.add(contact)
    history.record(session, contact, "created", by=by, at=at)
    deliveries.want(session, Target.CONTACT, record_type="contact", record_id=contact.id, at=at)
    return contact


def change(
    session: Session, contact: Contact, values: dict[str, str], *, by: Author, at: datetime
) -> list[str]:
    """Write `values` to the contact and its board. Returns the names of the fields that changed.

    Raises OutOfDate for a contact that was merged into another one meanwhile.
    """
    if contact.merged_into_id is not None:
        raise OutOfDate("This contact was merged into another one: open that one and change it there.")
    changed = [name for name in FIELDS if name in values and getattr(contact, name) != values[name]]
    for name in changed:
        setattr(contact, name, values[name])
    if changed:
        history.record(session, contact, "edited", by=by, at=at, fields=changed)
        deliveries.want(session, Target.CONTACT, record_type="contact", record_id=contact.id, at=at)
    return changed


def living(session: Session, contact: Contact, *, lock: bool = False) -> Contact:
    """Who the contact is today: the contact itself, or the one that it was merged into at the end of the chain.

    With `lock` nobody merges that one away before the transaction ends.
    """
    passed = set()
    while True:
        if lock:
            contact = locked(session, contact.id) or contact
        passed.add(contact.id)
        if contact.merged_into_id is None or contact.merged_into_id in passed:
            return contact
        contact = session.get_one(Contact, contact.merged_into_id)


def locked(session: Session, contact_id: int) -> Contact | None:
    """The contact as it is now, under lock; by its primary key, as MariaDB's other indexes could deadlock."""
    return session.get(Contact, contact_id, with_for_update={"key_share": True}, populate_existing=True)


def edition_of(contact: Contact) -> str:
    """What the form shows of the contact, as a short hash."""
    shown = [getattr(contact, name) for name in FIELDS]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:20]


def search(session: Session, typed: str, *, limit: int = 8) -> list[Contact]:
    """Contacts whose name, company or e-mail holds every word of `typed`."""
    wanted = (
        select(Contact)
        .where(
            Contact.archived_at.is_(None),
            holds_words(typed, Contact.first_name, Contact.last_name, Contact.company, Contact.email),
        )
        .order_by(Contact.last_name, Contact.first_name, Contact.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))
