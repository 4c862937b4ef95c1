"""The outbox from the worker's side: a delivery is claimed, then finished, postponed, parked or closed.

Writes to one board never run side by side: a claim waits while another delivery of the same lane is
running. A claim is a lease; when a worker is killed, its lease ends and somebody else goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from betterform.actions.deliveries import FAILURES, closed, locked, new_key, start_over
from betterform.models.board import Board, BoardRole
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState, Target

# monday replays the answer to a key for 30 minutes; a key is given up well before.
KEY_LIFETIME = timedelta(minutes=25)
CANDIDATES = 3
# In `result`: what the item was called when it was made, to find it again after a lost answer.
MADE_AS = "made_as"

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
    whatever cannot be repeated has to be looked up first. `failures`: how many of the attempts failed in
    a way that may come from the data.
    """

    delivery_id: int
    target: Target
    record_type: str
    record_id: int
    wanted: int
    attempts: int
    failures: int
    idempotency_key: str
    may_have_happened: bool
    wanted_since: datetime
    until: datetime


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether anything could be claimed now. Reads only."""
    return session.scalar(select(Delivery.id).where(_due(at)).limit(1)) is not None


def claim_due(session: Session, role: BoardRole, *, at: datetime, lease: timedelta) -> Claim | None:
    """Take the delivery of that board's lane that has waited longest, or None."""
    targets = [target.value for target in LANES[role]]
    # The board's row is the lock under which a lane is looked at; SQLite has one for everything.
    session.scalar(select(Board.id).where(Board.role == role.value).with_for_update(key_share=True))
    if session.scalar(select(Delivery.id).where(Delivery.target.in_(targets), _running(at)).limit(1)):
        return None
    candidates = session.scalars(
        select(Delivery.id)
        .where(Delivery.target.in_(targets), _due(at))
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(CANDIDATES)
    ).all()
    for candidate in candidates:
        delivery = locked(session, candidate)
        if delivery is not None and _is_due(delivery, at):
            return _claimed(delivery, at=at, lease=lease)
    return None


def _is_due(delivery: Delivery, at: datetime) -> bool:
    """The same question as `_due`, of a row under lock."""
    if delivery.state == DeliveryState.RUNNING:
        return delivery.claimed_until is not None and delivery.claimed_until <= at
    return delivery.state == DeliveryState.WAITING and delivery.next_attempt_at <= at


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
        failures=int((delivery.result or {}).get(FAILURES, 0)),
        idempotency_key=delivery.idempotency_key,
        may_have_happened=may_have_happened,
        wanted_since=delivery.created_at,
        until=delivery.claimed_until,
    )


def extend(session: Session, claim: Claim, *, until: datetime) -> Claim | None:
    """Keep the claim for longer, or None when it was lost to somebody else."""
    delivery = _held(session, claim)
    if delivery is None:
        return None
    delivery.claimed_until = until
    return replace(claim, until=until)


def _held(session: Session, claim: Claim) -> Delivery | None:
    """The delivery under lock, or None when the claim is no longer ours."""
    delivery = locked(session, claim.delivery_id)
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
    kept = {name: value for name, value in (delivery.result or {}).items() if name != FAILURES}
    delivery.result = {**kept, **(result or {})}
    if delivery.wanted != claim.wanted:
        _forget_sending(delivery)
        start_over(delivery, at=at)
        return
    delivery.reason = reason
    closed(delivery, DeliveryState.DONE, at=at)


def _forget_sending(delivery: Delivery) -> None:
    """What was sent surely did nothing, or is done with: the next attempt must not get the answer to it again."""
    delivery.first_sent_at = None
    delivery.idempotency_key = new_key()


