"""A deal on the board becomes a quote, and its form link stands on the board."""

from __future__ import annotations

from betterform.models.contact import Contact
from betterform.models.quote import Quote
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
