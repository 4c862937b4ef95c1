"""Behind the counter: users, what came, what goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import inbox
from betterform.db import transaction
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.history import HistoryEntry
from betterform.models.webhook_event import InboxState, WebhookEvent
from tests.browser import Browser
from tests.deliveries import parked as a_parked_delivery

LATER = timedelta(hours=3)


@pytest.fixture
def parked(session: Session) -> Delivery:
    """A delivery that only a person can help."""
    tried = {"outcome": "configuration", "sent": {"q": "<b>"}, "received": {"errors": ["no column"]}}
    delivery = a_parked_delivery(7, "The column <PDF> is gone.", **tried)
    with transaction():
        delivery.next_attempt_at = clock.now() + LATER
    return delivery


@pytest.fixture
def event(session: Session) -> WebhookEvent:
    """A webhook that was parked."""
    with transaction():
        event = inbox.receive(
            session, {"event": {"type": "create_pulse", "pulseId": 12, "boardId": 5}}, at=clock.now()
        )
        assert event is not None
        event.state = InboxState.PARKED.value
        event.reason = "The item is gone."
    return event


def test_the_users_are_listed(admin: Browser) -> None:
    page = admin.get("/admin/")
    assert page.heading == "Users"
    assert "viewer@example.org" in page.text


def test_empty_boxes_say_what_they_are_for(admin: Browser) -> None:
    assert "Nothing has come yet" in admin.get("/admin/inbox").text
    assert "Nothing to deliver" in admin.get("/admin/outbox").text


def test_a_delivery_shows_what_was_sent_and_what_came_back(admin: Browser, parked: Delivery) -> None:
    assert "The column <PDF> is gone." in admin.get("/admin/outbox").text
    page = admin.get(f"/admin/outbox/{parked.id}")
    assert "no column" in page.text
    assert '"q": "<b>"' in page.text


def test_a_parked_delivery_is_tried_again(admin: Browser, parked: Delivery, session: Session) -> None:
    page = admin.send(admin.get(f"/admin/outbox/{parked.id}"), f"/admin/outbox/{parked.id}/retry")
    assert "It will be tried again in a moment." in page.text
    session.rollback()
    assert parked.state == DeliveryState.WAITING
    assert parked.next_attempt_at <= clock.now()
    assert (
        session.query(HistoryEntry).filter_by(record_type="delivery", event="retried").one().author_name
        == "Admin"
    )


def test_a_webhook_is_shown_and_read_again(admin: Browser, event: WebhookEvent, session: Session) -> None:
    assert "The item is gone." in admin.get("/admin/inbox").text
    page = admin.get(f"/admin/inbox/{event.id}")
    assert '"pulseId": 12' in page.text
    admin.send(page, f"/admin/inbox/{event.id}/replay")
    session.rollback()
    assert event.state == InboxState.WAITING


def test_unknown_rows_are_not_found(admin: Browser) -> None:
    admin.get("/admin/inbox/999", status=404)
    admin.get("/admin/outbox/999", status=404)


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/inbox", "/admin/outbox", "/settings", "/settings/tax-rates"]
)
def test_staff_and_viewers_have_no_business_here(staff: Browser, viewer: Browser, address: str) -> None:
    staff.get(address, status=403)
    viewer.get(address, status=403)
