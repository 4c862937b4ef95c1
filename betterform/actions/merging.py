"""Contacts that share an e-mail address: offered to a person, who makes them one, keeps them apart, or takes
a merge back.

A merged contact is kept, archived and pointing at the one that stays. Drafts move over. What was issued
keeps the contact it was issued for: the paper is frozen, and the record beside it must go on saying the
same (models/issued_quote refuses anything else); pages find such quotes by way of `absorbed`. The item of
a merged contact stays on its board, since people's items are never deleted, and from then on stands for
the other contact (see catalogue.take_contact).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from betterform.actions import contacts, deliveries, history, quotes
from betterform.errors import OutOfDate
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.history import Author
from betterform.models.quote import Quote, QuoteState

STALE = "These contacts have changed since you looked. Please look once more."


@dataclass(frozen=True, slots=True)
class Group:
    """Contacts with one e-mail address (casefolded), the likeliest to stay first."""

    email: str
    contacts: list[Contact]


def addresses(session: Session) -> dict[str, list[int]]:
    """Every address that several contacts use without a person having said that they may, with their ids.

    One query; told apart here, as no two databases agree on which letters are the same.
    """
    rows = session.execute(
        select(Contact.id, Contact.email, Contact.shared_email)
        .where(Contact.archived_at.is_(None), Contact.email != "")
        .order_by(Contact.id)
    )
    users, unsaid = defaultdict(list), set()
    for contact_id, typed, shared in rows:
        if email := _plain(typed):
            users[email].append(contact_id)
            if shared != email:
                unsaid.add(email)
    return {email: ids for email, ids in users.items() if len(ids) > 1 and email in unsaid}


def groups(session: Session, *, first: int = 0, most: int | None = None) -> list[Group]:
    """The contacts of those addresses: `most` groups from number `first` on, by address."""
    found = sorted(addresses(session).items())[first : None if most is None else first + most]
    ids = [contact_id for _email, members in found for contact_id in members]
    rows = session.scalars(select(Contact).where(Contact.id.in_(ids))) if ids else ()
    known = {contact.id: contact for contact in rows}
    return [
        Group(email, sorted((known[id_] for id_ in members if id_ in known), key=_staying))
        for email, members in found
    ]


def others_like(session: Session, contact: Contact) -> list[Contact]:
    """The other contacts in use with the same address."""
    email = _plain(contact.email)
    if not email:
        return []
    rows = session.scalars(
        select(Contact)
        .where(Contact.archived_at.is_(None), Contact.email != "", Contact.id != contact.id)
        .order_by(Contact.id)
    )
    return [other for other in rows if _plain(other.email) == email]


def merge(
    session: Session,
    survivor_id: int,
    other_ids: Collection[int],
    values: Mapping[str, str],
    *,
    read: Collection[str],
    by: Author,
    at: datetime,
) -> Contact:
    """Make the others one with the survivor, who gets `values` (by the names in contacts.FIELDS).

    `read` are the editions of all of them as the page showed them. Raises OutOfDate where one has changed
    since, was archived, or was merged by somebody else: two people who merge at once never make a
    circle, since each locks all of the contacts first and whoever is second finds one gone.
    """
    found = _locked(session, {survivor_id, *other_ids})
    others = [contact for contact in found if contact.id != survivor_id]
    if not others or not _are_as_read(found, read):
        raise OutOfDate(STALE)
    survivor = next(contact for contact in found if contact.id == survivor_id)
    contacts.change(session, survivor, dict(values), by=by, at=at)
    for other in others:
        other.merged_into_id, other.archived_at = survivor.id, at
        # Quotes before deliveries, as whoever issues one locks them.
        _move_drafts(session, other, survivor, by=by, at=at)
        _settle_deliveries(session, other, survivor, at=at)
        history.record(session, other, "merged", by=by, at=at, into=survivor.id, name=survivor.display_name)
        history.record(
            session, survivor, "took over", by=by, at=at, contact=other.id, name=other.display_name
        )
    return survivor


def keep_apart(
    session: Session, ids: Collection[int], *, read: Collection[str], by: Author, at: datetime
) -> str:
    """A person says that these contacts share their address. Returns it.

    They are offered again when one more contact comes with it. Raises OutOfDate as `merge` does.
    """
    found = _locked(session, ids)
    if len(found) < 2 or not _are_as_read(found, read):
        raise OutOfDate(STALE)
    email = _plain(found[0].email)
    for contact in found:
        if contact.shared_email != email:
            contact.shared_email = email
            history.record(session, contact, "kept apart", by=by, at=at, email=email)
    return email


def split(session: Session, contact_id: int, *, by: Author, at: datetime) -> tuple[Contact, Contact]:
    """Undo a merge: the contact stands for itself again. Returns it and the one it is taken from.

    Quotes stay where they are, since nobody knows any more whose they were. Raises OutOfDate for a
    contact that is not merged.
    """
    contact = contacts.locked(session, contact_id)
    if contact is None or contact.merged_into_id is None:
        raise OutOfDate("This contact stands for itself already.")
    survivor = session.get_one(Contact, contact.merged_into_id)
    owed = _is_owed(session, contact)
    contact.merged_into_id = contact.archived_at = None
    history.record(
        session, contact, "merge undone", by=by, at=at, contact=survivor.id, name=survivor.display_name
    )
    history.record(
        session, survivor, "merge undone", by=by, at=at, contact=contact.id, name=contact.display_name
    )
    if owed:
        deliveries.want(session, Target.CONTACT, record_type="contact", record_id=contact.id, at=at)
    return contact, survivor


def are_one(session: Session, contact: Contact, other_ids: Collection[int]) -> bool:
    """Whether all of the others stand for the contact already."""
    absorbed_ids = {other.id for other in absorbed(session, contact)}
    return bool(other_ids) and set(other_ids) <= absorbed_ids


def absorbed(session: Session, contact: Contact) -> list[Contact]:
    """The contacts that were merged into this one, and into those."""
    found: dict[int, Contact] = {}
    latest = [contact.id]
    while latest:
        rows = session.scalars(
            select(Contact).where(Contact.merged_into_id.in_(latest)).order_by(Contact.id)
        ).all()
        new = {row.id: row for row in rows if row.id not in found and row.id != contact.id}
        found |= new
        latest = list(new)
    return list(found.values())


def edition_of(contact: Contact) -> str:
    """What a page shows of the contact, told from every other contact."""
    return f"{contact.id}:{contacts.edition_of(contact)}"


def _plain(email: str) -> str:
    return email.strip().casefold()


def _are_as_read(found: Sequence[Contact], read: Collection[str]) -> bool:
    """Whether the contacts are what the page showed, and still share their address."""
    emails = {_plain(contact.email) for contact in found}
    return all(edition_of(contact) in read for contact in found) and len(emails) == 1 and emails != {""}


def _staying(contact: Contact) -> tuple[bool, int]:
    """One with an item on the board before one without, then the oldest."""
    return contact.mid is None, contact.id


def _locked(session: Session, ids: Collection[int]) -> list[Contact]:
    """The contacts under lock, always in the same order. Raises OutOfDate where one is not in use any more."""
    found = [contact for id_ in sorted(set(ids)) if (contact := contacts.locked(session, id_)) is not None]
    if len(found) < len(set(ids)) or any(contact.archived_at is not None for contact in found):
        raise OutOfDate(STALE)
    return found


def _move_drafts(session: Session, other: Contact, survivor: Contact, *, by: Author, at: datetime) -> None:
    drafts = session.scalars(
        select(Quote.id)
        .where(Quote.contact_id == other.id, Quote.state == QuoteState.DRAFT.value)
        .order_by(Quote.id)
    ).all()
    for quote_id in drafts:
        quote = quotes.find(session, quote_id, lock=True)
        if quote.is_draft and quote.contact_id == other.id:
            quote.contact = survivor
            quote.updated_at = at
            history.record(session, quote, "contact merged", by=by, at=at, fields=["contact_id"])


def _is_owed(session: Session, contact: Contact) -> bool:
    """Whether a merged contact's item lacks something: it was never made, or the merge cut a delivery short.

    What was closed before the merge had been written; since then nobody could change the contact.
    """
    if contact.mid is None:
        return True
    cut_short = select(Delivery.id).where(
        Delivery.record_type == "contact",
        Delivery.record_id == contact.id,
        or_(Delivery.open_key.is_not(None), Delivery.finished_at >= contact.archived_at),
    )
    return session.scalar(cut_short.limit(1)) is not None


def _settle_deliveries(session: Session, other: Contact, survivor: Contact, *, at: datetime) -> None:
    """A merged contact is owed nothing. What may be under way already is left to the worker to see through."""
    waiting = session.scalars(
        select(Delivery.id).where(
            Delivery.record_type == "contact", Delivery.record_id == other.id, Delivery.open_key.is_not(None)
        )
    ).all()
    for delivery_id in waiting:
        delivery = deliveries.locked(session, delivery_id)
        if delivery is None or delivery.state not in (DeliveryState.WAITING, DeliveryState.PARKED):
            continue
        if delivery.first_sent_at is None or other.mid is not None:
            delivery.reason = f"The contact was merged into {survivor.display_name}."
            deliveries.closed(delivery, DeliveryState.DONE, at=at)
        elif delivery.state == DeliveryState.PARKED:
            deliveries.start_over(delivery, at=at)
