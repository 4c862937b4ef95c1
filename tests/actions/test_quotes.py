"""A quote is opened once for its deal, issued once, and stays as it was issued."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.actions import history, quote_lines, quotes
from betterform.actions.quote_completeness import problems_of
from betterform.db import db, transaction
from betterform.documents import storage
from betterform.errors import InvalidInput, WrongState
from betterform.models.company import Company
from betterform.models.delivery import Delivery
from betterform.models.history import MONDAY
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.models.tax_rate import TaxRate
from tests.databases import everywhere
from tests.quotes import ANNA, NOW, TODAY, a_draft, add_line, issue, rates_of


@pytest.fixture
def quote(session: Session, company: Company) -> Quote:
    with transaction():
        return a_draft(session, company)


def problems(session: Session, quote: Quote, company: Company) -> dict[str, str]:
    return problems_of(quote, company, rates_of(session), today=TODAY)


def test_a_new_quote_has_the_companys_defaults(session: Session, company: Company) -> None:
    with transaction():
        company.default_validity_days, company.default_currency, company.quote_terms = 14, "EUR", "Net."
        quote = quotes.start(session, company, subject="x" * 300, by=ANNA, at=NOW, today=TODAY)
    assert (quote.date, quote.validity_days, quote.currency, quote.terms) == (TODAY, 14, "EUR", "Net.")
    assert quote.subject == "x" * 255
    assert [(line.quantity, line.tax_rate_id) for line in quote.lines] == [(1, company.default_tax_rate_id)]
    assert [entry.event for entry in history.of(session, quote)] == ["created"]


def test_a_complete_draft_lacks_nothing(session: Session, company: Company, quote: Quote) -> None:
    assert problems(session, quote, company) == {}


INCOMPLETE: dict[str, tuple[Callable[[Quote, Company], object], str, str]] = {
    "no contact": (lambda q, c: setattr(q, "contact", None), "contact", "Choose a contact"),
    "no lines": (lambda q, c: q.lines.clear(), "lines", "at least one line"),
    "only blank lines": (lambda q, c: (q.lines.clear(), add_line(q, c)), "lines", "at least one line"),
    "no name": (lambda q, c: setattr(q.lines[0], "name", " "), "lines-K-name", "what this line is for"),
    "no quantity": (
        lambda q, c: setattr(q.lines[0], "quantity", None),
        "lines-K-quantity",
        "Enter a quantity",
    ),
    "nothing of it": (
        lambda q, c: setattr(q.lines[0], "quantity", Decimal(0)),
        "lines-K-quantity",
        "more than zero",
    ),
    "no price": (lambda q, c: setattr(q.lines[0], "unit_price", None), "lines-K-unit_price", "Enter a price"),
    "no tax": (
        lambda q, c: setattr(q.lines[0], "tax_rate_id", None),
        "lines-K-tax_rate_id",
        "Choose a tax rate",
    ),
    "no currency": (lambda q, c: setattr(q, "currency", "ABC"), "currency", "Choose a currency"),
    "expired": (
        lambda q, c: setattr(q, "date", TODAY.replace(year=2020)),
        "validity_days",
        "expired already",
    ),
    "no letterhead": (lambda q, c: setattr(c, "name", ""), "company", "no company name"),
    "unreadable": (
        lambda q, c: setattr(q, "unparsed", {"shipping": "much"}),
        "shipping",
        "could not be read",
    ),
    "discount over the line": (
        lambda q, c: (
            setattr(q.lines[0], "discount", Decimal(201)),
            setattr(q.lines[0], "discount_kind", "amount"),
        ),
        "lines-K-discount",
        "more than the line",
    ),
    "discount over all": (
        lambda q, c: (setattr(q, "discount", Decimal(201)), setattr(q, "discount_kind", "amount")),
        "discount",
        "more than the subtotal",
    ),
    "too much": (
        lambda q, c: setattr(q.lines[0], "unit_price", Decimal(10**12 - 1)),
        "total",
        "twelve digits",
    ),
    "shipping taxed by nothing": (
        lambda q, c: (setattr(q, "shipping", Decimal(9)), setattr(q, "shipping_tax", "rate")),
        "shipping_tax",
        "Choose the tax",
    ),
}


@pytest.mark.parametrize("what", INCOMPLETE)
def test_what_is_missing_is_said_at_its_field(
    session: Session, company: Company, quote: Quote, what: str
) -> None:
    spoil, field, words = INCOMPLETE[what]
    with session.no_autoflush:
        key = quote.lines[0].key
        spoil(quote, company)
        found = problems(session, quote, company)
        assert words in found[field.replace("K", key)]
        assert len(found) == 1
        with pytest.raises(InvalidInput) as refused:
            issue(session, quote, company)
        assert refused.value.fields == found
    session.rollback()


def test_quote_to_may_stand_instead_of_a_contact(session: Session, company: Company, quote: Quote) -> None:
    quote.contact, quote.custom_quote_to = None, "Whom it may concern"
    assert problems(session, quote, company) == {}


@everywhere
def test_issuing_numbers_freezes_and_tells_the_boards_once(session: Session, company: Company) -> None:
    with transaction():
        quote = a_draft(session, company, mid="4711")
        add_line(quote, company)
    with transaction():
        document = issue(session, quote, company)
    assert (quote.number, quote.state, quote.issued_at) == ("Q-2026-0001", "sent", NOW)
    assert (document.number, document.issued_at, document.pdf) == ("Q-2026-0001", NOW, None)
    assert len(quote.lines) == 1, "blank lines are not issued"
    assert quote.total == document.paper.payable == Decimal("216.2")
    assert (document.paper.number, document.paper.draft) == ("Q-2026-0001", False)
    assert document.paper.recipient == ("Alpenwerk GmbH", "Bea Müller")
    wanted = session.execute(select(Delivery.target, Delivery.record_id).order_by(Delivery.target)).all()
    assert wanted == [("contact", quote.contact_id), ("deal", quote.id), ("deal_pdf", quote.id)]
    (issued, *_) = history.of(session, quote)
    assert (issued.event, issued.author_name) == ("issued", "Anna Keller")
    assert issued.details == {"number": "Q-2026-0001", "total": "216.20", "currency": "CHF"}
    with pytest.raises(WrongState), transaction():
        issue(session, quote, company)


def test_a_quote_without_an_item_tells_no_deal(session: Session, company: Company, quote: Quote) -> None:
    with transaction():
        issue(session, quote, company)
    assert list(session.scalars(select(Delivery.target))) == ["contact"]


def test_the_number_is_taken_last(session: Session, company: Company, quote: Quote) -> None:
    """Whoever else issues waits from then on, so only the rows that carry the number are written after it."""
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            written.append(statement.split()[2] if statement.startswith("INSERT") else statement.split()[1])

    with transaction():
        event.listen(db.engine, "before_cursor_execute", note)
        issue(session, quote, company)
    event.remove(db.engine, "before_cursor_execute", note)
    after = written[written.index("number_series") + 1 :]
    assert set(after) <= {"quotes", "documents", "share_links", "history"}


def test_an_issued_quote_stays_as_it_was_issued(session: Session, company: Company, quote: Quote) -> None:
    with transaction():
        product = Product(name="Probe", description="Fine")
        product.set_price("CHF", Decimal(100))
        session.add(product)
        session.flush()
        quote_lines.choose_product(quote, quote.lines[0].key, product)
    with transaction():
        document = issue(session, quote, company)
    before = document.paper
    pdf = storage.ensure_printed(document.id).pdf
    with transaction():
        company.name, company.street, company.locale, company.default_currency = (
            "Other AG",
            "Elsewhere 1",
            "fr",
            "EUR",
        )
        quote.contact.last_name = quote.contact.company = "Other"  # type: ignore[union-attr]
        product.name = product.description = "Other"
        product.set_price("CHF", Decimal(1))
        for rate in session.scalars(select(TaxRate)):
            rate.name, rate.archived = "Other", True
            rate.percent = Decimal(50) if rate.category == "S" else rate.percent
    session.expire_all()
    found = quotes.document_of(session, quote)
    assert found is not None
    assert found.paper == before
    assert storage.ensure_printed(found.id).pdf == pdf
    from betterform.documents.pdf import print_pdf

    assert print_pdf(found.paper).data == pdf, (
        "printed again from what was frozen, it is the same to the byte"
    )


def test_the_wording_of_an_exemption_is_that_of_the_rate_on_the_line(
    session: Session, company: Company, quote: Quote
) -> None:
    with transaction():
        goods = TaxRate(name="Export", percent=0, category="G", exemption="Export of goods.", position=7)
        services = TaxRate(
            name="Export", percent=0, category="G", exemption="Export of services.", position=8
        )
        session.add_all([goods, services])
        session.flush()
        quote.lines[0].tax_rate_id = goods.id
    with transaction():
        document = issue(session, quote, company)
    assert [tax.exemption for tax in document.paper.taxes] == ["Export of goods."]


def open_it(session: Session) -> Quote:
    company = session.get_one(Company, 1)
    return quotes.open_for_item(
        session, company, mid="99", subject="Deal", contact=None, by=MONDAY, at=NOW, today=TODAY
    )


@everywhere
def test_a_deal_opens_one_quote_however_often_it_is_told(session: Session, company: Company) -> None:
    ids = set()
    for _ in range(3):
        with transaction():
            ids.add(open_it(session).id)
    assert len(ids) == 1
    assert list(session.scalars(select(Delivery.open_key))) == [f"deal:{ids.pop()}"]


@everywhere
def test_two_who_open_a_deal_at_once_get_the_same_quote(
    app: Flask, session: Session, company: Company
) -> None:
    session.rollback()
    found: list[int] = []
    at_once = threading.Barrier(4)

    def open_once() -> None:
        with app.app_context():
            at_once.wait()
            for _attempt in range(2):
                try:
                    with transaction() as own:
                        quote_id = open_it(own).id
                except IntegrityError:
                    continue
                found.append(quote_id)
                return

    threads = [threading.Thread(target=open_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert set(found) == set(session.scalars(select(Quote.id)))
    assert len(session.scalars(select(Delivery)).all()) == 1


def test_the_first_look_of_a_customer_is_noted_and_no_other(
    session: Session, company: Company, quote: Quote
) -> None:
    with transaction():
        quotes.mark_viewed(session, quote, by=ANNA, at=NOW)
    assert quote.viewed_at is None, "a draft cannot be looked at"
    with transaction():
        issue(session, quote, company)
    for _ in range(2):
        with transaction():
            quotes.mark_viewed(session, quote, by=ANNA, at=NOW)
    assert [entry.event for entry in history.of(session, quote)].count("viewed") == 1
