"""The inbox: found, looked at, read again, left; secrets stay secret."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import inbox
from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.history import HistoryEntry
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState, WebhookEvent
from tests.browser import Browser
from tests.quotes import a_draft

TOKEN, KEY = "api-token-0123456789abcdef", "K3y_of-A-customer~link-0123456789"


@pytest.fixture
def config(config: dict[str, object]) -> dict[str, object]:
    return config | {"MONDAY_API_TOKEN": TOKEN}


@pytest.fixture
def quote(session: Session, company: Company) -> Quote:
    with transaction():
        return a_draft(session, company, mid="4711", subject="Lasers for Basel")


@pytest.fixture
def event(session: Session, quote: Quote) -> WebhookEvent:
    return parked(session, "4711")


def parked(session: Session, item: str) -> WebhookEvent:
    """A webhook that only a person can help."""
    with transaction():
        told = {"type": "update_name", "pulseId": item, "boardId": "55"}
        event = inbox.receive(session, {"event": told}, at=clock.now())
        assert event is not None
        event.state, event.reason = InboxState.PARKED.value, "The board refuses us."
    return event


@pytest.mark.parametrize(
    "typed", ["4711", "lasers", "item renamed", "Is Renamed", "update_name", "refuses", "#1"]
)
def test_a_webhook_is_found_by_whatever_a_person_knows(
    admin: Browser, event: WebhookEvent, typed: str
) -> None:
    assert "An item is renamed #1" in admin.get("/admin/inbox", query_string={"q": typed}).text


def test_an_opened_row_names_the_column_and_mondays_own_event(admin: Browser, quote: Quote) -> None:
    with transaction() as session:
        told = {"type": "update_column_value", "pulseId": "4711", "boardId": "55", "columnTitle": "Contact"}
        event = inbox.receive(session, {"event": told}, at=clock.now())
        assert event is not None
    assert "A value of an item changes #1" in admin.get("/admin/inbox").text
    page = admin.get("/admin/inbox/1")
    assert "“Contact” changes: Lasers for Basel" in page.text
    assert "update_column_value" in page.text


def test_filters_by_state_board_and_time_leave_the_rest_out(admin: Browser, event: WebhookEvent) -> None:
    assert "#1" in admin.get("/admin/inbox?state=parked&part=55&time=today").text
    for address in ("?state=done", "?part=56", "?q=nobody"):
        assert "No webhook fits this search" in admin.get("/admin/inbox" + address).text, address


def test_a_webhook_leads_to_the_quote_of_its_item_and_back(admin: Browser, event: WebhookEvent) -> None:
    other = parked_again(event)
    page = admin.get(f"/admin/inbox/{event.id}")
    assert page.all("a", href="/quotes/1")
    assert page.all("a", href=f"/admin/inbox/{other}")


def parked_again(event: WebhookEvent) -> int:
    with transaction() as session:
        told = {"type": "change_name", "pulseId": event.item_id, "boardId": "55"}
        other = inbox.receive(session, {"event": told}, at=clock.now())
        assert other is not None
    return other.id


def test_no_secret_is_shown(admin: Browser, app: Flask, event: WebhookEvent) -> None:
    webhook_secret = app.config["MONDAY_WEBHOOK_SECRET"]
    link = f"https://quotes.example/d/{KEY}"
    address = f"https://quotes.example/monday/webhook/{webhook_secret}"
    with transaction():
        event.payload = {"event": {"value": {"url": link, "text": TOKEN}, "address": address}}
        event.reason = f"It said {TOKEN} at {address} about {link}"
    for page in ("/admin/inbox", f"/admin/inbox/{event.id}"):
        html = admin.get(page).html
        assert [secret for secret in (TOKEN, webhook_secret, KEY) if secret in html] == []
    assert "https://quotes.example/d/…" in html


def test_giving_a_webhook_up_asks_why_and_history_names_who(
    admin: Browser, event: WebhookEvent, session: Session
) -> None:
    page = admin.get(f"/admin/inbox/{event.id}/give-up")
    assert "Please say why" in admin.send(page, "/admin/inbox/given-up", status=422).text
    admin.send(page, "/admin/inbox/given-up", reason="An old board.")
    session.rollback()
    assert (event.state, event.reason) == ("ignored", "Given up by Admin: An old board.")
    assert session.query(HistoryEntry).filter_by(event="given up").one().author_name == "Admin"


def test_replaying_while_a_worker_reads_says_so(
    admin: Browser, event: WebhookEvent, session: Session
) -> None:
    page = admin.get(f"/admin/inbox/{event.id}")
    with transaction():
        event.state = InboxState.WAITING.value
        event.claimed_until = clock.now() + timedelta(minutes=1)
    assert "looking at this event just now" in admin.send(page, f"/admin/inbox/{event.id}/replay").text


def test_all_parked_webhooks_of_a_filter_are_read_again(
    admin: Browser, event: WebhookEvent, session: Session
) -> None:
    other = parked(session, "9999")
    page = admin.get("/admin/inbox?q=lasers")
    assert (
        "1 webhook will be read again"
        in admin.send(page, "/admin/inbox/selection?q=lasers", verb="replay-all").text
    )
    session.rollback()
    assert (event.state, other.state) == ("waiting", "parked")
