"""Many people saving at once: nobody waits in a circle, and nothing is lost on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Session

from betterform.actions import contacts, deliveries, quotes
from betterform.db import db, transaction
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.quote import Quote
from tests.databases import everywhere
from tests.quotes import ANNA, NOW, TODAY, a_contact, issue

TURNS = 8


@everywhere
def test_quotes_are_issued_to_a_contact_whom_others_edit(
    app: Flask, session: Session, company: Company
) -> None:
    with transaction():
        contact_id = a_contact(session).id
    session.rollback()
    start = threading.Barrier(6)

    def offer(_turn: int) -> None:
        with transaction() as session:
            company, contact = session.get_one(Company, 1), session.get_one(Contact, contact_id)
            quote = quotes.start(
                session, company, subject="Probes", contact=contact, by=ANNA, at=NOW, today=TODAY
            )
            line = quote.lines[0]
            line.name, line.quantity, line.unit_price = "Fibre probe", Decimal(2), Decimal(100)
            session.flush()
            issue(session, quote, company)

    def edit(turn: int) -> None:
        with transaction() as session:
            contact = session.get_one(Contact, contact_id, with_for_update={"key_share": True})
            city = f"City {threading.get_ident()} {turn}"
            contacts.change(session, contact, {"city": city}, by=ANNA, at=NOW)

    def keep_at(work: Callable[[int], None]) -> None:
        with app.app_context():
            start.wait(10)
            for turn in range(TURNS):
                work(turn)
            db.session.remove()

    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(keep_at, [offer, edit] * 3))
    issued = session.scalars(select(Quote.number)).all()
    assert len(set(issued)) == 3 * TURNS
    (delivery,) = session.scalars(select(Delivery).where(Delivery.target == Target.CONTACT.value))
    assert delivery.wanted == 6 * TURNS


@pytest.mark.parametrize("database", ["PostgreSQL"], indirect=True)
def test_what_was_opened_and_closed_at_the_same_moment_is_wanted_anew(app: Flask, session: Session) -> None:
    """Between our look and our insert somebody opens the delivery, and closes it before we look again."""

    others, ours = iter([want, close_all]), threading.get_ident()

    def somebody_else(*_: object) -> None:
        work = next(others, None) if threading.get_ident() == ours else None
        if work is not None:
            meanwhile(app, work)

    event.listen(db.engine, "savepoint", somebody_else)
    event.listen(db.engine, "rollback_savepoint", somebody_else)
    with transaction():
        want(session)
    states = session.scalars(select(Delivery.state).order_by(Delivery.id)).all()
    assert states == [DeliveryState.DONE, DeliveryState.WAITING]


def want(session: Session) -> None:
    deliveries.want(session, Target.CONTACT, record_type="contact", record_id=1, at=NOW)


def close_all(session: Session) -> None:
    for delivery in session.scalars(select(Delivery)):
        deliveries.closed(delivery, DeliveryState.DONE, at=NOW)


def meanwhile(app: Flask, work: Callable[[Session], None]) -> None:
    """Have somebody else do `work`, and wait until it is done."""

    def there() -> None:
        with app.app_context(), transaction() as session:
            work(session)

    with ThreadPoolExecutor(1) as other:
        other.submit(there).result(10)


def test_the_lock_of_a_row_lets_those_pass_who_only_point_at_it() -> None:
    locked = select(Contact.id).with_for_update(key_share=True)
    assert str(locked.compile(dialect=postgresql.dialect())).endswith("FOR NO KEY UPDATE")
    assert str(locked.compile(dialect=mysql.dialect())).endswith("FOR UPDATE")
    assert "FOR" not in str(locked.compile(dialect=sqlite.dialect()))
