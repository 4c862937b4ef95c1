"""What may never be is refused by the database itself, whichever it is and whatever the program does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from betterform.db import db
from betterform.models import Base
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery
from betterform.models.document import Document
from betterform.models.invoice import Invoice, Payment
from betterform.models.product import Product, ProductPrice
from betterform.models.quote import Quote, QuoteLine
from betterform.models.share_link import ShareLink
from betterform.models.tax_rate import TaxRate
from betterform.models.user import User
from betterform.models.webhook_event import WebhookEvent
from tests.databases import everywhere
from tests.quotes import NOW, TODAY

pytestmark = everywhere

# MariaDB reports a failed check as an operational error.
REFUSED = (IntegrityError, OperationalError)


def quote(**values: Any) -> Quote:
    return Quote(**({"currency": "CHF", "date": TODAY, "validity_days": 30} | values))


def line(**values: Any) -> Quote:
    return quote(lines=[QuoteLine(**({"key": "1", "position": 0} | values))])


def document(**values: Any) -> Document:
    facts = {"kind": "quote", "number": "Q-1", "snapshot": {}, "issued_at": NOW, "quote": quote()}
    return Document(**(facts | values))


def delivery(**values: Any) -> Delivery:
    facts = {
        "target": "deal",
        "record_type": "quote",
        "record_id": 1,
        "open_key": "deal:1",
        "created_at": NOW,
        "next_attempt_at": NOW,
        "idempotency_key": "k",
    }
    return Delivery(**(facts | values))


def event(**values: Any) -> WebhookEvent:
    return WebhookEvent(**({"dedupe_key": "1:a", "payload": {}, "received_at": NOW} | values))


TWICE: dict[str, Callable[[], Base]] = {
    "a quote's item": lambda: quote(mid="123"),
    "a contact's item": lambda: Contact(mid="123"),
    "a product's item": lambda: Product(mid="123", name="Probe"),
    "a quote's number": lambda: quote(number="Q-2026-0001", issued_at=NOW),
    "an invoice's number": lambda: Invoice(
        number="INV-1", issued_at=NOW, date=TODAY, due=TODAY, currency="CHF"
    ),
    "a document's number": document,
    "an open delivery of one record and target": delivery,
    "a webhook": event,
    "a person's address": lambda: User(email="anna@example.org", session_key="s"),
    "a customer's key": lambda: ShareLink(quote=quote(), salt="s", token_hash="h"),
}


@pytest.mark.parametrize("what", TWICE)
def test_there_is_only_one(session: Session, what: str) -> None:
    session.add(TWICE[what]())
    session.commit()
    session.add(TWICE[what]())
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()


NEVER: dict[str, Callable[[], Base]] = {
    "a quote in a state nobody knows": lambda: quote(state="lost"),
    "an invoice in a state nobody knows": lambda: Invoice(state="lost", date=TODAY, currency="CHF"),
    "a delivery in a state nobody knows": lambda: delivery(state="lost"),
    "a delivery to a target nobody knows": lambda: delivery(target="moon"),
    "a webhook in a state nobody knows": lambda: event(state="lost"),
    "a role nobody knows": lambda: User(email="a@b.example", session_key="s", role="king"),
    "a tax category nobody knows": lambda: TaxRate(name="VAT", percent=0, category="X"),
    "a kind of discount nobody knows": lambda: quote(discount_kind="gift"),
    "a kind of line nobody knows": lambda: line(kind="joke"),
    "a negative validity": lambda: quote(validity_days=-1),
    "a negative shipping charge": lambda: quote(shipping=-1),
    "a negative discount on a quote": lambda: quote(discount=-1),
    "a negative discount on a line": lambda: line(discount=-1),
    "a negative quantity": lambda: line(quantity=-1),
    "a negative price in the catalogue": lambda: Product(
        name="P", prices=[ProductPrice(currency="CHF", amount=-1)]
    ),
    "a negative tax": lambda: TaxRate(name="VAT", percent=-1),
    "a tax on what is exempt": lambda: TaxRate(name="VAT", percent=8, category="E"),
    "a payment of nothing": lambda: Payment(
        amount=0, date=TODAY, invoice=Invoice(date=TODAY, currency="CHF")
    ),
    "an issued quote without a number": lambda: quote(issued_at=NOW),
    "a numbered quote that was not issued": lambda: quote(number="Q-1"),
    "an issued invoice without a number": lambda: Invoice(issued_at=NOW, date=TODAY, currency="CHF"),
    "a second company": lambda: Company(id=2),
    "a document of nothing": lambda: document(quote=None),
    "a document of two records": lambda: document(invoice=Invoice(date=TODAY, currency="CHF")),
    "a PDF without its hash": lambda: document(pdf=b"%PDF"),
    "a link to nothing": lambda: ShareLink(salt="s", token_hash="h"),
    "a line of a product that does not exist": lambda: line(product_id=999_999),
    "a quote for a contact that does not exist": lambda: quote(contact_id=999_999),
    "a line twice in a quote": lambda: quote(lines=[QuoteLine(key="1", position=n) for n in (0, 1)]),
}


@pytest.mark.parametrize("what", NEVER)
def test_it_can_never_be(session: Session, what: str) -> None:
    session.add(NEVER[what]())
    with pytest.raises(REFUSED):
        session.commit()
    session.rollback()


def test_closed_deliveries_may_be_many(session: Session) -> None:
    session.add_all(
        [delivery(open_key=None, state="done"), delivery(open_key=None, state="done"), delivery()]
    )
    session.commit()


def test_quotes_without_an_item_or_a_number_may_be_many(session: Session) -> None:
    session.add_all([quote(), quote(), Contact(), Contact(), Product(name="P"), Product(name="P")])
    session.commit()


def test_an_issued_quote_cannot_be_dropped_from_under_its_document(session: Session) -> None:
    session.add(document())
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(text("DELETE FROM quotes"))
    session.rollback()


def test_lines_go_with_their_quote(session: Session) -> None:
    session.add(line())
    session.commit()
    session.execute(text("DELETE FROM quotes"))
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM quote_lines")) == 0


def test_a_text_that_does_not_fit_is_refused_or_kept_whole_never_cut(session: Session) -> None:
    try:
        session.execute(insert(Contact).values(last_name="ä" * 201))
        session.commit()
    except Exception:
        session.rollback()
        return
    assert db.engine.dialect.name == "sqlite"
    assert session.scalar(text("SELECT length(last_name) FROM contacts")) == 201


def test_dates_and_nothing_are_what_they_were(session: Session) -> None:
    session.add(quote(date=date(2028, 2, 29), contact_id=None))
    session.commit()
    found = session.query(Quote).one()
    assert found.date == date(2028, 2, 29)
    assert found.contact_id is None
