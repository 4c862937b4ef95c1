"""The settings for admins: webhooks registered and removed, the check, and trying with one item."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform.actions import boards, quotes
from betterform.db import transaction
from betterform.models.board import BoardRole, WritePolicy
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery
from betterform.models.quote import Quote
from betterform.monday import trial
from betterform.monday.sandbox import World
from betterform.monday.sandbox.records import Item
from tests.browser import Browser, Page
from tests.monday.conftest import Connected, issue
from tests.monday.conftest import app as app
from tests.monday.conftest import connected as connected
from tests.monday.conftest import monday as monday
from tests.monday.conftest import office as office
from tests.monday.conftest import world as world

WEBHOOKS = "/settings/monday/webhooks"
REMOVAL = "/settings/monday/webhooks/removal"
CHECK = "/settings/monday/check"
TRIAL = "/settings/monday/trial"


@pytest.fixture
def deal(world: World) -> Item:
    """A deal of the stand-in with a contact."""
    return next(
        item for item in world.items_of(world.board("DEALS").id) if world.shown(item.id)["values"]["Contact"]
    )


def tell_of_everything(session: Session) -> tuple[int, int, int]:
    session.rollback()
    return (
        session.query(Quote).count(),
        session.query(Contact).count(),
        session.query(Delivery).count(),
    )


@pytest.mark.parametrize("address", [WEBHOOKS, TRIAL, f"{TRIAL}/1"])
def test_the_pages_are_for_admins(sign_in: Callable[[str], Browser], address: str) -> None:
    sign_in("staff").get(address, status=403)


@pytest.mark.parametrize("address", [WEBHOOKS, REMOVAL, CHECK, f"{TRIAL}/1"])
def test_the_buttons_are_for_admins(
    sign_in: Callable[[str], Browser], connected: Connected, world: World, address: str
) -> None:
    there = set(world.webhooks)
    staff = sign_in("staff")
    token = staff.get("/").form("/logout")["csrf_token"]
    assert staff.client.post(address, data={"csrf_token": token}).status_code == 403
    assert set(world.webhooks) == there


def test_removed_and_registered_again_from_the_page(
    admin: Browser, connected: Connected, world: World
) -> None:
    count = len(world.webhooks)
    page = admin.get(WEBHOOKS)
    assert page.text.count("Listening") == count
    removed = admin.send(page, REMOVAL)
    assert world.webhooks == {}
    assert f"{count} webhooks were removed." in removed.text
    assert removed.text.count("Not registered") == count
    again = admin.send(removed, WEBHOOKS)
    assert f"{count} webhooks were registered." in again.text
    assert len(world.webhooks) == count
    assert again.text.count("Listening") == count


def test_what_is_missing_is_shown_and_repaired(admin: Browser, connected: Connected, world: World) -> None:
    count = len(world.webhooks)
    world.delete_webhook(next(iter(world.webhooks)))
    page = admin.get(WEBHOOKS)
    assert page.text.count("Missing on monday.com") == 1
    repaired = admin.send(page, WEBHOOKS)
    assert f"1 was repaired, {count - 1} were in order already." in repaired.text
    assert "Missing" not in repaired.text
    assert len(world.webhooks) == count


def test_webhooks_of_others_are_only_counted(admin: Browser, connected: Connected, world: World) -> None:
    deals = world.board("DEALS").id
    others = [world.create_webhook(deals, connected.office.webhook_url, "create_update") for _ in range(2)]
    page = admin.get(WEBHOOKS)
    assert "2 other webhooks on this board are not ours." in page.text
    admin.send(page, REMOVAL)
    assert set(world.webhooks) == {other.id for other in others}


def test_an_address_that_does_not_answer_is_said_before_monday_says_it(
    app: Flask, admin: Browser, connected: Connected, world: World
) -> None:
    there = set(world.webhooks)
    app.config["PUBLIC_URL"] = "http://127.0.0.1:9"
    page = admin.get(WEBHOOKS)
    assert page.text.count("Made for another address") == len(there)
    world.calls.clear()
    told = admin.send(page, WEBHOOKS)
    assert "Start the web server, and check that PUBLIC_URL" in told.text
    assert app.config["MONDAY_WEBHOOK_SECRET"] not in told.html
    assert world.calls.of("create_webhook") == []
    assert set(world.webhooks) == there


def test_a_reason_is_said_once_for_all_that_was_not_possible(
    admin: Browser, connected: Connected, world: World
) -> None:
    page = admin.send(admin.get(WEBHOOKS), REMOVAL)
    world.trouble.order("application_error", "create_webhook", times=None)
    told = admin.send(page, WEBHOOKS)
    assert told.text.count("Not possible (") == 1
    assert "DEALS: an item is made" in told.text


def test_monday_not_answering_is_a_notice_and_no_error(
    admin: Browser, connected: Connected, world: World
) -> None:
    world.revoke_token()
    page = admin.get(WEBHOOKS)
    assert "monday.com could not be asked, so this is what betterform itself knows." in page.text
    assert "Not all webhooks could be removed." in admin.send(page, REMOVAL).text


def test_before_any_board_is_chosen(admin: Browser, world: World) -> None:
    page = admin.get(WEBHOOKS)
    assert "No board is chosen yet" in page.text
    overview = admin.get("/settings/monday")
    assert "First choose the boards" in overview.text
    checked = admin.send(overview, CHECK)
    assert "No board is chosen." in checked.text
    assert "No DEALS board is chosen" in admin.get(TRIAL).text


def test_the_overview_asks_monday_nothing(admin: Browser, connected: Connected, world: World) -> None:
    world.calls.clear()
    page = admin.get("/settings/monday")
    assert "webhooks are registered" in page.text
    assert list(world.calls) == []


def test_the_check_shows_what_is_wrong_first(admin: Browser, connected: Connected, world: World) -> None:
    board = world.board("DEALS")
    world.delete_column(board.id, board.column_titled("Total").id)
    page = admin.send(admin.get("/settings/monday"), CHECK)
    assert page.heading == "Check of monday.com"
    assert "1 thing is wrong, " in page.text
    assert "The column “Total” is no longer on the board." in page.text
    again = admin.send(page, CHECK)
    assert again.heading == page.heading
    assert admin.get(CHECK).address == "/settings/monday"


def test_the_newest_deals_are_offered_and_searched(
    admin: Browser, connected: Connected, world: World
) -> None:
    world.create_item(world.board("DEALS").id, "Balance for the <lab>")
    page = admin.get(TRIAL)
    assert len(page.one("tbody")) == min(trial.OFFERED, len(list(world.items_of(world.board("DEALS").id))))
    assert "Balance for the <lab>" in page.text
    assert len(admin.get(f"{TRIAL}?q=for the <lab").one("tbody")) == 1
    assert "No deal is called that" in admin.get(f"{TRIAL}?q=Zeppelin").text


def test_an_id_or_address_leads_to_its_item(admin: Browser, connected: Connected, deal: Item) -> None:
    for typed in (
        deal.id,
        f" {deal.id} ",
        f"https://acme.monday.com/boards/{deal.board_id}/pulses/{deal.id}",
        f"https://acme.monday.com/boards/{deal.board_id}/views/7/pulses/{deal.id}?x=1",
    ):
        assert admin.get(TRIAL, query_string={"q": typed}).heading == deal.name
    told = admin.get(TRIAL, query_string={"q": f"https://acme.monday.com/boards/{deal.board_id}"})
    assert "This address names no item." in told.text


def test_trying_a_deal_changes_nothing(
    admin: Browser, connected: Connected, world: World, deal: Item, session: Session
) -> None:
    before, shown = tell_of_everything(session), world.shown(deal.id)
    world.calls.clear()
    page = admin.get(f"{TRIAL}/{deal.id}")
    assert "It has no quote yet: a draft would be made." in page.text
    contact = world.items[world.shown(deal.id)["values"]["Contact"][0]]
    assert world.shown(contact.id)["values"]["Email"] in page.text
    assert f"/form/{deal.id}" in row(page, "Quote form")
    assert "Would be written" in row(page, "Quote form")
    assert "Written once the quote is issued." in row(page, "Quote number")
    assert len(world.calls) == 1
    assert tell_of_everything(session) == before
    assert world.shown(deal.id) == shown


def row(page: Page, title: str) -> str:
    """The words of the table's row with that heading."""
    for found in page.all("tr"):
        words = " ".join("".join(found.itertext()).split())
        if words.startswith(title):
            return words
    raise AssertionError(f"{title!r} has no row on {page.address}")


