"""What only explains the past is removed after ninety days; what still matters is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import retention
from betterform.db import transaction
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState, Target
from betterform.models.webhook_event import InboxState, WebhookEvent
from tests.databases import everywhere

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=91)
YOUNG = NOW - timedelta(days=89)

pytestmark = everywhere


def webhook(key: str, state: InboxState, *, received: datetime, finished: datetime | None) -> WebhookEvent:
    return WebhookEvent(
        dedupe_key=key,
        payload={"event": {"type": "create_pulse"}},
        received_at=received,
        state=state.value,
        finished_at=finished,
        next_attempt_at=received,
    )


def delivery(number: int, state: DeliveryState, *tried: datetime) -> Delivery:
    return Delivery(
        target=Target.CONTACT.value,
        record_type="contact",
        record_id=number,
        open_key=f"contact:{number}" if state.is_open else None,
        state=state.value,
        created_at=OLD,
        next_attempt_at=OLD,
        idempotency_key=str(number),
        tries=[DeliveryAttempt(at=at, outcome="refused") for at in tried],
    )


def forget(most: int = 500) -> int:
    with transaction() as session:
        return retention.forget(session, at=NOW, most=most)


def test_webhooks_that_were_dealt_with_long_ago_go_and_the_others_stay(session: Session) -> None:
    with transaction():
        session.add_all(
            [
                webhook("old-done", InboxState.DONE, received=OLD, finished=OLD),
                webhook("old-ignored", InboxState.IGNORED, received=OLD, finished=OLD),
                webhook("old-waiting", InboxState.WAITING, received=OLD, finished=None),
                webhook("old-parked", InboxState.PARKED, received=OLD, finished=None),
                webhook("replayed", InboxState.DONE, received=OLD, finished=YOUNG),
                webhook("young", InboxState.DONE, received=YOUNG, finished=YOUNG),
            ]
        )
    assert forget() == 2
    kept = set(session.scalars(select(WebhookEvent.dedupe_key)))
    assert kept == {"old-waiting", "old-parked", "replayed", "young"}
    assert forget() == 0


def test_attempts_go_when_their_delivery_is_closed_and_the_delivery_stays(session: Session) -> None:
    with transaction():
        session.add_all(
            [
                delivery(1, DeliveryState.DONE, OLD, YOUNG),
                delivery(2, DeliveryState.GIVEN_UP, OLD),
                delivery(3, DeliveryState.PARKED, OLD),
            ]
        )
    assert forget() == 2
    kept = session.execute(
        select(Delivery.record_id, DeliveryAttempt.at).outerjoin(Delivery.tries).order_by(Delivery.record_id)
    ).all()
    assert [tuple(row) for row in kept] == [(1, YOUNG), (2, None), (3, OLD)]


def test_much_goes_in_small_batches(session: Session) -> None:
    with transaction():
        session.add_all(
            webhook(f"old-{number}", InboxState.DONE, received=OLD, finished=OLD) for number in range(7)
        )
    assert [forget(3), forget(3), forget(3), forget(3)] == [3, 3, 1, 0]
