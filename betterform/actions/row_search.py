"""Finding rows of inbox and outbox: by what a person types, by state, by board, by time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, defer

from betterform.actions import event_words, subjects
from betterform.actions.matching import holds_words
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState, Target
from betterform.models.webhook_event import InboxState, WebhookEvent

LARGEST_ID = 2**31 - 1  # what the databases take for one of our ids
SHORTEST_REQUEST_ID = 8
MOMENTS = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for. Empty texts and None ask for everything; `part` is a target or a board's id."""

    typed: str = ""
    state: str = ""
    part: str = ""
    since: datetime | None = None


def deliveries(sought: Sought) -> Select[Delivery]:
    """The deliveries sought, the newest first."""
    wanted = select(Delivery).where(*_of_deliveries(sought)).order_by(Delivery.id.desc())
    if sought.state in set(DeliveryState):
        wanted = wanted.where(Delivery.state == sought.state)
    return wanted


def events(sought: Sought) -> Select[WebhookEvent]:
    """The webhooks sought, the newest first, without what came with them."""
    wanted = select(WebhookEvent).options(defer(WebhookEvent.payload)).where(*_of_events(sought))
    if sought.state in set(InboxState):
        wanted = wanted.where(WebhookEvent.state == sought.state)
    return wanted.order_by(WebhookEvent.id.desc())


def deliveries_by_state(session: Session, sought: Sought) -> dict[str, int]:
    """How many deliveries are in each state, whatever state is sought."""
    return _by_state(session, Delivery.state, _of_deliveries(sought))


def events_by_state(session: Session, sought: Sought) -> dict[str, int]:
    """How many webhooks are in each state, whatever state is sought."""
    return _by_state(session, WebhookEvent.state, _of_events(sought))


def _by_state(session: Session, state: Any, conditions: list[ColumnElement[bool]]) -> dict[str, int]:
    found = session.execute(select(state, func.count()).where(*conditions).group_by(state))
    return dict(found.all())


def _of_deliveries(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.part in set(Target):
        conditions.append(Delivery.target == sought.part)
    if sought.since is not None:
        conditions.append(Delivery.created_at >= sought.since)
    if sought.typed:
        conditions.append(_typed_of_deliveries(sought.typed))
    return conditions


def _typed_of_deliveries(typed: str) -> ColumnElement[bool]:
    ways = [holds_words(typed, Delivery.reason, Delivery.target)]
    for kind, model, condition in subjects.looked_for(typed):
        ids = select(model.id).where(condition)  # type: ignore[attr-defined]
        ways.append(and_(Delivery.record_type == kind, Delivery.record_id.in_(ids)))
    if (id_ := _id_in(typed)) is not None:
        ways.append(Delivery.id == id_)
    if _may_be_request_id(typed):
        of_attempts = select(DeliveryAttempt.delivery_id).where(DeliveryAttempt.request_id == typed)
        ways.append(Delivery.id.in_(of_attempts))
    return or_(*ways)


def _of_events(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.part:
        conditions.append(WebhookEvent.board_id == sought.part)
    if sought.since is not None:
        conditions.append(WebhookEvent.received_at >= sought.since)
    if sought.typed:
        conditions.append(_typed_of_events(sought.typed))
    return conditions


def _typed_of_events(typed: str) -> ColumnElement[bool]:
    ways = [
        holds_words(typed, WebhookEvent.reason, WebhookEvent.event_type),
        WebhookEvent.event_type.in_(event_words.events_told_as(typed)),
        WebhookEvent.item_id == typed,
        WebhookEvent.dedupe_key == typed,
    ]
    for _kind, model, condition in subjects.looked_for(typed):
        mids = select(model.mid).where(condition, model.mid.is_not(None))  # type: ignore[attr-defined]
        ways.append(WebhookEvent.item_id.in_(mids))
    if (id_ := _id_in(typed)) is not None:
        ways.append(WebhookEvent.id == id_)
    return or_(*ways)


def _id_in(typed: str) -> int | None:
    """12 for "12" and "#12"; None for what is no id of ours."""
    digits = typed.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    return int(digits) if int(digits) <= LARGEST_ID else None


def _may_be_request_id(typed: str) -> bool:
    """monday's request ids are one word with digits; nothing else is worth a look at every attempt."""
    return (
        len(typed) >= SHORTEST_REQUEST_ID
        and " " not in typed
        and not typed.isdigit()
        and any(char.isdigit() for char in typed)
    )


def deliveries_move(session: Session, *, at: datetime) -> bool:
    """Whether a delivery is under way or due within moments, so that a list will soon be out of date."""
    due = and_(Delivery.state == DeliveryState.WAITING.value, Delivery.next_attempt_at <= at + MOMENTS)
    running = Delivery.state == DeliveryState.RUNNING.value
    return session.scalar(select(Delivery.id).where(or_(due, running)).limit(1)) is not None


def events_move(session: Session, *, at: datetime) -> bool:
    """Whether a webhook is due within moments."""
    waiting = WebhookEvent.state == InboxState.WAITING.value
    due = select(WebhookEvent.id).where(waiting, WebhookEvent.next_attempt_at <= at + MOMENTS)
    return session.scalar(due.limit(1)) is not None