def test_a_draft_that_would_follow_its_deal_says_in_what(
    admin: Browser, connected: Connected, world: World, deal: Item, session: Session
) -> None:
    admin.send(admin.get(f"{TRIAL}/{deal.id}"), f"{TRIAL}/{deal.id}")
    connected.work()
    assert "says the same as the deal" in admin.get(f"{TRIAL}/{deal.id}").text
    world.rename(deal.id, "Called otherwise")
    page = admin.get(f"{TRIAL}/{deal.id}")
    assert "would follow its deal in: subject." in page.text
    session.rollback()
    quote = quotes.find_by_item(session, deal.id)
    assert quote is not None
    assert quote.subject != "Called otherwise"


def test_write_now_makes_the_quote_as_the_webhook_would(
    admin: Browser, connected: Connected, world: World, deal: Item, session: Session
) -> None:
    made = admin.send(admin.get(f"{TRIAL}/{deal.id}"), f"{TRIAL}/{deal.id}")
    assert "A quote was opened." in made.text
    session.rollback()
    quote = quotes.find_by_item(session, deal.id)
    assert quote is not None
    assert f"/quotes/{quote.id}" in made.html
    connected.work()
    assert f"/form/{deal.id}" in world.shown(deal.id)["values"]["Quote form"]["url"]
    after = admin.get(f"{TRIAL}/{deal.id}")
    assert "The board says everything already." in after.text
    assert "Nothing to do" in row(after, "Quote form")
    again = admin.send(after, f"{TRIAL}/{deal.id}")
    assert "The quote is on its way to the board." in again.text
    session.rollback()
    assert session.query(Quote).filter_by(mid=deal.id).count() == 1


