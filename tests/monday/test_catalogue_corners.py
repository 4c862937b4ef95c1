"""Between our record and its item: what was not written is not taken for news, what was lost is found again."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import boards, contacts
from betterform.db import db, transaction
from betterform.jobs import deliveries
from betterform.models.board import BoardRole, WritePolicy
from betterform.models.contact import Contact
from betterform.models.delivery import DeliveryState
from betterform.models.history import Author, AuthorKind
from tests.monday.conftest import Connected

ANNA = Author(AuthorKind.USER, "Anna", 1)
EMPTY = dict.fromkeys(contacts.FIELDS, "")


def added(**values: str) -> int:
    with transaction() as session:
        contact = contacts.add(session, {**EMPTY, **values}, by=ANNA, at=clock.now())
        session.flush()
        return contact.id


def change(contact_id: int, **values: str) -> None:
    with transaction() as session:
        contact = session.get_one(Contact, contact_id)
        before = {name: getattr(contact, name) for name in contacts.FIELDS}
        contacts.change(session, contact, {**before, **values}, by=ANNA, at=clock.now())


def now(contact_id: int) -> Contact:
    db.session.rollback()
    return db.session.get_one(Contact, contact_id)


def policy(session: Session, field: str, wanted: WritePolicy) -> None:
    with transaction() as session:
        board = boards.of_role(session, BoardRole.CONTACTS)
        assert board is not None
        column = board.column(field)
        assert column is not None
        column.policy = wanted.value


def test_what_may_not_be_written_is_not_undone_by_the_next_look_at_the_item(connected: Connected) -> None:
    contact_id = added(
        email="ada@lab.example", last_name="Ada", city="Bern", street="Weg 1", country_code="CH"
    )
    connected.work()
    mid = str(now(contact_id).mid)
    policy(connected.session, "city", WritePolicy.NEVER)
    policy(connected.session, "street", WritePolicy.IF_EMPTY)

    change(contact_id, city="Basel", street="Weg 2", phone="044 111", country_code="")
    connected.work()
    values = connected.world.shown(mid)["values"]
    assert (values["City"], values["Street"]) == ("Bern", "Weg 1")

    connected.world.set_values(mid, {"Company": "Lab Ltd"})
    connected.work()
    contact = now(contact_id)
    assert contact.company == "Lab Ltd"
    assert (contact.city, contact.street, contact.phone) == ("Basel", "Weg 2", "044 111")


@pytest.mark.parametrize("kind", ["timeout", "cut"])
def test_a_correction_made_after_an_answer_was_lost_stays(connected: Connected, kind: str) -> None:
    contact_id = added(email="ada@lab.example", last_name="Ada", city="Bern")
    connected.work()
    mid = str(now(contact_id).mid)
    change(contact_id, city="Basel")
    connected.world.trouble.order(kind, "change_multiple_column_values", after=True, seconds=3)
    connected.step(deliveries.deliver)
    assert connected.world.shown(mid)["values"]["City"] == "Basel"
    assert connected.deliveries("contact")[-1].state == DeliveryState.WAITING

    change(contact_id, city="Chur")
    connected.work()
    assert now(contact_id).city == "Chur"
    assert connected.world.shown(mid)["values"]["City"] == "Chur"


def test_an_item_whose_making_was_not_answered_is_found_by_what_was_sent_then(connected: Connected) -> None:
    contact_id = added(email="a@lab.example", last_name="Ada")
    before = len(connected.world.items_of("CONTACTS"))
    connected.world.trouble.order("cut", "create_item", after=True)
    connected.step(deliveries.deliver)
    change(contact_id, email="b@lab.example")
    connected.work()
    assert len(connected.world.items_of("CONTACTS")) == before + 1
    contact = now(contact_id)
    assert contact.mid is not None
    assert contact.email == "b@lab.example"
    assert connected.world.shown(contact.mid)["values"]["Email"] == "b@lab.example"
    assert db.session.query(Contact).filter(Contact.last_name == "Ada").count() == 1
