"""Trying again what stopped, or giving it up: a person looked at it and decided. History says who.

Whatever a worker did since the person looked is found under the row's lock; then WrongState says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from betterform.actions import deliveries, history, inbox
from betterform.errors import InvalidInput, WrongState
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.history import Author
from betterform.models.webhook_event import InboxState, WebhookEvent

Row = TypeVar("Row")

MOST_AT_ONCE = 500  # rows: each is locked, and workers wait meanwhile
LONGEST_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of several rows: how many were `moved`, how many were overtaken meanwhile."""

    moved: int
    overtaken: int


def is_worth_retrying(delivery: Delivery) -> bool:
    """Whether the delivery waits or is parked, so that a button makes sense."""
    return delivery.state in (DeliveryState.WAITING, DeliveryState.PARKED)


def is_worth_sending_anew(delivery: Delivery) -> bool:
    """Whether it was given up, which a person may take back."""
    return delivery.state == DeliveryState.GIVEN_UP


def is_worth_leaving(event: WebhookEvent) -> bool:
    """Whether the webhook still waits for something, so that a person may leave it."""
    return event.state in (InboxState.WAITING, InboxState.PARKED)


def retry(session: Session, delivery: Delivery, *, by: Author, at: datetime) -> Delivery:
    """Have the worker take the delivery at once. Returns the one to look at, a new one for one given up.

    Raises WrongState where a worker has it, or has finished it.
    """
    delivery = _locked(session, delivery)
    if delivery.state == DeliveryState.RUNNING:
        raise WrongState(
            "It is being delivered right now, so there is nothing to retry. Look again in a moment."
        )
    if delivery.state == DeliveryState.DONE:
        raise WrongState("It was delivered meanwhile: nothing is left to retry.")
    wanted = deliveries.retry_now(session, delivery, at=at)
    history.record(session, delivery, "retried", by=by, at=at)
    return wanted


def give_up(session: Session, delivery: Delivery, *, reason: str, by: Author, at: datetime) -> None:
    """It need not be delivered any more, for the reason a person gives. Raises WrongState, InvalidInput."""
    reason = _reason(reason)
    delivery = _locked(session, delivery)
    if delivery.state == DeliveryState.RUNNING:
        raise WrongState("It is being delivered right now, so it cannot be given up. Look again in a moment.")
    if delivery.state == DeliveryState.DONE:
        raise WrongState("It was delivered meanwhile, so there is nothing to give up.")
    if delivery.state == DeliveryState.GIVEN_UP:
        raise WrongState("It was given up already.")
    deliveries.give_up(session, delivery, at=at, reason=f"Given up by {by.name}: {reason}")
    history.record(session, delivery, "given up", by=by, at=at, reason=reason)


def replay(session: Session, event: WebhookEvent, *, by: Author, at: datetime) -> None:
    """Have the worker read the webhook again. Raises WrongState while it is being read."""
    inbox.replay(session, event, at=at)
    history.record(session, event, "replayed", by=by, at=at)


def leave(session: Session, event: WebhookEvent, *, reason: str, by: Author, at: datetime) -> None:
    """Nothing has to follow from the webhook, for the reason a person gives. Raises WrongState, InvalidInput."""
    reason = _reason(reason)
    session.refresh(event, with_for_update=True)
    if event.claimed_until is not None and event.claimed_until > at:
        raise WrongState("It is being read right now. Look again in a moment.")
    if not is_worth_leaving(event):
        raise WrongState("It was dealt with meanwhile.")
    event.state = InboxState.IGNORED.value
    event.claimed_until = None
    event.finished_at = at
    event.reason = f"Given up by {by.name}: {reason}"
    history.record(session, event, "given up", by=by, at=at, reason=reason)


def each(rows: Iterable[Row], move: Callable[[Row], object]) -> Tally:
    """Make the same move with several rows; those overtaken meanwhile are only counted."""
    moved = overtaken = 0
    for row in rows:
        try:
            move(row)
        except WrongState:
            overtaken += 1
        else:
            moved += 1
    return Tally(moved, overtaken)


def _locked(session: Session, delivery: Delivery) -> Delivery:
    return deliveries.locked(session, delivery.id) or delivery


def _reason(typed: str) -> str:
    reason = " ".join(typed.split())[:LONGEST_REASON]
    if not reason:
        raise InvalidInput(fields={"reason": "Please say why: whoever looks at it later wants to know."})
    return reason
