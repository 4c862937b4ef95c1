"""What follows from webhooks: one quote per deal, whatever comes how often, late or wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from betterform.jobs import inbox
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState
from tests.monday.conftest import Connected

PAYLOADS = sorted((Path(__file__).parent / "payloads").glob("*.json"))


def quotes(connected: Connected) -> list[Quote]:
    connected.session.rollback()
    return connected.session.query(Quote).order_by(Quote.id).all()


def tell(connected: Connected, **event: object) -> None:
    """Post an event to the door as monday would."""
    told = {"app": "monday", "subscriptionId": 1, "userId": -6, "triggerUuid": str(event), **event}
    assert requests.post(connected.office.webhook_url, json={"event": told}, timeout=5).status_code == 200


def test_ten_times_the_same_deal_is_one_quote(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "Ten microscopes", {})
    board = int(world.board("DEALS").id)
    for number in range(10):
        tell(connected, type="create_pulse", boardId=board, pulseId=int(deal.id), subscriptionId=100 + number)
    connected.work()
    assert [quote.mid for quote in quotes(connected)] == [deal.id]


def test_a_deal_without_a_contact_gets_its_quote_and_says_so(connected: Connected) -> None:
    connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    (quote,) = quotes(connected)
    assert quote.contact is None
    assert "names no contact" in connected.events()[0].reason


def test_a_deal_gone_before_we_look_gets_no_quote(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "A mistake", {})
    world.delete_item(deal.id)
    connected.work()
    assert quotes(connected) == []
    assert {event.state for event in connected.events()} == {InboxState.DONE.value}
    assert any("gone before we looked" in event.reason for event in connected.events())


def test_a_deal_that_never_was_gets_no_quote(connected: Connected) -> None:
    tell(connected, type="create_pulse", boardId=int(connected.world.board("DEALS").id), pulseId=12345)
    connected.work()
    assert quotes(connected) == []


def test_a_quote_says_that_its_deal_is_gone_and_when_it_is_back(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    world.archive_item(deal.id)
    connected.work()
    assert "no longer on the board" in quotes(connected)[0].item_problem
    world.restore_item(deal.id)
    connected.work()
    assert quotes(connected)[0].item_problem == ""


def test_an_unknown_contact_comes_with_its_deal(connected: Connected) -> None:
    world = connected.world
    item = world.create_item(
        "CONTACTS", "Ada Lovelace", {"Email": {"email": "ada@example.org", "text": "ada"}}
    )
    world.create_item("DEALS", "Engines", {"Contact": {"item_ids": [item.id]}})
    connected.work()
    (quote,) = quotes(connected)
    assert quote.contact is not None
    assert (quote.contact.email, quote.contact.last_name) == ("ada@example.org", "Lovelace")
    assert connected.session.query(Contact).filter_by(mid=item.id).count() == 1


@pytest.mark.parametrize("path", PAYLOADS, ids=[path.stem for path in PAYLOADS])
def test_webhooks_of_boards_that_are_not_ours_are_kept_and_ignored(connected: Connected, path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    assert requests.post(connected.office.webhook_url, json=body, timeout=5).status_code == 200
    connected.work()
    (event,) = connected.events()
    assert (event.state, event.reason) == (InboxState.IGNORED.value, "The board plays no part here.")
    assert len(connected.world.calls) == 0


@pytest.mark.parametrize(
    "event",
    [
        {"type": "create_update", "pulseId": 1},
        {"type": "something_new"},
        {"type": "create_pulse"},
        {"type": "create_pulse", "pulseId": 5, "parentItemId": "7"},
        {"type": "update_column_value", "pulseId": 5, "columnId": "who_knows"},
    ],
)
def test_events_that_mean_nothing_to_us_are_kept_and_ignored(
    connected: Connected, event: dict[str, object]
) -> None:
    tell(connected, boardId=int(connected.world.board("DEALS").id), **event)
    connected.work()
    (row,) = connected.events()
    assert row.state == InboxState.IGNORED
    assert row.reason
    assert len(connected.world.calls) == 0


def test_a_contact_follows_its_item(connected: Connected) -> None:
    world = connected.world
    item = world.create_item("CONTACTS", "Ada Lovelace", {"Last name": "Lovelace", "Country": {"countryCode": "GB", "countryName": "United Kingdom"}})  # fmt: skip  # noqa: E501
    connected.work()
    world.set_simple(item.id, "Last name", "King")
    connected.work()
    contact = connected.session.query(Contact).filter_by(mid=item.id).one()
    assert (contact.last_name, contact.country_code) == ("King", "GB")
    world.archive_item(item.id)
    connected.work()
    assert connected.session.query(Contact).filter_by(mid=item.id).one().archived_at is not None
    world.restore_item(item.id)
    connected.work()
    assert connected.session.query(Contact).filter_by(mid=item.id).one().archived_at is None


def test_a_product_follows_its_item(connected: Connected) -> None:
    world = connected.world
    item = world.create_item("PRODUCTS", "Balance", {"Price CHF": "1250.50", "Catalogue number": "B-1"})
    connected.work()
    world.set_simple(item.id, "Price CHF", "1300")
    world.rename(item.id, "Precision balance")
    connected.work()
    product = connected.session.query(Product).filter_by(mid=item.id).one()
    assert (product.name, str(product.price_in("CHF"))) == ("Precision balance", "1300")
    assert product.price_in("EUR") is None


def test_many_changes_of_one_item_are_read_with_one_call(connected: Connected) -> None:
    world = connected.world
    item = world.create_item("CONTACTS", "Ada Lovelace", {})
    for name in ("Byron", "King", "Lovelace"):
        world.set_simple(item.id, "Last name", name)
    connected.receive_webhooks()
    connected.work()
    assert connected.session.query(Contact).filter_by(mid=item.id).one().last_name == "Lovelace"
    assert len(connected.world.calls) == 1


def test_events_in_the_wrong_order_end_in_what_the_board_shows(connected: Connected) -> None:
    world = connected.world
    item = world.create_item("CONTACTS", "Ada Lovelace", {})
    board = int(world.board("CONTACTS").id)
    connected.work()
    world.set_simple(item.id, "Last name", "King")
    connected.work()
    tell(connected, type="create_pulse", boardId=board, pulseId=int(item.id), triggerUuid="late")
    tell(connected, type="delete_pulse", boardId=board, itemId=int(item.id), triggerUuid="wrong")
    connected.work()
    contact = connected.session.query(Contact).filter_by(mid=item.id).one()
    assert (contact.last_name, contact.archived_at) == ("King", None)


@pytest.mark.parametrize(
    "trouble", ["rate_limited", "locked", "complexity", "server_error", "internal_error", "cut"]
)
def test_a_webhook_waits_while_monday_is_in_trouble(connected: Connected, trouble: str) -> None:
    connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.world.trouble.order(trouble, "items", times=2)
    connected.step(inbox.read)
    (event,) = connected.events()
    assert event.state == InboxState.WAITING
    assert "monday.com" in event.reason
    connected.work()
    assert len(quotes(connected)) == 1


def test_a_killed_worker_leaves_its_webhook_to_the_next(connected: Connected) -> None:
    from datetime import timedelta

    from betterform import clock
    from betterform.actions import inbox as inbox_actions
    from betterform.db import transaction

    connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.receive_webhooks()
    with transaction() as session:
        claim = inbox_actions.claim_due(session, at=clock.now(), lease=timedelta(seconds=-1))
    assert claim is not None  # and nobody ever finishes it
    connected.work()
    assert len(quotes(connected)) == 1
