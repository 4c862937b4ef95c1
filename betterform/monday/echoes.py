"""Our own writes come back as webhooks. Most are known before anybody asks monday about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import boards
from betterform.actions.inbox import EventClaim
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState, WebhookEvent

# How long after a write its echo may come: monday repeats a webhook for half an hour.
ECHO_TIME = timedelta(minutes=35)
REASON = "Our own write."
RECORDS: Mapping[str, type[Quote] | type[Contact] | type[Product]] = {
    "quote": Quote,
    "contact": Contact,
    "product": Product,
}


def is_our_own(session: Session, claim: EventClaim) -> str:
    """The reason to leave an event alone, or "" where it may be news.

    It is ours when monday names our user, and a delivery wrote that very column of the item shortly
    before. Each write explains one event only: a person who signs in as the same user is still heard.
    """
    account = boards.account(session)
    event = claim.payload["event"]
    if account is None or str(event.get("userId") or "") != account.user_id:
        return ""
    touched = "name" if claim.event_type == "update_name" else str(event.get("columnId") or "")
    if claim.event_type not in ("update_column_value", "update_name", "create_pulse"):
        return ""
    writes = 0
    for result in _recent(session, claim):
        if str(result.get("item") or "") != claim.item_id:
            continue
        if claim.event_type == "create_pulse":
            writes += bool(result.get("created"))
        else:
            writes += touched in (result.get("columns") or ())
    return REASON if writes > _explained(session, claim, touched) else ""


def _recent(session: Session, claim: EventClaim) -> list[dict[str, Any]]:
    """What the deliveries of the item's record left behind that ended shortly before."""
    found: list[dict[str, Any]] = []
    for record_type, kind in RECORDS.items():
        results = session.scalars(
            select(Delivery.result)
            .join(kind, kind.id == Delivery.record_id)
            .where(
                kind.mid == claim.item_id,
                Delivery.record_type == record_type,
                Delivery.finished_at.is_not(None),
                Delivery.finished_at > claim.received_at - ECHO_TIME,
            )
        )
        found += [result for result in results if result]
    return found


def _explained(session: Session, claim: EventClaim, touched: str) -> int:
    """How many events of this kind were put down to writes of ours already."""
    earlier = session.scalars(
        select(WebhookEvent).where(
            WebhookEvent.item_id == claim.item_id,
            WebhookEvent.event_type == claim.event_type,
            WebhookEvent.state == InboxState.IGNORED.value,
            WebhookEvent.reason == REASON,
            WebhookEvent.received_at > claim.received_at - ECHO_TIME,
        )
    )
    return sum(
        claim.event_type != "update_column_value" or row.payload["event"].get("columnId") == touched
        for row in earlier
    )
