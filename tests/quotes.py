"""Drafts ready to be issued, for tests of any room."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import quotes
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.document import Document
from betterform.models.history import Author, AuthorKind
from betterform.models.quote import Quote, QuoteLine
from betterform.models.tax_rate import TaxRate

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 30, 0, 123456, tzinfo=UTC)
ANNA = Author(AuthorKind.USER, "Anna Keller", 7)
SECRET = "a-secret-key-for-links-in-tests-only"


def a_contact(session: Session, **values: str) -> Contact:
    """A customer in Bern."""
    facts = {
        "first_name": "Bea",
        "last_name": "Müller",
        "company": "Alpenwerk GmbH",
        "email": "bea@alpenwerk.example",
    }
    contact = Contact(**(facts | values))
    session.add(contact)
    session.flush()
    return contact


def a_draft(session: Session, company: Company, **values: Any) -> Quote:
    """A draft that lacks nothing: one line of 2 at 100.00, for 216.20 with tax. To be called in a transaction."""
    quote = quotes.start(session, company, subject="Probes for Bern", by=ANNA, at=NOW, today=TODAY)
    quote.contact = a_contact(session)
    line = quote.lines[0]
    line.name, line.quantity, line.unit_price = "Fibre probe", Decimal(2), Decimal("100.00")
    for name, value in values.items():
        setattr(quote, name, value)
    quotes.priced(quote, company, rates_of(session))
    session.flush()
    return quote


def add_line(quote: Quote, company: Company, **values: Any) -> QuoteLine:
    """A further line at the end of a draft."""
    line = quotes.blank_line(company, len(quote.lines))
    for name, value in values.items():
        setattr(line, name, value)
    quote.lines.append(line)
    return line


def issue(session: Session, quote: Quote, company: Company, **facts: Any) -> Document:
    """Issue `quote` as a member of staff does. To be called in a transaction."""
    options: dict[str, Any] = {"link_secret": SECRET, "by": ANNA, "at": NOW, "today": TODAY}
    return quotes.issue(session, quote, company, rates_of(session), **(options | facts))


def rates_of(session: Session) -> dict[int, TaxRate]:
    """Every tax rate by its id."""
    return {rate.id: rate for rate in session.scalars(select(TaxRate).order_by(TaxRate.position))}
