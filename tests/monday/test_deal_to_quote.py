"""A deal on the board becomes a quote, and its form link stands on the board."""

from __future__ import annotations

from betterform import clock
from betterform.actions import boards, history
from betterform.db import transaction
from betterform.models.board import BoardRole
from betterform.models.contact import Contact
from betterform.models.history import SYSTEM
from betterform.models.quote import Quote
from betterform.monday import connect
from tests.monday.conftest import Connected


def quotes(connected: Connected) -> list[Quote]:
    return connected.session.query(Quote).order_by(Quote.id).all()


def test_a_new_deal_becomes_a_quote_and_gets_its_form_link(connected: Connected) -> None:
    world = connected.world
    linked = world.item_named("CONTACTS", world.items[next(iter(world.items))].name)
    deal = world.create_item("DEALS", "Ten microscopes", {"Contact": {"item_ids": [linked.id]}})

    connected.work()

    (quote,) = quotes(connected)
    assert (quote.mid, quote.subject) == (deal.id, "Ten microscopes")
    assert quote.contact is not None
    assert quote.contact.mid == linked.id
    assert quote.owner_name
    shown = world.shown(deal.id)
    assert f"/form/{deal.id}" in str(shown), shown


def test_receiving_a_deal_costs_two_calls(connected: Connected) -> None:
    world = connected.world
    linked = world.items[next(iter(world.items))]
    world.create_item("DEALS", "Ten microscopes", {"Contact": {"item_ids": [linked.id]}})
    connected.work()
    assert len(world.calls) == 2, [call.operations for call in world.calls]
    assert connected.session.query(Contact).count() == 1


def test_a_draft_follows_its_deal_in_what_nobody_has_decided(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "First words")
    connected.work()
    linked = next(item for item in world.items.values() if item.board_id == world.board("CONTACTS").id)
    world.set_values(deal.id, {"Contact": {"item_ids": [linked.id]}})
    world.rename(deal.id, "Better words")
    connected.work()
    connected.session.expire_all()
    (quote,) = quotes(connected)
    assert quote.subject == "Better words"
    assert quote.contact is not None
    assert quote.contact.mid == linked.id


def test_what_staff_wrote_stays_when_the_deal_is_renamed(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "First words")
    connected.work()
    (quote,) = quotes(connected)
    with transaction() as session:
        kept = session.get_one(Quote, quote.id)
        kept.subject = "Written by hand"
        history.record(session, kept, "edited", by=SYSTEM, at=clock.now(), fields=["subject"])
    world.rename(deal.id, "Better words")
    connected.work()
    connected.session.expire_all()
    assert quotes(connected)[0].subject == "Written by hand"


def test_a_column_that_was_deleted_on_the_board_is_unmapped_by_connecting_again(connected: Connected) -> None:
    world = connected.world
    world.delete_column("DEALS", "Quote date")
    with connected.office.client() as client:
        connect.store(connect.who_am_i(client), connect.plan(client, {}))
    connected.session.expire_all()
    board = boards.of_role(connected.session, BoardRole.DEALS)
    assert board is not None
    assert board.column("date") is None
    assert board.column("number") is not None
