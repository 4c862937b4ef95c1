"""How long is kept what only explains the past: webhooks that are dealt with, and attempts to deliver.

Quotes, documents, history and deliveries themselves stay. What still waits for monday or for a person
stays as well, however old. monday repeats a webhook for half an hour, so that one of ninety days ago
cannot come again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState
from betterform.models.webhook_event import InboxState, WebhookEvent

KEPT_FOR = timedelta(days=90)
A_BATCH = 500  # rows of each kind; a short transaction, as on SQLite nobody else writes meanwhile

FINISHED = (InboxState.DONE.value, InboxState.IGNORED.value)
CLOSED = tuple(state.value for state in DeliveryState if not state.is_open)


def forget(session: Session, *, at: datetime, most: int = A_BATCH) -> int:
    """Remove at most `most` webhooks and as many attempts that are older than KEPT_FOR. Returns how many.

    0 when there is no more to remove now. Looks at the oldest rows only, so it costs the same however
    much is kept, and rows go by their primary key.
    """
    before = at - KEPT_FOR
    return _forget_webhooks(session, before, most) + _forget_attempts(session, before, most)


def _forget_webhooks(session: Session, before: datetime, most: int) -> int:
    oldest = session.execute(
        select(WebhookEvent.id, WebhookEvent.received_at, WebhookEvent.finished_at)
        .where(WebhookEvent.state.in_(FINISHED))
        .order_by(WebhookEvent.id)
        .limit(most)
    ).all()
    # One that was replayed lately is young, whenever it was received.
    ids = [row.id for row in oldest if max(row.received_at, row.finished_at or row.received_at) < before]
    if ids:
        # The state again: somebody may have asked for a replay since.
        session.execute(
            delete(WebhookEvent).where(WebhookEvent.id.in_(ids), WebhookEvent.state.in_(FINISHED)),
            execution_options={"synchronize_session": False},
        )
    return len(ids)


def _forget_attempts(session: Session, before: datetime, most: int) -> int:
    oldest = session.execute(
        select(DeliveryAttempt.id, DeliveryAttempt.at)
        .join(Delivery, Delivery.id == DeliveryAttempt.delivery_id)
        .where(Delivery.state.in_(CLOSED))
        .order_by(DeliveryAttempt.id)
        .limit(most)
    ).all()
    ids = [row.id for row in oldest if row.at < before]
    if ids:
        session.execute(
            delete(DeliveryAttempt).where(DeliveryAttempt.id.in_(ids)),
            execution_options={"synchronize_session": False},
        )
    return len(ids)
