"""Trying again what stopped: a person looked at it and wants it done now. History says who."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from betterform.actions import deliveries, history, inbox
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.history import Author
from betterform.models.webhook_event import WebhookEvent


def is_worth_retrying(delivery: Delivery) -> bool:
    """Whether the delivery waits or is parked, so that a button makes sense."""
    return delivery.state in (DeliveryState.WAITING, DeliveryState.PARKED)


def retry(session: Session, delivery: Delivery, *, by: Author, at: datetime) -> Delivery:
    """Have the worker take the delivery at once. Returns the one to look at, which is a new one for a closed one."""
    wanted = deliveries.retry_now(session, delivery, at=at)
    history.record(session, delivery, "retried", by=by, at=at)
    return wanted


def replay(session: Session, event: WebhookEvent, *, by: Author, at: datetime) -> None:
    """Have the worker read the webhook again. Raises WrongState while it is being read."""
    inbox.replay(session, event, at=at)
    history.record(session, event, "replayed", by=by, at=at)
