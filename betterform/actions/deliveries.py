"""The outbox: what monday is owed, claimed by one worker at a time, finished, postponed or parked.

Writes to one board never run side by side: a claim waits while another delivery of the same lane is
running. A claim is a lease; when a worker is killed, its lease ends and somebody else goes on.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.errors import WrongState
from betterform.models.board import Board, BoardRole
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState, Target

# monday replays the answer to a key for 30 minutes; a key is given up well before.
KEY_LIFETIME = timedelta(minutes=25)

LANES: dict[BoardRole, tuple[Target, ...]] = {
    BoardRole.DEALS: (Target.DEAL, Target.DEAL_PDF),
    BoardRole.CONTACTS: (Target.CONTACT,),
    BoardRole.PRODUCTS: (Target.PRODUCT,),
    BoardRole.INVOICES: (Target.INVOICE, Target.INVOICE_PDF),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to deliver one delivery until `until`, as it was wanted when it was claimed.

    `may_have_happened`: an earlier attempt may have been carried out although its answer was lost, so
    whatever cannot be repeated has to be looked up first.
    """

    delivery_id: int
    target: Target
    record_type: str
    record_id: int
    wanted: int
    attempts: int
    idempotency_key: str
    may_have_happened: bool
    first_sent_at: datetime
    until: datetime


def want(session: Session, target: Target, *, record_type: str, record_id: int, at: datetime) -> Delivery:
    """Have the record brought up to date on its board. One open delivery per record and target.

    One that waits or runs is refreshed, since the latest truth is pushed; one that was parked is
    tried again.
    """
    key = f"{target.value}:{record_id}"
    delivery = _open(session, key)
    if delivery is None:
        delivery = _added(session, target, key, record_type, record_id, at)
        if delivery is not None:
            return delivery
        delivery = _open(session, key)
        if delivery is None:
            raise RuntimeError(f"{key} was opened and closed at the same moment")
    delivery.wanted += 1
    if delivery.state == DeliveryState.PARKED:
        _start_over(delivery, at=at)
    session.flush()
    return delivery


