"""Every event of the two catalogue boards, from the webhook to both sides saying the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from betterform import clock
from betterform.actions import boards, contacts
from betterform.db import transaction
from betterform.models.board import BoardRole
from betterform.models.contact import Contact
from betterform.models.history import SYSTEM
from betterform.models.product import Product
from betterform.monday.sandbox.records import Item
from tests.monday.conftest import Connected

ZOE = {"Company": "Zen AG", "Email": {"email": "zoe@zen.example", "text": "zoe@zen.example"}, "City": "Bern"}


def contact_of(connected: Connected, item: Item) -> Contact:
    connected.session.rollback()
    return connected.session.scalars(select(Contact).where(Contact.mid == item.id)).one()


def product_of(connected: Connected, item: Item) -> Product:
    connected.session.rollback()
    return connected.session.scalars(select(Product).where(Product.mid == item.id)).one()


def a_contact(connected: Connected, name: str = "Zoe Zen") -> Item:
    item = connected.world.create_item("CONTACTS", name, ZOE)
    connected.work()
    return item


def a_product(connected: Connected) -> Item:
    item = connected.world.create_item(
        "PRODUCTS", "Balance", {"Catalogue number": "B-1", "Price CHF": "12.5"}
    )
    connected.work()
    return item


def test_a_contact_made_on_the_board_is_here(connected: Connected) -> None:
    contact = contact_of(connected, a_contact(connected))
    assert (contact.company, contact.email, contact.city) == ("Zen AG", "zoe@zen.example", "Bern")
    assert connected.deliveries("contact") == []


def test_a_product_made_on_the_board_is_here(connected: Connected) -> None:
    product = product_of(connected, a_product(connected))
    assert (product.name, product.catalogue_number) == ("Balance", "B-1")
    assert product.price_in("CHF") == Decimal("12.5")
    assert connected.deliveries("product") == []


def test_a_column_that_changes_on_the_board_changes_here(connected: Connected) -> None:
    person, thing = a_contact(connected), a_product(connected)
    connected.world.set_simple(person.id, "City", "Basel")
    connected.world.set_simple(thing.id, "Price CHF", "13")
    connected.work()
    assert contact_of(connected, person).city == "Basel"
    assert product_of(connected, thing).price_in("CHF") == Decimal(13)
    connected.world.set_simple(person.id, "City", None)
    connected.world.set_simple(thing.id, "Price CHF", None)
    connected.work()
    assert contact_of(connected, person).city == ""
    assert product_of(connected, thing).price_in("CHF") is None


def test_a_product_renamed_on_the_board_is_renamed_here(connected: Connected) -> None:
    item = a_product(connected)
    connected.world.rename(item.id, "Fine balance")
    connected.work()
    assert product_of(connected, item).name == "Fine balance"


def without_name_columns(connected: Connected) -> None:
    """A board on which the item's name is the person's name."""
    with transaction() as session:
        board = boards.of_role(session, BoardRole.CONTACTS)
        assert board is not None
        for name in ("first_name", "last_name"):
            if (column := board.column(name)) is not None:
                session.delete(column)


def test_the_name_of_an_item_is_the_persons_where_no_column_is(connected: Connected) -> None:
    without_name_columns(connected)
    item = a_contact(connected)
    connected.world.rename(item.id, "Zoe Maria Zen-Meier")
    connected.work()
    contact = contact_of(connected, item)
    assert (contact.first_name, contact.last_name) == ("Zoe Maria", "Zen-Meier")
    with transaction() as session:
        contacts.change(
            session, session.get_one(Contact, contact.id), {"city": "Genf"}, by=SYSTEM, at=clock.now()
        )
    connected.work()
    shown = connected.world.shown(item.id)
    assert (shown["name"], shown["values"]["City"]) == ("Zoe Maria Zen-Meier", "Genf")


def test_an_item_named_otherwise_leaves_the_person_of_the_columns(connected: Connected) -> None:
    values = {**ZOE, "First name": "Zoe", "Last name": "Zen"}
    item = connected.world.create_item("CONTACTS", "Zoe Zen", values)
    connected.work()
    connected.world.rename(item.id, "Buyer in Bern")
    connected.work()
    contact = contact_of(connected, item)
    assert (contact.first_name, contact.last_name) == ("Zoe", "Zen")
    assert connected.world.shown(item.id)["name"] == "Buyer in Bern"


@pytest.mark.parametrize("how", ["archive_item", "delete_item"])
def test_what_leaves_the_board_is_archived_here_and_comes_back_when_restored(
    connected: Connected, how: str
) -> None:
    person, thing = a_contact(connected), a_product(connected)
    for item in (person, thing):
        getattr(connected.world, how)(item.id)
    connected.work()
    assert contact_of(connected, person).archived_at is not None
    assert product_of(connected, thing).archived_at is not None
    for item in (person, thing):
        connected.world.restore_item(item.id)
    connected.work()
    assert contact_of(connected, person).archived_at is None
    assert product_of(connected, thing).archived_at is None
    assert connected.session.query(Contact).filter(Contact.mid == person.id).count() == 1


def test_what_changed_on_the_board_while_it_was_away_comes_with_its_return(connected: Connected) -> None:
    item = a_contact(connected)
    connected.world.archive_item(item.id)
    connected.work()
    column = connected.world.column("CONTACTS", "City")
    item.cells[column.id] = "Lugano"
    connected.world.restore_item(item.id)
    connected.work()
    assert contact_of(connected, item).city == "Lugano"


def test_an_item_on_another_board_has_left_this_one(connected: Connected) -> None:
    item = a_contact(connected)
    connected.world.set_simple(item.id, "City", "Basel")
    item.board_id = connected.world.create_board("SOMEWHERE ELSE").id
    connected.work()
    contact = contact_of(connected, item)
    assert contact.archived_at is not None
    assert contact.city == "Bern"
    assert "moved to another board" in connected.events()[-1].reason


def test_events_in_the_wrong_order_end_in_what_the_board_shows(connected: Connected) -> None:
    item = a_contact(connected)
    connected.world.archive_item(item.id)
    connected.world.restore_item(item.id)
    connected.world.set_simple(item.id, "City", "Basel")
    connected.receive_webhooks()
    with transaction() as session:
        from betterform.models.webhook_event import InboxState, WebhookEvent

        waiting = session.query(WebhookEvent).filter(WebhookEvent.state == InboxState.WAITING.value).all()
        for number, event in enumerate(sorted(waiting, key=lambda row: -row.id)):
            event.next_attempt_at = event.received_at.replace(year=2020, second=number)
    connected.work(hurry=False)
    contact = contact_of(connected, item)
    assert (contact.city, contact.archived_at) == ("Basel", None)
