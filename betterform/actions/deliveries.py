"""The outbox: what monday is owed, wanted by whoever changes a record, looked after by people.

What workers do with it is in delivery_claims.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.errors import WrongState
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState, Target

# How often it failed since it was wanted in a way that may come from its data, kept in the result.
FAILURES = "failures"
# Between looking for an open delivery and adding one, others may open one, and close it again.
TRIES = 5


def want(session: Session, target: Target, *, record_type: str, record_id: int, at: datetime) -> Delivery:
    """Have the record brought up to date on its board. One open delivery per record and target.

    One that waits or runs is refreshed, since the latest truth is pushed; one that was parked is
    tried again.
    """
    key = f"{target.value}:{record_id}"
    for _ in range(TRIES):
        delivery = _open(session, key)
        if delivery is not None:
            delivery.wanted += 1
            if delivery.state == DeliveryState.PARKED:
                start_over(delivery, at=at)
            session.flush()
            return delivery
        delivery = _added(session, target, key, record_type, record_id, at)
        if delivery is not None:
            return delivery
    raise RuntimeError(f"{key} was opened and closed {TRIES} times at the same moment")


def _open(session: Session, key: str) -> Delivery | None:
    delivery_id = session.scalar(select(Delivery.id).where(Delivery.open_key == key))
    delivery = locked(session, delivery_id) if delivery_id is not None else None
    return delivery if delivery is not None and delivery.open_key == key else None


def locked(session: Session, delivery_id: int) -> Delivery | None:
    """The row as it is now, under lock.

    Rows are always locked by their primary key: on MariaDB, a lock by way of another index could meet
    somebody who holds the row and changes that index. The full lock, since closing changes a unique key.
    """
    return session.scalar(
        select(Delivery)
        .where(Delivery.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _added(
    session: Session, target: Target, key: str, record_type: str, record_id: int, at: datetime
) -> Delivery | None:
    """A new delivery, or None when another transaction opened one at the same moment."""
    delivery = unsent(target, key, record_type, record_id, at=at)
    session.flush()
    try:
        with session.begin_nested():
            session.add(delivery)
            session.flush()
    except IntegrityError:
        return None
    return delivery


def unsent(target: Target, key: str, record_type: str, record_id: int, *, at: datetime) -> Delivery:
    """A delivery that nobody has tried yet; `key` is its open_key."""
    return Delivery(
        target=target.value,
        record_type=record_type,
        record_id=record_id,
        open_key=key,
        state=DeliveryState.WAITING.value,
        wanted=1,
        attempts=0,
        created_at=at,
        next_attempt_at=at,
        idempotency_key=new_key(),
        reason="",
        result={},
    )


def new_key() -> str:
    """A fresh Idempotency-Key."""
    return secrets.token_hex(16)


def give_up(session: Session, delivery: Delivery, *, at: datetime, reason: str) -> None:
    """A person decides that it need not be delivered. Raises WrongState for one that is closed or running."""
    delivery = locked(session, delivery.id) or delivery
    if delivery.state not in (DeliveryState.WAITING, DeliveryState.PARKED):
        raise WrongState(f"A delivery that is {delivery.state} cannot be given up.")
    delivery.reason = reason
    closed(delivery, DeliveryState.GIVEN_UP, at=at)


def retry_now(session: Session, delivery: Delivery, *, at: datetime) -> Delivery:
    """A person wants it tried at once. A closed one is wanted anew."""
    delivery = locked(session, delivery.id) or delivery
    if not DeliveryState(delivery.state).is_open:
        target = Target(delivery.target)
        return want(session, target, record_type=delivery.record_type, record_id=delivery.record_id, at=at)
    if delivery.state != DeliveryState.RUNNING:
        start_over(delivery, at=at)
    return delivery


def retry_parked(session: Session, *, at: datetime, outcome: str | None = None) -> int:
    """Try all parked ones again, or those whose last attempt ended with `outcome`. Returns how many."""
    wanted = select(Delivery.id).where(Delivery.state == DeliveryState.PARKED.value)
    if outcome is not None:
        last_outcome = (
            select(DeliveryAttempt.outcome)
            .where(DeliveryAttempt.delivery_id == Delivery.id)
            .order_by(DeliveryAttempt.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        wanted = wanted.where(last_outcome == outcome)
    retried = 0
    for delivery_id in session.scalars(wanted.order_by(Delivery.id)).all():
        delivery = locked(session, delivery_id)
        if delivery is not None and delivery.state == DeliveryState.PARKED:
            start_over(delivery, at=at)
            retried += 1
    return retried


def start_over(delivery: Delivery, *, at: datetime) -> None:
    """Wait for a first attempt again. An answer that is still missing stays known as missing."""
    delivery.state = DeliveryState.WAITING.value
    delivery.next_attempt_at = at
    delivery.claimed_until = None
    delivery.attempts = 0
    delivery.result = {name: value for name, value in (delivery.result or {}).items() if name != FAILURES}
    delivery.reason = ""


def closed(delivery: Delivery, state: DeliveryState, *, at: datetime) -> None:
    """Close it: from now on the same record and target may have a new delivery."""
    delivery.state = state.value
    delivery.open_key = None
    delivery.claimed_until = None
    delivery.finished_at = at


def of_record(session: Session, record_type: str, record_id: int) -> Sequence[Delivery]:
    """The deliveries of a record, newest first: what a page shows as its sync state."""
    return session.scalars(
        select(Delivery)
        .where(Delivery.record_type == record_type, Delivery.record_id == record_id)
        .order_by(Delivery.id.desc())
        .limit(50)
    ).all()
