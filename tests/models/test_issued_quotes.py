"""What was issued stays as it was, by whatever way the program takes; its life goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from betterform.db import transaction
from betterform.errors import WrongState
from betterform.models.company import Company
from betterform.models.issued_quote import FROZEN
from betterform.models.quote import Quote, QuoteLine, QuoteState
from tests.databases import everywhere
from tests.quotes import NOW, a_contact, a_draft, add_line, issue


@pytest.fixture
def draft(session: Session, company: Company) -> Quote:
    with transaction():
        return a_draft(session, company)


@pytest.fixture
def issued(session: Session, company: Company, draft: Quote) -> Quote:
    with transaction():
        issue(session, draft, company)
    session.expire_all()
    return draft


CHANGES: dict[str, Callable[[Session, Quote, Company], object]] = {
    "number": lambda s, q, c: setattr(q, "number", "Q-9999-0001"),
    "number and issue": lambda s, q, c: (setattr(q, "number", None), setattr(q, "issued_at", None)),
    "date": lambda s, q, c: setattr(q, "date", q.date - timedelta(days=1)),
    "validity": lambda s, q, c: setattr(q, "validity_days", 365),
    "currency": lambda s, q, c: setattr(q, "currency", "EUR"),
    "total": lambda s, q, c: setattr(q, "total", Decimal("1.00")),
    "contact": lambda s, q, c: setattr(q, "contact", a_contact(s)),
    "subject": lambda s, q, c: setattr(q, "subject", "Other probes"),
    "terms": lambda s, q, c: setattr(q, "terms", "Prepaid."),
    "a line's price": lambda s, q, c: setattr(q.lines[0], "unit_price", Decimal("1.00")),
    "a line's place": lambda s, q, c: setattr(q.lines[0], "position", 7),
    "a line more": lambda s, q, c: add_line(q, c, name="Extra"),
    "a line less": lambda s, q, c: q.lines.clear(),
    "a line deleted": lambda s, q, c: s.delete(q.lines[0]),
    "all of it": lambda s, q, c: s.delete(q),
    "a statement": lambda s, q, c: s.execute(update(Quote).values(total=Decimal(1))),
    "a statement on lines": lambda s, q, c: s.execute(delete(QuoteLine)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_issued_stays(session: Session, company: Company, issued: Quote, what: str) -> None:
    number, total, price = issued.number, issued.total, issued.lines[0].unit_price
    session.expire_all()
    with pytest.raises(WrongState), transaction():
        CHANGES[what](session, issued, company)
    assert (issued.number, issued.total, len(issued.lines)) == (number, total, 1)
    assert issued.lines[0].unit_price == price


def test_a_line_does_not_move_from_an_issued_quote_to_a_draft(
    session: Session, company: Company, issued: Quote
) -> None:
    with transaction():
        other = a_draft(session, company)
    line = issued.lines[0]
    with pytest.raises(WrongState), transaction():
        line.key, line.quote_id = "moved", other.id


def test_a_line_loaded_alone_stays(session: Session, issued: Quote) -> None:
    line_id = issued.lines[0].id
    session.expunge_all()
    with pytest.raises(WrongState), transaction():
        session.get_one(QuoteLine, line_id).name = "Another probe"


@everywhere
def test_its_life_goes_on(session: Session, issued: Quote) -> None:
    with transaction():
        issued.viewed_at = NOW
        issued.item_problem = "monday.com does not answer."
        issued.mid = "77"
        issued.become(QuoteState.ACCEPTED, at=NOW)
    session.expire_all()
    assert (issued.state, issued.mid, issued.viewed_at) == ("accepted", "77", NOW)


@everywhere
def test_a_draft_changes_freely_until_it_is_issued(session: Session, company: Company, draft: Quote) -> None:
    with transaction():
        add_line(draft, company)  # blank: issuing takes it away
        draft.subject = "Two probes"
    with transaction():
        issue(session, draft, company)
    assert [line.name for line in draft.lines] == ["Fibre probe"]
    with transaction():
        session.delete(a_draft(session, company))


def test_everything_printed_of_a_quote_is_frozen() -> None:
    assert {"number", "date", "validity_days", "currency", "contact_id", "subject", "total"} <= set(FROZEN)
    assert not {"state", "state_at", "viewed_at", "item_problem", "version", "mid"} & set(FROZEN)
