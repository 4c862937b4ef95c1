"""Contacts: added and corrected by staff, here and on their board; what a contact may say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform import countries
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
LANGUAGES = ("en", "de", "fr", "it")


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
    changes = history.changes_to(contact, {name: values[name] for name in changed})
    for name in changed:
        setattr(contact, name, values[name])
    if changed:
        history.record(session, contact, "edited", by=by, at=at, fields=changed, changes=changes)
        deliveries.want(session, Target.CONTACT, record_type="contact", record_id=contact.id, at=at)
    return changed


def problems(values: Mapping[str, str]) -> dict[str, str]:
    """What keeps `values`, by the names in FIELDS, from being a contact: a sentence by field."""
    found = {}
    for name in FIELDS:
        longest: int = getattr(Contact.__table__.c[name].type, "length")  # noqa: B009
        if (length := len(values.get(name, ""))) > longest:
            found[name] = f"At most {longest} characters fit here; these are {length}."
    if values.get("email") and "email" not in found and not is_email(values["email"]):
        found["email"] = "This is not an e-mail address."
    if values.get("country_code") and not countries.is_country(values["country_code"]):
        found["country_code"] = "Choose a country."
    if values.get("language") and values["language"] not in LANGUAGES:
        found["language"] = "Choose a language."
    if not any(values.get(name) for name in ("first_name", "last_name", "company", "email")):
        found["last_name"] = "Enter at least a name, a company or an e-mail address."
    return found


def is_email(typed: str) -> bool:
    """Whether it can be an address; nobody is asked whether it exists."""
    try:
        validate_email(typed, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        return False
    return True


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
