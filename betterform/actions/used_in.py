"""The quotes and invoices of a contact or a product."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, lazyload

from betterform.models.contact import Contact
from betterform.models.invoice import Invoice, InvoiceLine
from betterform.models.product import Product
from betterform.models.quote import Quote, QuoteLine


def quotes_of(record: Contact | Product, *, absorbed: Iterable[Contact] = ()) -> Select[Quote]:
    """Its quotes, the newest first. `absorbed` are contacts that were merged into it: theirs are listed as well."""
    wanted = select(Quote).options(joinedload(Quote.contact), lazyload(Quote.lines))
    if isinstance(record, Contact):
        wanted = wanted.where(Quote.contact_id.in_([record.id, *(other.id for other in absorbed)]))
    else:
        wanted = wanted.where(
            Quote.id.in_(select(QuoteLine.quote_id).where(QuoteLine.product_id == record.id))
        )
    return wanted.order_by(Quote.date.desc(), Quote.id.desc())


def invoices_of(record: Contact | Product, *, absorbed: Iterable[Contact] = ()) -> Select[Invoice]:
    """Its invoices and credit notes, the newest first."""
    wanted = select(Invoice).options(joinedload(Invoice.contact), lazyload(Invoice.lines))
    if isinstance(record, Contact):
        wanted = wanted.where(Invoice.contact_id.in_([record.id, *(other.id for other in absorbed)]))
    else:
        lines = select(InvoiceLine.invoice_id).where(InvoiceLine.product_id == record.id)
        wanted = wanted.where(Invoice.id.in_(lines))
    return wanted.order_by(Invoice.date.desc(), Invoice.id.desc())


def latest(session: Session, wanted: Select[Any], *, limit: int) -> tuple[list[Any], int]:
    """The first of these, and how many there are in all."""
    rows = list(session.scalars(wanted.limit(limit + 1)).unique())
    if len(rows) <= limit:
        return rows, len(rows)
    total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    return rows[:limit], total
