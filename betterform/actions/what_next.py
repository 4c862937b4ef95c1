"""What happens next with a delivery or a webhook, in words for whoever looks at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState
from betterform.models.webhook_event import InboxState, WebhookEvent

# Outcomes of attempts, as they are kept (see monday.errors).
TOMORROW, SETTINGS, DATA, MISTAKE, AGAIN = (
    "wait until tomorrow",
    "fix settings",
    "fix data",
    "our mistake",
    "try again",
)
HELP = {
    SETTINGS: "Only an admin can help: put right in the settings what the reason says, then press Retry now.",
    DATA: "Only a person can help: correct the value here or the column on the board, then try again.",
    MISTAKE: "A fault of the program: please report it with the attempt shown here.",
    AGAIN: "monday.com kept failing on it: look at the values and at the board, then try again.",
}
HELP_OF_ANY_KIND = "Only a person can help: put right what the reason says, then try again."
SHUT_OUT = "Waits since monday.com does not let us in: see the settings. Nothing is lost."


def outcomes(session: Session, deliveries: Iterable[Delivery]) -> dict[int, str]:
    """The outcome of the last attempt of each delivery that is open, by its id, in one query."""
    ids = [delivery.id for delivery in deliveries if DeliveryState(delivery.state).is_open]
    if not ids:
        return {}
    last = (
        select(func.max(DeliveryAttempt.id))
        .where(DeliveryAttempt.delivery_id.in_(ids))
        .group_by(DeliveryAttempt.delivery_id)
    )
    rows = session.execute(
        select(DeliveryAttempt.delivery_id, DeliveryAttempt.outcome).where(DeliveryAttempt.id.in_(last))
    )
    return dict(rows.all())


def of_delivery(delivery: Delivery, *, outcome: str, problem: str, at: datetime) -> str:
    """The next step of a delivery whose last attempt ended with `outcome`; `problem` is the account's."""
    match DeliveryState(delivery.state):
        case DeliveryState.RUNNING if delivery.claimed_until is not None and delivery.claimed_until > at:
            return "It is being delivered right now."
        case DeliveryState.RUNNING:
            return "The worker that had it is gone; another takes it over within a minute."
        case DeliveryState.WAITING if problem:
            return SHUT_OUT
        case DeliveryState.WAITING:
            return _waiting(delivery.next_attempt_at, tomorrow=outcome == TOMORROW, at=at, word="tried")
        case DeliveryState.PARKED:
            return HELP.get(outcome, HELP_OF_ANY_KIND)
        case DeliveryState.DONE:
            return "Nothing: the board holds what was wanted."
        case _:
            return "Nothing more is tried. The next change of the record is delivered anew."


def of_event(event: WebhookEvent, *, problem: str, at: datetime) -> str:
    """The next step of a webhook; `problem` is the account's."""
    match InboxState(event.state):
        case InboxState.WAITING if event.claimed_until is not None and event.claimed_until > at:
            return "It is being read right now."
        case InboxState.WAITING if problem:
            return SHUT_OUT
        case InboxState.WAITING:
            later = event.next_attempt_at or at
            return _waiting(later, tomorrow=False, at=at, word="read")
        case InboxState.PARKED:
            return "Only a person can help: put right what the reason says, then press Read it again."
        case InboxState.IGNORED:
            return "Nothing: it is kept, and nothing follows from it."
        case _:
            return "Nothing: what the item showed is stored."


def _waiting(until: datetime, *, tomorrow: bool, at: datetime, word: str) -> str:
    if until <= at + timedelta(seconds=2):
        return f"It is {word} in a moment."
    if tomorrow:
        return f"Waits until monday.com counts the day's calls anew: {word} {soon(until - at)}."
    return f"It is {word} again {soon(until - at)}."


def soon(wait: timedelta) -> str:
    """ "in 4 minutes": rounded to what a person would say."""
    seconds = max(1, round(wait.total_seconds()))
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size * 1.5:
            return f"in {round(seconds / size)} {name}s"
        if seconds >= size:
            return f"in 1 {name}"
    return f"in {seconds} second{'s' if seconds > 1 else ''}"
