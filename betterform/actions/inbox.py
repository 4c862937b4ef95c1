"""The inbox: webhooks stored once, claimed by one worker at a time, finished with a reason."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.errors import WrongState
from betterform.models.board import Board
from betterform.models.webhook_event import InboxState, WebhookEvent

LONGEST_KEY = 100
LONGEST_ID = 20
AT_ONCE = 500
# Ends the reason of what is parked because of settings: by it those are found again.
LOOK_AT_SETTINGS = "An admin has to look at the settings; then it is read again."
PLAIN_KEY = re.compile(rf"(?=.{{1,{LONGEST_KEY}}}\Z)[0-9a-z:_-]+")


@dataclass(frozen=True, slots=True)
class EventClaim:
    """The right to act on one webhook until `until`. `reason`: why it had to wait, in plain words, or ""."""

    event_id: int
    event_type: str
    board_id: str
    item_id: str
    payload: Mapping[str, Any]
    received_at: datetime
    attempts: int
    reason: str
    until: datetime


def receive(session: Session, payload: Mapping[str, Any], *, at: datetime) -> WebhookEvent | None:
    """Keep a webhook: `payload` is what monday sent, {"event": {...}}. None when it is there already."""
    event = payload["event"]
    key = dedupe_key(event)
    if _is_known(session, key):
        return None
    row = WebhookEvent(
        dedupe_key=key,
        event_type=str(event.get("type") or "")[:50],
        board_id=_id(event.get("boardId")),
        item_id=_id(event.get("pulseId") or event.get("itemId")),
        payload=dict(payload),
        received_at=at,
        state=InboxState.WAITING.value,
        attempts=0,
        next_attempt_at=at,
        reason="",
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        if not _is_known(session, key):  # whatever was refused, it is not stored
            raise
        return None  # the same webhook came twice at once
    return row


def _is_known(session: Session, key: str) -> bool:
    return session.scalar(select(WebhookEvent.id).where(WebhookEvent.dedupe_key == key)) is not None


def _id(value: object) -> str:
    """An id as it is stored. A longer text is no id of monday's, and cut short it could be another's."""
    text = str(value or "")
    return text if len(text) <= LONGEST_ID else ""


def dedupe_key(event: Mapping[str, Any]) -> str:
    """What tells one event from another: `triggerTime` and `isRetry` change with every attempt, so not by them."""
    subscription, trigger = event.get("subscriptionId"), event.get("triggerUuid")
    if subscription and trigger:
        key = f"{subscription}:{trigger}"
        # MariaDB takes A and a for the same: anything but small letters and digits goes by its hash.
        return key if PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()
    lasting = {key: value for key, value in event.items() if key not in ("triggerTime", "isRetry")}
    return hashlib.sha256(json.dumps(lasting, sort_keys=True, default=str).encode()).hexdigest()


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether anything could be claimed now. Reads only."""
    return session.scalar(select(WebhookEvent.id).where(_due(at)).limit(1)) is not None


def claim_due(session: Session, *, at: datetime, lease: timedelta) -> EventClaim | None:
    """Take the webhook that has waited longest and whose item nobody is looking at, or None."""
    # All boards' rows are the lock under which claims are made; SQLite has one for everything.
    session.scalars(select(Board.id).order_by(Board.id).with_for_update(key_share=True)).all()
    busy = select(WebhookEvent.item_id).where(
        WebhookEvent.state == InboxState.WAITING.value,
        WebhookEvent.claimed_until > at,
        WebhookEvent.item_id != "",
    )
    candidate = session.scalar(
        select(WebhookEvent.id)
        .where(_due(at), WebhookEvent.item_id.not_in(busy))
        .order_by(WebhookEvent.next_attempt_at, WebhookEvent.id)
        .limit(1)
    )
    row = _locked(session, candidate) if candidate is not None else None
    if (
        row is None
        or row.state != InboxState.WAITING
        or (row.claimed_until is not None and row.claimed_until > at)
    ):
        return None
    row.claimed_until = at + lease
    row.attempts += 1
    return EventClaim(
        event_id=row.id,
        event_type=row.event_type,
        board_id=row.board_id,
        item_id=row.item_id,
        payload=row.payload,
        received_at=row.received_at,
        attempts=row.attempts,
        reason=row.reason,
        until=row.claimed_until,
    )


def _due(at: datetime) -> ColumnElement[bool]:
    return and_(
        WebhookEvent.state == InboxState.WAITING.value,
        WebhookEvent.next_attempt_at <= at,
        or_(WebhookEvent.claimed_until.is_(None), WebhookEvent.claimed_until <= at),
    )