def postpone(
    session: Session,
    claim: Claim,
    *,
    until: datetime,
    reason: str,
    may_have_happened: bool,
    failed: bool = False,
) -> None:
    """Try again at `until`. A refusal that surely did nothing frees the next attempt from looking it up.

    `failed`: it counts among those that are tried so often only (see `Claim.failures`).
    """
    delivery = _held(session, claim)
    if delivery is None:
        return
    if failed:
        delivery.result = {**(delivery.result or {}), FAILURES: claim.failures + 1}
    delivery.state = DeliveryState.WAITING.value
    delivery.next_attempt_at = until
    delivery.claimed_until = None
    delivery.reason = reason
    if not may_have_happened and not claim.may_have_happened:
        delivery.first_sent_at = None


def hold(
    session: Session, claim: Claim, *, reason: str, may_have_happened: bool, until: datetime | None = None
) -> None:
    """Put it back in its place, or have it wait until then: monday takes nothing from us now."""
    delivery = _held(session, claim)
    if delivery is None:
        return
    delivery.state = DeliveryState.WAITING.value
    delivery.claimed_until = None
    delivery.next_attempt_at = until or delivery.next_attempt_at
    delivery.attempts -= 1
    delivery.reason = reason
    if not may_have_happened and not claim.may_have_happened:
        delivery.first_sent_at = None


def park(
    session: Session,
    claim: Claim,
    *,
    at: datetime,
    reason: str,
    result: Mapping[str, Any] | None = None,
    may_have_happened: bool = False,
) -> None:
    """Only a person can help. If the record was changed meanwhile, that may have been the help: try once more."""
    delivery = _held(session, claim)
    if delivery is None:
        return
    if not may_have_happened and not claim.may_have_happened:
        _forget_sending(delivery)
    delivery.result = {**(delivery.result or {}), **(result or {})}
    if delivery.wanted != claim.wanted:
        start_over(delivery, at=at)
        return
    delivery.state = DeliveryState.PARKED.value
    delivery.claimed_until = None
    delivery.reason = reason


def is_wanted_anew(session: Session, claim: Claim) -> bool:
    """Whether it was wanted once more since the claim, so that what was found may be over by now."""
    wanted = session.scalar(select(Delivery.wanted).where(Delivery.id == claim.delivery_id))
    return wanted is not None and wanted != claim.wanted


def close(session: Session, claim: Claim, *, at: datetime, reason: str) -> None:
    """Nothing can be delivered any more, such as when the item is gone. What was wanted since is tried."""
    delivery = _held(session, claim)
    if delivery is None:
        return
    if delivery.wanted != claim.wanted:
        start_over(delivery, at=at)
        return
    delivery.reason = reason
    closed(delivery, DeliveryState.GIVEN_UP, at=at)


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


def wanted_first(session: Session, claim: Claim) -> datetime | None:
    """Since when an attempt may have been carried out unseen; None when none was made before this one.

    Also one of an earlier delivery, which a person gave up before its answer was found.
    """
    earlier = session.scalar(
        select(func.min(Delivery.created_at)).where(
            Delivery.record_type == claim.record_type,
            Delivery.record_id == claim.record_id,
            Delivery.target == claim.target.value,
            Delivery.id != claim.delivery_id,
        )
    )
    return earlier or (claim.wanted_since if claim.may_have_happened else None)


def note_made_as(session: Session, claim: Claim, values: Mapping[str, str]) -> bool:
    """Keep the name and marker of an item that is about to be made. False when the claim was lost."""
    delivery = _held(session, claim)
    if delivery is None:
        return False
    delivery.result = {**(delivery.result or {}), MADE_AS: dict(values)}
    return True


def made_as(session: Session, claim: Claim) -> dict[str, str]:
    """The name and marker that were last sent for the record's item; empty where none was."""
    results = session.scalars(
        select(Delivery.result)
        .where(
            Delivery.record_type == claim.record_type,
            Delivery.record_id == claim.record_id,
            Delivery.target == claim.target.value,
        )
        .order_by(Delivery.id.desc())
    )
    return next((dict(result[MADE_AS]) for result in results if result and MADE_AS in result), {})
