"""Contacts and products as the boards have them: taken over, archived, brought back.

Values come as text by field, already out of monday's columns. A field is taken over when the board
changed it since we last looked; a change of ours that is still under way is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.actions import archiving, contacts, deliveries, history
from betterform.actions.delivery_claims import MADE_AS
from betterform.models.board_item import BoardItem
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, Target
from betterform.models.history import MONDAY
from betterform.models.product import Product
from betterform.models.tax_rate import TaxRate

Kind = TypeVar("Kind", bound=BoardItem | Contact | Product)

PRODUCT_TEXTS = ("name", "catalogue_number", "kind", "unit", "description")
PRICE = "price_"
# By what an item that we make is found again, of contacts and of products.
CONTACT_MARKERS = ("email", "first_name", "last_name")
PRODUCT_MARKERS = ("name", "catalogue_number")
MARKERS = (*CONTACT_MARKERS, *PRODUCT_MARKERS)


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
    item = _locked_by_item(session, BoardItem, mid)
    if item is None:
        if _added(session, BoardItem(mid=mid, values=dict(values), seen_at=at)):
            return
        item = _locked_by_item(session, BoardItem, mid)
    if item is None:
        raise RuntimeError(f"what item {mid} held was noted by somebody else, and is not there")
    merged = {**item.values, **values}
    if merged != item.values:
        item.values = merged
        item.seen_at = at


def _locked_by_item(session: Session, kind: type[Kind], mid: str) -> Kind | None:
    """The row of a monday item as it is now, under lock.

    By its primary key: on MariaDB, a lock by way of another index could meet somebody who holds the row.
    """
    found = session.scalar(select(kind.id).where(kind.mid == mid))
    if found is None:
        return None
    return session.get(kind, found, with_for_update={"key_share": True}, populate_existing=True)


def _added(session: Session, row: BoardItem | Contact | Product) -> bool:
    """Whether `row` is stored; False when another transaction added its item at the same moment."""
    session.flush()
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def take_contact(
    session: Session, *, mid: str, values: Mapping[str, str], at: datetime
) -> tuple[Contact, Outcome]:
    """Bring a contact up to what its item says. `values` by the names in contacts.FIELDS.

    One that was added here and is just being written to the board is recognised and gets the item's id.
    The item of a merged contact stands for the other one, which is returned as it is: what is written
    there is nothing new, until somebody undoes the merge.
    """
    contact = _locked_by_item(session, Contact, mid)
    if contact is None and (contact := _contact_on_its_way(session, values)) is not None:
        outcome = _recognised(session, contact, mid, values, at=at)
        return contacts.living(session, contact, lock=True), outcome
    if contact is None:
        contact = Contact(
            mid=mid, **{name: _fitting(Contact, name, values.get(name, "")) for name in contacts.FIELDS}
        )
        if not _added(session, contact):
            return take_contact(session, mid=mid, values=values, at=at)
        history.record(session, contact, "created", by=MONDAY, at=at)
        remember_seen(session, mid, values, at=at)
        return contact, Outcome.ADDED
    if contact.merged_into_id is not None:
        return contacts.living(session, contact, lock=True), Outcome.UNTOUCHED
    was, changed = _as_it_is(contact), []
    for name, value in _news(session, mid, values).items():
        if name in contacts.FIELDS and getattr(contact, name) != (fitting := _fitting(Contact, name, value)):
            setattr(contact, name, fitting)
            changed.append(name)
    outcome = _outcome(session, contact, changed, was, at=at)
    remember_seen(session, mid, values, at=at)
    return contact, outcome


def _contact_on_its_way(session: Session, values: Mapping[str, str]) -> Contact | None:
    """The contact whose item this is by what was sent to make it, if that is known, else by what it is now."""
    waiting = session.execute(
        select(Contact, Delivery.result)
        .join(Delivery, (Delivery.record_id == Contact.id) & (Delivery.target == Target.CONTACT.value))
        .where(Contact.mid.is_(None), Delivery.open_key.is_not(None), Delivery.first_sent_at.is_not(None))
        .with_for_update(of=Contact)  # in full: the one that is recognised gets its `mid`, a unique key
    )
    contact: Contact
    for contact, result in waiting:
        sent = (result or {}).get(MADE_AS) or {name: getattr(contact, name) for name in CONTACT_MARKERS}
        if _contact_key(values) == _contact_key(sent):
            return contact
    return None


def _contact_key(values: Mapping[str, str]) -> str:
    """The e-mail address, or the person's name where there is none."""
    name = " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    return values.get("email", "").casefold() or f"name {name}"


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
    product = _locked_by_item(session, Product, mid)
    if product is None and (product := _product_on_its_way(session, values)) is not None:
        return product, _recognised(session, product, mid, values, at=at)
    if product is None and not values.get("name"):
        return None, Outcome.REFUSED
    if product is None:
        product = Product(mid=mid, **dict.fromkeys(PRODUCT_TEXTS, ""))
        if not _added(session, product):
            return take_product(session, mid=mid, values=values, at=at)
        _apply(session, product, values)
        history.record(session, product, "created", by=MONDAY, at=at)
        remember_seen(session, mid, values, at=at)
        return product, Outcome.ADDED
    was = _as_it_is(product)
    changed = _apply(session, product, _news(session, mid, values))
    outcome = _outcome(session, product, changed, was, at=at)
    remember_seen(session, mid, values, at=at)
    return product, outcome