def _locked(session: Session, event_id: int) -> WebhookEvent | None:
    """The row as it is now, under lock; by its primary key, as MariaDB's other indexes could deadlock."""
    return session.scalar(
        select(WebhookEvent)
        .where(WebhookEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _held(session: Session, claim: EventClaim) -> WebhookEvent | None:
    row = _locked(session, claim.event_id)
    if row is None or row.state != InboxState.WAITING or row.claimed_until != claim.until:
        return None
    return row


def finish(
    session: Session, claim: EventClaim, *, at: datetime, reason: str = "", ignored: bool = False
) -> None:
    """Done with it, or ignored because it has nothing to do with us."""
    row = _held(session, claim)
    if row is not None:
        _close(row, InboxState.IGNORED if ignored else InboxState.DONE, at=at, reason=reason)


def finish_covered(session: Session, claim: EventClaim, *, read_at: datetime, at: datetime) -> int:
    """Finish what else waits about the same item and came before `read_at`: its state then is known.

    Returns how many.
    """
    if not claim.item_id:
        return 0
    waiting = session.scalars(
        select(WebhookEvent.id)
        .where(
            WebhookEvent.state == InboxState.WAITING.value,
            WebhookEvent.board_id == claim.board_id,
            WebhookEvent.item_id == claim.item_id,
            WebhookEvent.id != claim.event_id,
            WebhookEvent.received_at < read_at,
            WebhookEvent.claimed_until.is_(None),
        )
        .order_by(WebhookEvent.id)
    ).all()
    covered = 0
    for event_id in waiting:
        row = _locked(session, event_id)
        if row is not None and row.state == InboxState.WAITING and row.claimed_until is None:
            _close(row, InboxState.DONE, at=at, reason=f"The item was read for event {claim.event_id}.")
            covered += 1
    return covered


def postpone(session: Session, claim: EventClaim, *, until: datetime, reason: str) -> None:
    """Try again at `until`."""
    row = _held(session, claim)
    if row is not None:
        row.claimed_until = None
        row.next_attempt_at = until
        row.reason = reason


def hold(session: Session, claim: EventClaim, *, reason: str, until: datetime | None = None) -> None:
    """Put it back in its place, or have it wait until then: nothing was attempted that could count."""
    row = _held(session, claim)
    if row is not None:
        row.claimed_until = None
        row.next_attempt_at = until or row.next_attempt_at
        row.attempts -= 1
        row.reason = reason


def park(session: Session, claim: EventClaim, *, reason: str, for_settings: bool = False) -> None:
    """Only a person can help; `for_settings`: an admin, by other settings (see `read_again`)."""
    row = _held(session, claim)
    if row is not None:
        row.claimed_until = None
        row.state = InboxState.PARKED.value
        row.reason = f"{reason} {LOOK_AT_SETTINGS}" if for_settings else reason


def read_again(session: Session, *, at: datetime) -> int:
    """Have those read again that were parked because of settings. Returns how many."""
    parked = session.scalars(
        select(WebhookEvent.id)
        .where(WebhookEvent.state == InboxState.PARKED.value, WebhookEvent.reason.endswith(LOOK_AT_SETTINGS))
        .order_by(WebhookEvent.id)
    ).all()
    for start in range(0, len(parked), AT_ONCE):
        session.execute(
            update(WebhookEvent)
            .where(
                WebhookEvent.id.in_(parked[start : start + AT_ONCE]),
                WebhookEvent.state == InboxState.PARKED.value,
            )
            .values(state=InboxState.WAITING.value, next_attempt_at=at, attempts=0, reason="")
        )
    return len(parked)


def replay(session: Session, event: WebhookEvent, *, at: datetime) -> None:
    """Act on it again, as if it had just come. Raises WrongState while somebody is acting on it."""
    row = _locked(session, event.id) or event
    if row.state == InboxState.WAITING and row.claimed_until is not None and row.claimed_until > at:
        raise WrongState("A worker is looking at this event just now.")
    row.state = InboxState.WAITING.value
    row.next_attempt_at = at
    row.claimed_until = row.finished_at = None
    row.attempts = 0
    row.reason = ""


def of_item(session: Session, item_id: str) -> Sequence[WebhookEvent]:
    """The webhooks about an item, newest first."""
    return session.scalars(
        select(WebhookEvent).where(WebhookEvent.item_id == item_id).order_by(WebhookEvent.id.desc()).limit(50)
    ).all()


def column_of(event: WebhookEvent) -> str:
    """The title of the column that the webhook is about, "" for none."""
    told = event.payload.get("event")
    return str(told.get("columnTitle") or "") if isinstance(told, dict) else ""


def _close(row: WebhookEvent, state: InboxState, *, at: datetime, reason: str) -> None:
    row.state = state.value
    row.claimed_until = None
    row.finished_at = at
    row.reason = reason


def still_held(session: Session, claim: EventClaim) -> bool:
    """Whether the claim is still ours. Its event stays locked until the transaction ends."""
    return _held(session, claim) is not None
