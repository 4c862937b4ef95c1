"""Contacts and products as the boards have them: taken over, archived, brought back.

Values come as text by field, already out of monday's columns. A field is taken over when the board
changed it since we last looked; a change of ours that is still under way is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.actions import contacts, history
from betterform.models.board_item import BoardItem
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, Target
from betterform.models.history import MONDAY
from betterform.models.product import Product
from betterform.models.tax_rate import TaxRate

PRODUCT_TEXTS = ("name", "catalogue_number", "kind", "unit", "description")
PRICE = "price_"


class Outcome(StrEnum):
    """What taking an item over did."""

    ADDED = "added"
    CHANGED = "changed"
    ARCHIVED = "archived"
    RESTORED = "restored"
    UNTOUCHED = "untouched"
    REFUSED = "refused"


def seen(session: Session, mid: str) -> dict[str, str]:
    """What the item held when we last read or wrote it, by field; empty when we never did."""
    item = session.scalar(select(BoardItem).where(BoardItem.mid == mid))
    return dict(item.values) if item is not None else {}


def remember_seen(session: Session, mid: str, values: Mapping[str, str], *, at: datetime) -> None:
    """Note what the item holds now, for the fields in `values`."""
    item = session.scalar(select(BoardItem).where(BoardItem.mid == mid).with_for_update(key_share=True))
    if item is None:
        try:
            with session.begin_nested():
                session.add(BoardItem(mid=mid, values=dict(values), seen_at=at))
                session.flush()
        except IntegrityError:
            item = session.scalars(
                select(BoardItem).where(BoardItem.mid == mid).with_for_update(key_share=True)
            ).one()
        else:
            return
    merged = {**item.values, **values}
    if merged != item.values:
        item.values = merged
        item.seen_at = at


def take_contact(
    session: Session, *, mid: str, values: Mapping[str, str], at: datetime
) -> tuple[Contact, Outcome]:
    """Bring a contact up to what its item says. `values` by the names in contacts.FIELDS.

    One that was added here and is just being written to the board is recognised and gets the item's id.
    """
    contact = session.scalar(select(Contact).where(Contact.mid == mid).with_for_update(key_share=True))
    if contact is None and (contact := _contact_on_its_way(session, values)) is not None:
        return contact, _recognised(session, contact, mid, values, at=at)
    if contact is None:
        contact = Contact(
            mid=mid, **{name: _fitting(Contact, name, values.get(name, "")) for name in contacts.FIELDS}
        )
        session.add(contact)
        history.record(session, contact, "created", by=MONDAY, at=at)
        remember_seen(session, mid, values, at=at)
        return contact, Outcome.ADDED
    changed = []
    for name, value in _news(session, mid, values).items():
        if name in contacts.FIELDS and getattr(contact, name) != (fitting := _fitting(Contact, name, value)):
            setattr(contact, name, fitting)
            changed.append(name)
    outcome = _outcome(session, contact, changed, at=at)
    remember_seen(session, mid, values, at=at)
    return contact, outcome


def _contact_on_its_way(session: Session, values: Mapping[str, str]) -> Contact | None:
    email = values.get("email", "")
    name = " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    waiting = session.scalars(
        select(Contact)
        .join(Delivery, (Delivery.record_id == Contact.id) & (Delivery.target == Target.CONTACT.value))
        .where(Contact.mid.is_(None), Delivery.open_key.is_not(None), Delivery.first_sent_at.is_not(None))
        .with_for_update(of=Contact)  # in full: the one that is recognised gets its `mid`, a unique key
    )
    for contact in waiting:
        if email or contact.email:
            if email.casefold() == contact.email.casefold():
                return contact
        elif name == " ".join(filter(None, (contact.first_name, contact.last_name))):
            return contact
    return None


def _recognised(
    session: Session, record: Contact | Product, mid: str, values: Mapping[str, str], *, at: datetime
) -> Outcome:
    """The item that our own delivery has just made; the delivery writes what differs."""
    record.mid = mid
    remember_seen(session, mid, values, at=at)
    return Outcome.UNTOUCHED


def take_product(
    session: Session, *, mid: str, values: Mapping[str, str], at: datetime
) -> tuple[Product | None, Outcome]:
    """Bring a product up to what its item says; prices come as "price_CHF": "12.50".

    A product without a name is refused.
    """
    product = session.scalar(select(Product).where(Product.mid == mid).with_for_update(key_share=True))
    if product is None and (product := _product_on_its_way(session, values)) is not None:
        return product, _recognised(session, product, mid, values, at=at)
    if product is None and not values.get("name"):
        return None, Outcome.REFUSED
    if product is None:
        product = Product(mid=mid, **dict.fromkeys(PRODUCT_TEXTS, ""))
        session.add(product)
        _apply(session, product, values)
        history.record(session, product, "created", by=MONDAY, at=at)
        remember_seen(session, mid, values, at=at)
        return product, Outcome.ADDED
    changed = _apply(session, product, _news(session, mid, values))
    outcome = _outcome(session, product, changed, at=at)
    remember_seen(session, mid, values, at=at)
    return product, outcome


def _product_on_its_way(session: Session, values: Mapping[str, str]) -> Product | None:
    return session.scalar(
        select(Product)
        .join(Delivery, (Delivery.record_id == Product.id) & (Delivery.target == Target.PRODUCT.value))
        .where(
            Product.mid.is_(None),
            Product.name == values.get("name", ""),
            Product.catalogue_number == values.get("catalogue_number", ""),
            Delivery.open_key.is_not(None),
            Delivery.first_sent_at.is_not(None),
        )
        .limit(1)
        .with_for_update(of=Product)  # in full: the one that is recognised gets its `mid`, a unique key
    )


def _apply(session: Session, product: Product, values: Mapping[str, str]) -> list[str]:
    """Write values to the product. Returns the names of the fields that changed; what makes no sense is left."""
    changed = []
    for name in PRODUCT_TEXTS:
        if name in values and (values[name] or name != "name"):
            fitting = _fitting(Product, name, values[name])
            if getattr(product, name) != fitting:
                setattr(product, name, fitting)
                changed.append(name)
    for name, value in values.items():
        amount = _amount(value)
        if name.startswith(PRICE) and (amount is not None or value == ""):
            currency = name.removeprefix(PRICE)
            if product.price_in(currency) != amount:
                product.set_price(currency, amount)
                changed.append(name)
    rate = _tax_rate(session, values["tax_rate"]) if values.get("tax_rate") else None
    if rate is not None and product.tax_rate_id != rate.id:
        product.tax_rate_id = rate.id
        changed.append("tax_rate")
    return changed


def _amount(value: str) -> Decimal | None:
    """A price that can be one: not negative, within 12 digits before and 6 after the point."""
    try:
        amount = Decimal(value)
        fits = amount.is_finite() and 0 <= amount < 10**12
        return amount.quantize(Decimal("0.000001")).normalize() + 0 if fits else None
    except InvalidOperation:
        return None


def _tax_rate(session: Session, value: str) -> TaxRate | None:
    """The rate of that percentage or name, when there is exactly one."""
    wanted = value.strip().rstrip("%").strip()
    rates = session.scalars(select(TaxRate)).all()
    named = [rate for rate in rates if rate.name.casefold() == value.strip().casefold()]
    amount = _amount(wanted)
    fitting = named or [rate for rate in rates if amount is not None and rate.percent == amount]
    return fitting[0] if len(fitting) == 1 else None


def _news(session: Session, mid: str, values: Mapping[str, str]) -> dict[str, str]:
    """What the board changed since we last read or wrote the item."""
    before = seen(session, mid)
    return {name: value for name, value in values.items() if before.get(name) != value}


def _outcome(session: Session, record: Contact | Product, changed: list[str], *, at: datetime) -> Outcome:
    restored = record.archived_at is not None
    record.archived_at = None
    if restored:
        history.record(session, record, "restored", by=MONDAY, at=at)
    if changed:
        history.record(session, record, "edited", by=MONDAY, at=at, fields=changed)
    return Outcome.RESTORED if restored else Outcome.CHANGED if changed else Outcome.UNTOUCHED


def archive(session: Session, kind: type[Contact] | type[Product], *, mid: str, at: datetime) -> Outcome:
    """The item is archived or deleted on its board: archived here, and kept on every document."""
    found = session.scalar(select(kind.id).where(kind.mid == mid))
    record = session.get(kind, found, with_for_update={"key_share": True}) if found is not None else None
    if not isinstance(record, Contact | Product) or record.archived_at is not None:
        return Outcome.UNTOUCHED
    record.archived_at = at
    history.record(session, record, "archived", by=MONDAY, at=at)
    return Outcome.ARCHIVED


def archive_missing(
    session: Session,
    kind: type[Contact] | type[Product],
    *,
    present: set[str],
    read_since: datetime,
    at: datetime,
) -> list[str]:
    """Archive all whose items a whole board no longer shows. Returns their items' ids.

    What was first seen after `read_since`, when reading the board began, may be too new to be shown.
    """
    known = session.execute(
        select(kind.mid, BoardItem.seen_at)
        .outerjoin(BoardItem, BoardItem.mid == kind.mid)
        .where(kind.mid.is_not(None), kind.archived_at.is_(None))
    )
    missing = [
        mid
        for mid, seen_at in known
        if mid is not None and mid not in present and (seen_at is None or seen_at < read_since)
    ]
    for mid in missing:
        archive(session, kind, mid=mid, at=at)
    return missing


def count(session: Session, kind: type[Contact] | type[Product]) -> int:
    """How many there are, archived ones not counted."""
    return session.scalar(select(func.count()).select_from(kind).where(kind.archived_at.is_(None))) or 0


def _fitting(kind: type[Contact] | type[Product], name: str, value: str) -> str:
    """`value` cut to what the column holds."""
    length = getattr(kind.__table__.c[name].type, "length", None)
    return value[:length] if length else value