def _open(session: Session, key: str) -> Delivery | None:
    return session.scalar(
        select(Delivery)
        .where(Delivery.open_key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _added(
    session: Session, target: Target, key: str, record_type: str, record_id: int, at: datetime
) -> Delivery | None:
    """A new delivery, or None when another transaction opened one at the same moment."""
    delivery = Delivery(
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
    session.flush()
    try:
        with session.begin_nested():
            session.add(delivery)
            session.flush()
    except IntegrityError:
        return None
    return delivery


def new_key() -> str:
    """A fresh Idempotency-Key."""
    return secrets.token_hex(16)


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether anything could be claimed now. Reads only."""
    return session.scalar(select(Delivery.id).where(_due(at)).limit(1)) is not None


def claim_due(session: Session, role: BoardRole, *, at: datetime, lease: timedelta) -> Claim | None:
    """Take the delivery of that board's lane that has waited longest, or None."""
    targets = [target.value for target in LANES[role]]
    # The board's row is the lock under which a lane is looked at; SQLite has one for everything.
    session.scalar(select(Board.id).where(Board.role == role.value).with_for_update())
    if session.scalar(select(Delivery.id).where(Delivery.target.in_(targets), _running(at)).limit(1)):
        return None
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.target.in_(targets), _due(at))
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return _claimed(delivery, at=at, lease=lease) if delivery is not None else None


def _due(at: datetime) -> ColumnElement[bool]:
    waiting = and_(Delivery.state == DeliveryState.WAITING.value, Delivery.next_attempt_at <= at)
    left_behind = and_(Delivery.state == DeliveryState.RUNNING.value, Delivery.claimed_until <= at)
    return or_(waiting, left_behind)


def _running(at: datetime) -> ColumnElement[bool]:
    return and_(Delivery.state == DeliveryState.RUNNING.value, Delivery.claimed_until > at)


def _claimed(delivery: Delivery, *, at: datetime, lease: timedelta) -> Claim:
    may_have_happened = delivery.first_sent_at is not None
    first_sent_at = delivery.first_sent_at or at
    if at - first_sent_at > KEY_LIFETIME:
        delivery.idempotency_key, delivery.first_sent_at = new_key(), at
    else:
        delivery.first_sent_at = first_sent_at
    delivery.state = DeliveryState.RUNNING.value
    delivery.attempts += 1
    delivery.claimed_until = at + lease
    return Claim(
        delivery_id=delivery.id,
        target=Target(delivery.target),
        record_type=delivery.record_type,
        record_id=delivery.record_id,
        wanted=delivery.wanted,
        attempts=delivery.attempts,
        idempotency_key=delivery.idempotency_key,
        may_have_happened=may_have_happened,
        first_sent_at=first_sent_at,
        until=delivery.claimed_until,
    )


def extend(session: Session, claim: Claim, *, until: datetime) -> Claim | None:
    """Keep the claim for longer, or None when it was lost to somebody else."""
    delivery = _held(session, claim)
    if delivery is None:
        return None
    delivery.claimed_until = until
    return Claim(**{name: getattr(claim, name) for name in Claim.__slots__} | {"until": until})


def _held(session: Session, claim: Claim) -> Delivery | None:
    """The delivery under lock, or None when the claim is no longer ours."""
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.id == claim.delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if delivery is None or delivery.state != DeliveryState.RUNNING:
        return None
    return delivery if delivery.claimed_until == claim.until else None


def finish(
    session: Session, claim: Claim, *, at: datetime, reason: str = "", result: Mapping[str, Any] | None = None
) -> None:
    """The board holds what was wanted at the claim. What was wanted since is delivered anew."""
    delivery = _held(session, claim)
    if delivery is None:
        return
    delivery.result = {**(delivery.result or {}), **(result or {})}
    if delivery.wanted != claim.wanted:
        _start_over(delivery, at=at)
        return
    delivery.reason = reason
    _close(delivery, DeliveryState.DONE, at=at)


def postpone(
    session: Session, claim: Claim, *, until: datetime, reason: str, may_have_happened: bool
) -> None:
    """Try again at `until`. A refusal that surely did nothing frees the next attempt from looking it up."""
    delivery = _held(session, claim)
    if delivery is None:
        return
    delivery.state = DeliveryState.WAITING.value
    delivery.next_attempt_at = until
    delivery.claimed_until = None
    delivery.reason = reason
    if not may_have_happened and not claim.may_have_happened:
        delivery.first_sent_at = None


def park(session: Session, claim: Claim, *, reason: str, result: Mapping[str, Any] | None = None) -> None:
    """Only a person can help. What was wanted meanwhile would be refused as well, so it waits too."""
    delivery = _held(session, claim)
    if delivery is None:
        return
    delivery.state = DeliveryState.PARKED.value
    delivery.claimed_until = None
    delivery.reason = reason
    delivery.result = {**(delivery.result or {}), **(result or {})}
    if not claim.may_have_happened:
        delivery.first_sent_at = None


def close(session: Session, claim: Claim, *, at: datetime, reason: str) -> None:
    """Nothing can be delivered any more, such as when the item is gone."""
    delivery = _held(session, claim)
    if delivery is None:
        return
    delivery.reason = reason
    _close(delivery, DeliveryState.GIVEN_UP, at=at)


def give_up(session: Session, delivery: Delivery, *, at: datetime, reason: str) -> None:
    """A person decides that it need not be delivered. Raises WrongState for one that is closed or running."""
    delivery = _locked(session, delivery)
    if delivery.state not in (DeliveryState.WAITING, DeliveryState.PARKED):
        raise WrongState(f"A delivery that is {delivery.state} cannot be given up.")
    delivery.reason = reason
    _close(delivery, DeliveryState.GIVEN_UP, at=at)


def retry_now(session: Session, delivery: Delivery, *, at: datetime) -> Delivery:
    """A person wants it tried at once. A closed one is wanted anew."""
    delivery = _locked(session, delivery)
    if not DeliveryState(delivery.state).is_open:
        target = Target(delivery.target)
        return want(session, target, record_type=delivery.record_type, record_id=delivery.record_id, at=at)
    if delivery.state != DeliveryState.RUNNING:
        delivery.state = DeliveryState.WAITING.value
        delivery.next_attempt_at = at
        delivery.reason = ""
    return delivery


def retry_parked(session: Session, *, at: datetime) -> int:
    """Try all parked ones again, as after the settings were mended. Returns how many."""
    parked = session.scalars(
        select(Delivery).where(Delivery.state == DeliveryState.PARKED.value).with_for_update()
    ).all()
    for delivery in parked:
        retry_now(session, delivery, at=at)
    return len(parked)


def _locked(session: Session, delivery: Delivery) -> Delivery:
    return session.scalars(
        select(Delivery)
        .where(Delivery.id == delivery.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _start_over(delivery: Delivery, *, at: datetime) -> None:
    """Wait for a first attempt again. An answer that is still missing stays known as missing."""
    if delivery.state == DeliveryState.RUNNING:
        delivery.first_sent_at = None
        delivery.idempotency_key = new_key()
    delivery.state = DeliveryState.WAITING.value
    delivery.next_attempt_at = at
    delivery.claimed_until = None
    delivery.attempts = 0
    delivery.reason = ""


def _close(delivery: Delivery, state: DeliveryState, *, at: datetime) -> None:
    delivery.state = state.value
    delivery.open_key = None
    delivery.claimed_until = None
    delivery.finished_at = at


def remember_attempt(
    session: Session,
    claim: Claim,
    *,
    at: datetime,
    outcome: str,
    sent: Mapping[str, Any],
    received: Mapping[str, Any],
    request_id: str,
    milliseconds: int,
) -> None:
    """Keep what was sent (secrets blanked by the caller) and what came back."""
    session.add(
        DeliveryAttempt(
            delivery_id=claim.delivery_id,
            at=at,
            outcome=outcome[:30],
            sent=dict(sent),
            received=dict(received),
            request_id=request_id[:100],
            milliseconds=milliseconds,
        )
    )


def was_delivered_before(session: Session, claim: Claim) -> bool:
    """Whether an earlier delivery of the same record and target exists: its work may be on the board."""
    return bool(
        session.scalar(
            select(func.count())
            .select_from(Delivery)
            .where(
                Delivery.target == claim.target.value,
                Delivery.record_id == claim.record_id,
                Delivery.id != claim.delivery_id,
            )
        )
    )


def of_record(session: Session, record_type: str, record_id: int) -> Sequence[Delivery]:
    """The deliveries of a record, newest first: what a page shows as its sync state."""
    return session.scalars(
        select(Delivery)
        .where(Delivery.record_type == record_type, Delivery.record_id == record_id)
        .order_by(Delivery.id.desc())
        .limit(50)
    ).all()


def next_due_at(session: Session) -> datetime | None:
    """When the next waiting delivery becomes due, or None when none waits."""
    return session.scalar(
        select(func.min(Delivery.next_attempt_at)).where(Delivery.state == DeliveryState.WAITING.value)
    )
