"""What was read of an item is not applied when something newer is known of it by then."""

from __future__ import annotations

import threading
import time
from typing import Any

from betterform import clock
from betterform.actions import catalogue, contacts, delivery_claims, reading_news
from betterform.db import db, transaction
from betterform.jobs import deliveries, inbox
from betterform.models.board import BoardRole
from betterform.models.contact import Contact
from betterform.models.history import SYSTEM
from betterform.models.webhook_event import InboxState
from tests.databases import everywhere
from tests.monday.conftest import Connected


def known_contact(connected: Connected) -> tuple[int, str]:
    """A contact that is on both sides: its id here and there."""
    with transaction() as session:
        values = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "street": "Old 1"}
        made = contacts.add(session, values, by=SYSTEM, at=clock.now()).id
    connected.work()
    mid = db.session.get_one(Contact, made).mid
    assert mid is not None
    return made, mid


def change_street(contact_id: int, street: str) -> None:
    with transaction() as session:
        contact = session.get_one(Contact, contact_id)
        contacts.change(session, contact, {"street": street}, by=SYSTEM, at=clock.now())


def read_slowly(connected: Connected, meanwhile: Any) -> None:
    """Act on a webhook whose answer takes a second, during which something else happens."""
    order = connected.world.trouble.order("slow", "items", after=True, seconds=1.0, times=1)

    def read() -> None:
        with connected.app.app_context():
            inbox.read()
            db.session.remove()

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.4)
    connected.world.trouble.withdraw(order)
    meanwhile()
    reader.join(10)
    db.session.rollback()


@everywhere
def test_an_old_answer_does_not_undo_what_was_written_since(connected: Connected) -> None:
    contact_id, mid = known_contact(connected)
    connected.world.set_values(mid, {"Street": "Board 2"})
    connected.receive_webhooks()

    def meanwhile() -> None:
        change_street(contact_id, "Office 3")
        deliveries.deliver()

    read_slowly(connected, meanwhile)
    connected.work()
    there = connected.world.shown(mid)["values"]["Street"]
    db.session.expire_all()
    assert there == "Office 3"
    assert db.session.get_one(Contact, contact_id).street == there


@everywhere
def test_a_deal_read_before_its_contact_changed_does_not_bring_the_old_contact_back(
    connected: Connected,
) -> None:
    contact_id, mid = known_contact(connected)
    connected.world.create_item("DEALS", "Ten microscopes", {"Contact": {"item_ids": [int(mid)]}})
    connected.receive_webhooks()

    def meanwhile() -> None:
        connected.world.set_values(mid, {"Street": "Board 2"})
        connected.receive_webhooks()
        inbox.read()

    read_slowly(connected, meanwhile)
    connected.work()
    db.session.expire_all()
    assert db.session.get_one(Contact, contact_id).street == "Board 2"


def test_while_an_item_is_written_to_its_webhook_waits_and_costs_nothing(connected: Connected) -> None:
    contact_id, mid = known_contact(connected)
    change_street(contact_id, "Office 3")
    with transaction() as session:
        claim = delivery_claims.claim_due(
            session, BoardRole.CONTACTS, at=clock.now(), lease=connected.office.lease
        )
    assert claim is not None
    connected.world.set_values(mid, {"City": "Bern"})
    connected.receive_webhooks()
    connected.world.calls.clear()
    inbox.read()
    assert len(connected.world.calls) == 0
    event = connected.events()[-1]
    assert (event.state, event.attempts) == (InboxState.WAITING.value, 0)
    with transaction() as session:
        delivery_claims.postpone(session, claim, until=clock.now(), reason="later", may_have_happened=False)
    connected.work()
    db.session.expire_all()
    assert db.session.get_one(Contact, contact_id).city == "Bern"
    assert connected.world.shown(mid)["values"]["Street"] == "Office 3"


@everywhere
def test_a_delivery_waits_for_whoever_is_just_writing_what_was_read(connected: Connected) -> None:
    """The reader looked for deliveries before this one began; its values must not arrive behind its back."""
    contact_id, mid = known_contact(connected)
    change_street(contact_id, "Office 3")
    connected.world.set_values(mid, {"Street": "Board 2"})
    has_looked = threading.Event()

    def write_what_was_read() -> None:
        with connected.app.app_context():
            with transaction() as session:
                reading_news.lock_records(session, [mid])
                assert not reading_news.overtaken(session, [mid], read_at=clock.now(), own={})
                has_looked.set()
                time.sleep(0.5)
                values = {**catalogue.seen(session, mid), "street": "Board 2"}
                catalogue.take_contact(session, mid=mid, values=values, at=clock.now())
            db.session.remove()

    reader = threading.Thread(target=write_what_was_read)
    reader.start()
    assert has_looked.wait(5)
    order = connected.world.trouble.order("slow", "change_multiple_column_values", after=True, seconds=1.0)
    deliveries.deliver()
    connected.world.trouble.withdraw(order)
    reader.join(10)
    connected.work()
    db.session.expire_all()
    there = connected.world.shown(mid)["values"]["Street"]
    assert there == db.session.get_one(Contact, contact_id).street
