"""Whether monday lets us in at all. While it does not, nothing is asked of it and everything keeps its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform.actions import deliveries, inbox
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.monday_account import MondayAccount
from betterform.models.webhook_event import InboxState, WebhookEvent

# The outcome of an attempt that only other settings could have helped.
SETTINGS = "fix settings"
# Between two questions while monday does not let us in.
FIRST_GAP_SECONDS = 60.0
LONGEST_GAP_SECONDS = 3_600.0


def problem_of(session: Session) -> str:
    """What an admin has to put right before anything can be read or written, or ""."""
    return session.scalar(select(MondayAccount.problem).where(MondayAccount.id == 1)) or ""


def note_problem(session: Session, problem: str, *, at: datetime) -> bool:
    """Note that monday does not let us in. False before the boards were connected: there is no account yet.

    To be called before the delivery or webhook is locked; `cleared` locks in the same order.
    """
    account = _locked(session)
    if account is None:
        return False
    if not account.problem:
        account.problem_since = at
    account.problem = problem
    return True


def may_ask(session: Session, *, at: datetime, patience: float = 1.0) -> bool:
    """Whether to ask monday once more while a problem stands; True notes that it is asked now.

    First a minute after the problem began, then after twice as long each time, at most an hour.
    """
    account = _locked(session)
    if account is None or not account.problem:
        return False
    since = account.problem_since or account.checked_at
    last = max(since, account.checked_at)
    gap = min(max((last - since).total_seconds(), FIRST_GAP_SECONDS * patience), LONGEST_GAP_SECONDS)
    if (at - last).total_seconds() < gap:
        return False
    account.checked_at = at
    return True


def cleared(session: Session, *, at: datetime) -> int:
    """monday lets us in again: everything that waited for it goes on. Returns how much that is.

    What was held back is due as it is. What was parked because of settings is tried again; what waits or
    was parked for another reason is left alone.
    """
    account = _locked(session)
    held = 0
    if account is not None and account.problem:
        account.problem, account.problem_since = "", None
        held = _count_due(session, at=at)
    again = deliveries.retry_parked(session, at=at, outcome=SETTINGS)
    return held + again + inbox.read_again(session, at=at)


def _locked(session: Session) -> MondayAccount | None:
    return session.get(MondayAccount, 1, with_for_update={"key_share": True}, populate_existing=True)


def _count_due(session: Session, *, at: datetime) -> int:
    waiting = select(func.count()).where(
        Delivery.state == DeliveryState.WAITING.value, Delivery.next_attempt_at <= at
    )
    unread = select(func.count()).where(
        WebhookEvent.state == InboxState.WAITING.value, WebhookEvent.next_attempt_at <= at
    )
    return (session.scalar(waiting) or 0) + (session.scalar(unread) or 0)
