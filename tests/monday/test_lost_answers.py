"""Nothing lost, nothing twice: answers that never came, workers that died, monday that was down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from betterform import clock
from betterform.actions import account_health, contacts, delivery_claims, products
from betterform.actions import deliveries as outbox
from betterform.db import transaction
from betterform.jobs import deliveries
from betterform.models.board import BoardRole
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.history import SYSTEM
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.monday.sandbox import World
from betterform.monday.sandbox.records import Item
from tests.monday.conftest import Connected, issue

LOST: list[dict[str, Any]] = [
    {"kind": "timeout", "after": True, "seconds": 3},
    {"kind": "cut", "after": True},
    {"kind": "server_error", "after": True, "status": 502},
    {"kind": "internal_error", "after": True},
]
NEVER_HAPPENED: list[dict[str, Any]] = [
    {"kind": "cut"},
    {"kind": "server_error"},
    {"kind": "internal_error"},
    {"kind": "rate_limited"},
]


def names(trouble: dict[str, Any]) -> str:
    return f"{trouble['kind']}{' after the write' if trouble.get('after') else ''}"


def items_of(world: World, board: str) -> list[Item]:
    return [item for item in world.items.values() if item.board_id == world.board(board).id]


def add_contact(connected: Connected, **values: str) -> int:
    with transaction() as session:
        wanted = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", **values}
        return contacts.add(session, wanted, by=SYSTEM, at=clock.now()).id


def let_the_key_run_out(connected: Connected) -> None:
    """As if the lost attempt had been half an hour ago, on both sides."""
    with transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.first_sent_at.is_not(None))
            .values(first_sent_at=clock.now() - timedelta(minutes=31))
        )


@pytest.mark.parametrize("trouble", LOST + NEVER_HAPPENED, ids=names)
def test_a_contact_is_made_once_whatever_became_of_the_answer(
    connected: Connected, trouble: dict[str, Any]
) -> None:
    world = connected.world
    before = len(items_of(world, "CONTACTS"))
    contact_id = add_contact(connected)
    world.trouble.order(operation="create_item", **trouble)
    connected.step(deliveries.deliver)
    (delivery,) = connected.deliveries("contact")
    assert delivery.state == DeliveryState.WAITING
    assert delivery.reason
    connected.work()
    assert len(items_of(world, "CONTACTS")) == before + 1
    contact = connected.session.get_one(Contact, contact_id)
    assert contact.mid == world.item_named("CONTACTS", "Ada Lovelace").id
    assert connected.session.query(Contact).count() == 1


def test_a_contact_is_made_once_also_after_the_key_has_run_out(connected: Connected) -> None:
    world = connected.world
    add_contact(connected)
    world.trouble.order("cut", "create_item", after=True)
    deliveries.deliver()
    key = connected.deliveries("contact")[0].idempotency_key
    item = world.item_named("CONTACTS", "Ada Lovelace")
    let_the_key_run_out(connected)
    connected.make_due()
    deliveries.deliver()
    assert connected.session.query(Contact).one().mid == item.id
    assert len([item for item in items_of(world, "CONTACTS") if item.name == "Ada Lovelace"]) == 1
    assert connected.deliveries("contact")[0].idempotency_key != key


def test_a_product_is_made_once_also_when_it_has_no_number(connected: Connected) -> None:
    world = connected.world
    with transaction() as session:
        products.add(session, {"name": "Left-handed screwdriver"}, {}, by=SYSTEM, at=clock.now())
    world.trouble.order("cut", "create_item", after=True)
    deliveries.deliver()
    connected.make_due()
    connected.work()
    assert sum(item.name == "Left-handed screwdriver" for item in items_of(world, "PRODUCTS")) == 1
    assert connected.session.query(Product).one().mid is not None


def test_the_same_key_goes_with_every_attempt(connected: Connected) -> None:
    world = connected.world
    add_contact(connected)
    world.trouble.order("rate_limited", "create_item", times=2)
    connected.work()
    keys = {call.idempotency_key for call in world.calls if "create_item" in call.operations}
    assert len([call for call in world.calls if "create_item" in call.operations]) == 3
    assert len(keys) == 1


def test_a_change_made_while_the_answer_was_lost_arrives(connected: Connected) -> None:
    world = connected.world
    contact_id = add_contact(connected)
    world.trouble.order("cut", "create_item", after=True)
    deliveries.deliver()
    with transaction() as session:
        contact = session.get_one(Contact, contact_id)
        contacts.change(session, contact, {"company": "Analytical Engines"}, by=SYSTEM, at=clock.now())
    connected.work()
    (item,) = [item for item in items_of(world, "CONTACTS") if item.name == "Ada Lovelace"]
    assert world.shown(item.id)["values"]["Company"] == "Analytical Engines"


@pytest.mark.parametrize("trouble", [*LOST, {"kind": "cut_upload"}, {"kind": "cut"}], ids=names)
def test_the_pdf_is_there_once_whatever_became_of_the_answer(
    connected: Connected, trouble: dict[str, Any]
) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    issue(connected, deal.id)
    world.trouble.order(operation="add_file_to_column", **trouble)
    connected.work()
    assert len(world.shown(deal.id)["values"]["Quote PDF"]) == 1
    assert {row.state for row in connected.deliveries()} == {DeliveryState.DONE.value}


def test_a_pdf_that_a_person_added_stays(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    column = world.board("DEALS").column_titled("Quote PDF").id
    with connected.office.client() as client:
        client.upload(deal.id, column, "plan.pdf", b"%PDF-1.7 somebody's plan")
    issue(connected, deal.id)
    world.trouble.order("cut", "add_file_to_column", after=True)
    connected.work()
    files = world.shown(deal.id)["values"]["Quote PDF"]
    assert len(files) == 2
    assert "plan.pdf" in str(files)


def test_a_killed_worker_leaves_its_delivery_to_the_next(connected: Connected) -> None:
    add_contact(connected)
    with transaction() as session:
        claim = delivery_claims.claim_due(
            session, BoardRole.CONTACTS, at=clock.now(), lease=timedelta(seconds=1)
        )
    assert claim is not None
    assert deliveries.deliver() is False  # it may still be alive
    with transaction() as session:
        session.execute(update(Delivery).values(claimed_until=clock.now() - timedelta(seconds=1)))
    connected.work()
    assert [row.state for row in connected.deliveries("contact")] == [DeliveryState.DONE.value]
    with transaction() as session:  # and the dead one cannot spoil it any more
        delivery_claims.park(session, claim, at=clock.now(), reason="from the grave")
    assert connected.deliveries("contact")[0].state == DeliveryState.DONE


def test_while_monday_is_down_it_waits_and_says_why_and_then_arrives(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    quote = issue(connected, deal.id)
    address = connected.app.config["MONDAY_API_URL"]
    connected.app.config["MONDAY_API_URL"] = "http://127.0.0.1:9/v2"
    for _ in range(3):
        connected.make_due()
        deliveries.deliver()
    waiting = [row for row in connected.deliveries() if row.state == DeliveryState.WAITING.value]
    assert len(waiting) == 2
    assert all("cannot be reached" in row.reason for row in waiting if row.attempts)
    assert connected.session.get_one(Quote, quote.id).number
    connected.app.config["MONDAY_API_URL"] = address
    connected.work()
    shown = world.shown(deal.id)["values"]
    assert shown["Quote number"] == quote.number
    assert len(shown["Quote PDF"]) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        {"kind": "complexity"},
        {"kind": "rate_limited"},
        {"kind": "daily_limit"},
        {"kind": "revoked_token"},
        {"kind": "application_error", "code": "missingRequiredPermissions"},
    ],
    ids=lambda refusal: str(refusal["kind"]),
)
def test_a_pdf_is_not_sent_again_when_only_the_look_at_it_was_refused(
    connected: Connected, refusal: dict[str, Any]
) -> None:
    deal = connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    issue(connected, deal.id)
    connected.world.trouble.order(operation="Item", **refusal)
    connected.work()
    with transaction() as session:
        account_health.cleared(session, at=clock.now())
    connected.work()
    assert len(connected.world.files(deal.id, "Quote PDF")) == 1
    assert not connected.world.orphans()
    assert len(connected.world.calls.of("add_file_to_column")) == 1


def test_a_contact_is_made_once_although_a_person_gave_the_first_delivery_up(connected: Connected) -> None:
    add_contact(connected)
    connected.world.trouble.order("cut", "create_item", after=True)
    deliveries.deliver()
    (lost,) = connected.deliveries()
    with transaction() as session:
        outbox.give_up(session, session.get_one(Delivery, lost.id), at=clock.now(), reason="I lost patience.")
    with transaction() as session:
        outbox.retry_now(session, session.get_one(Delivery, lost.id), at=clock.now())
    deliveries.deliver()
    assert len([item for item in items_of(connected.world, "CONTACTS") if item.name == "Ada Lovelace"]) == 1
    assert connected.session.query(Contact).filter_by(email="ada@example.org").one().mid is not None
