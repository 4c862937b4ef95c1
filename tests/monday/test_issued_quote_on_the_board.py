"""An issued quote reaches its deal: values, customer's link and PDF."""

from __future__ import annotations

import hashlib

from betterform import clock
from betterform.actions import deliveries, quotes
from betterform.db import transaction
from betterform.models.delivery import DeliveryAttempt, DeliveryState, Target
from betterform.models.document import Document
from betterform.models.history import SYSTEM
from betterform.models.quote import QuoteState
from tests.monday.conftest import Connected, issue


def a_deal(connected: Connected) -> str:
    world = connected.world
    contact = world.board("CONTACTS")
    linked = next(item for item in world.items.values() if item.board_id == contact.id)
    deal = world.create_item("DEALS", "Ten microscopes", {"Contact": {"item_ids": [linked.id]}})
    connected.work()
    return deal.id


def test_an_issued_quote_stands_on_its_deal_with_its_pdf(connected: Connected) -> None:
    mid = a_deal(connected)
    quote = issue(connected, mid)
    connected.work()

    values = connected.world.shown(mid)["values"]
    document = connected.session.query(Document).one()
    assert values["Quote number"] == quote.number
    assert str(quote.total) in str(values["Total"])
    assert values["Quote date"]
    assert values["Valid until"]
    assert "Sent" in str(values["Quote status"])
    assert "CHF" in str(values["Currency"])
    assert "/d/" in str(values["Customer link"])
    cell = connected.world.items[mid].cells[connected.world.board("DEALS").column_titled("Quote PDF").id]
    (file,) = cell["files"]
    content = connected.world.asset_store.get(str(file["assetId"]))
    assert hashlib.sha256(content).hexdigest() == document.sha256
    assert {row.state for row in connected.deliveries()} == {DeliveryState.DONE.value}


def test_issuing_costs_at_most_three_calls(connected: Connected) -> None:
    mid = a_deal(connected)
    connected.world.calls.clear()
    issue(connected, mid)
    connected.work()
    assert len(connected.world.calls) <= 3, [call.operations for call in connected.world.calls]


def test_the_customers_key_is_kept_in_no_attempt(connected: Connected) -> None:
    mid = a_deal(connected)
    issue(connected, mid)
    connected.work()
    kept = str([(row.sent, row.received) for row in connected.session.query(DeliveryAttempt)])
    assert "/d/…" in kept
    link = connected.world.items[mid].cells[connected.world.board("DEALS").column_titled("Customer link").id][
        "url"
    ]
    assert link.rsplit("/", 1)[1] not in kept
    assert connected.app.config["MONDAY_API_TOKEN"] not in kept


def customer_link(connected: Connected, mid: str) -> str:
    return str(connected.world.shown(mid)["values"].get("Customer link") or "")


def test_a_link_that_is_closed_leaves_the_board(connected: Connected) -> None:
    mid = a_deal(connected)
    quote = issue(connected, mid)
    connected.work()
    assert "/d/" in customer_link(connected, mid)
    with transaction() as session:
        quotes.revoke_link(session, quote, by=SYSTEM, at=clock.now())
    connected.work()
    assert customer_link(connected, mid) == ""


def test_a_link_that_is_open_stays_on_the_board_after_a_change_of_the_secret_key(
    connected: Connected,
) -> None:
    mid = a_deal(connected)
    quote = issue(connected, mid)
    connected.work()
    before = customer_link(connected, mid)
    assert "/d/" in before
    connected.app.config["SECRET_KEY"] = "the-key-after-the-change-of-keys"
    with transaction() as session:
        quote.become(QuoteState.ACCEPTED, at=clock.now())
        deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=clock.now())
    connected.work()
    assert "Accepted" in str(connected.world.shown(mid)["values"]["Quote status"])
    assert customer_link(connected, mid) == before