def test_what_happens_to_each_column_of_an_issued_quote(
    admin: Browser, connected: Connected, world: World, deal: Item
) -> None:
    admin.send(admin.get(f"{TRIAL}/{deal.id}"), f"{TRIAL}/{deal.id}")
    issue(connected, deal.id)
    world.set_values(deal.id, {"Currency": "EUR", "Quote number": "old"})
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        policies = {"currency": WritePolicy.IF_EMPTY, "number": WritePolicy.NEVER}
        for name, policy in policies.items():
            column = board.column(name)
            assert column is not None
            column.policy = policy.value
        total = board.column("total")
        assert total is not None
        total.column_type = "text"  # as if it had become a column of numbers since
    page = admin.get(f"{TRIAL}/{deal.id}")
    assert "What was issued never changes." in page.text
    assert "only where it is empty" in row(page, "Currency")
    assert "never written" in row(page, "Quote number")
    assert "Does not fit" in row(page, "Total")
    assert "save the board's columns again" in row(page, "Total")
    assert "1 value does not fit its column" in page.text
    sent = row(page, "Quote status")
    assert "Sent" in sent
    assert "Would be written" in sent


def test_an_item_that_is_no_deal_is_refused_in_words(
    admin: Browser, connected: Connected, world: World, deal: Item, session: Session
) -> None:
    contact = next(iter(world.items_of(world.board("CONTACTS").id)))
    assert "on another board than the deals" in admin.get(f"{TRIAL}/{contact.id}").text
    assert "knows no such item" in admin.get(f"{TRIAL}/99999999999999999999").text
    page = admin.get(f"{TRIAL}/{deal.id}")
    world.archive_item(deal.id)
    assert "The item is archived" in admin.get(f"{TRIAL}/{deal.id}").text
    before = tell_of_everything(session)
    assert "no quote was made" in admin.send(page, f"{TRIAL}/{deal.id}").text
    assert tell_of_everything(session) == before
    admin.get(f"{TRIAL}/abc", status=404)


def test_monday_refusing_a_trial_is_a_message(
    admin: Browser, connected: Connected, world: World, deal: Item
) -> None:
    page = admin.get(f"{TRIAL}/{deal.id}")
    world.revoke_token()
    for told in (
        admin.get(TRIAL),
        admin.get(f"{TRIAL}/{deal.id}"),
        admin.send(page, f"{TRIAL}/{deal.id}"),
    ):
        assert "does not let us in" in told.text