def _product_on_its_way(session: Session, values: Mapping[str, str]) -> Product | None:
    waiting = session.execute(
        select(Product, Delivery.result)
        .join(Delivery, (Delivery.record_id == Product.id) & (Delivery.target == Target.PRODUCT.value))
        .where(Product.mid.is_(None), Delivery.open_key.is_not(None), Delivery.first_sent_at.is_not(None))
        .with_for_update(of=Product)  # in full: the one that is recognised gets its `mid`, a unique key
    )
    product: Product
    for product, result in waiting:
        sent = (result or {}).get(MADE_AS) or {name: getattr(product, name) for name in PRODUCT_MARKERS}
        if all(values.get(name, "") == sent.get(name, "") for name in PRODUCT_MARKERS):
            return product
    return None


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


def _as_it_is(record: Contact | Product) -> dict[str, Any]:
    """What history compares: every field, and prices as "price_CHF"."""
    if isinstance(record, Contact):
        return {name: getattr(record, name) for name in contacts.FIELDS}
    texts = {name: getattr(record, name) for name in PRODUCT_TEXTS}
    return (
        texts
        | {f"{PRICE}{price.currency}": price.amount for price in record.prices}
        | {"tax_rate": record.tax_rate_id}
    )


def _outcome(
    session: Session, record: Contact | Product, changed: list[str], was: dict[str, Any], *, at: datetime
) -> Outcome:
    restored = record.archived_at is not None and not archiving.is_archived_here(session, record)
    if restored:
        record.archived_at = None
        history.record(session, record, "restored", by=MONDAY, at=at)
        _catch_up(session, record, at=at)
    if changed:
        changes = history.changes_between(was, _as_it_is(record))
        history.record(session, record, "edited", by=MONDAY, at=at, fields=changed, changes=changes)
    return Outcome.RESTORED if restored else Outcome.CHANGED if changed else Outcome.UNTOUCHED


def _catch_up(session: Session, record: Contact | Product, *, at: datetime) -> None:
    """What changed here while the item was away is written now; where nothing did, that costs no call."""
    target = Target.CONTACT if isinstance(record, Contact) else Target.PRODUCT
    deliveries.want(session, target, record_type=target.value, record_id=record.id, at=at)


def archive(session: Session, kind: type[Contact] | type[Product], *, mid: str, at: datetime) -> Outcome:
    """The item is archived or deleted on its board: archived here, and kept on every document."""
    record: Contact | Product | None = _locked_by_item(session, kind, mid)
    if record is None or record.archived_at is not None:
        return Outcome.UNTOUCHED
    record.archived_at = at
    history.record(session, record, "archived", by=MONDAY, at=at)
    return Outcome.ARCHIVED


def merged_into(session: Session, mid: str) -> Contact | None:
    """The contact that the item stands for since its own was merged; None for any other item."""
    contact = session.scalar(select(Contact).where(Contact.mid == mid, Contact.merged_into_id.is_not(None)))
    return contacts.living(session, contact) if contact is not None else None


def count(session: Session, kind: type[Contact] | type[Product]) -> int:
    """How many there are, archived ones not counted."""
    return session.scalar(select(func.count()).select_from(kind).where(kind.archived_at.is_(None))) or 0


def _fitting(kind: type[Contact] | type[Product], name: str, value: str) -> str:
    """`value` cut to what the column holds."""
    length = getattr(kind.__table__.c[name].type, "length", None)
    return value[:length] if length else value
