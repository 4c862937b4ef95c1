"""Whether monday lets us in at all. While it does not, nothing is asked of it and everything keeps its place.

Once the day's calls are used up, nothing is asked either, until monday counts them anew or answers earlier.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from betterform.actions import deliveries, inbox
from betterform.models.board_reading import BoardReading, ReadingState
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
    account.problem, account.checked_at = problem, at
    return True


def used_up_until(session: Session, *, at: datetime, lock: bool = False) -> datetime | None:
    """Until when nothing is to be asked as the day's calls are used up, or None.

    With `lock`, before something is put off until then: `cleared` would not see it otherwise.
    """
    account = _locked(session) if lock else session.get(MondayAccount, 1)
    until = account.used_up_until if account is not None else None
    return until if until is not None and until > at else None


def note_used_up(session: Session, *, until: datetime, at: datetime) -> datetime:
    """Note that monday takes no more calls today. Returns until when: what was noted before stays.

    To be called before the delivery or webhook is locked, as `note_problem`.
    """
    account = _locked(session)
    if account is None:
        return until
    if account.used_up_until is None or account.used_up_until <= at:
        account.used_up_until = until
        account.checked_at = at
    return account.used_up_until


def may_ask(session: Session, *, at: datetime, patience: float = 1.0) -> bool:
    """Whether to ask monday once more while it is held back; True notes that it is asked now.

    While a problem stands first a minute after it began, then after twice as long each time, at most an
    hour. While the day's calls are used up every hour, since the plan may have been raised.
    """
    account = _locked(session)
    if account is None:
        return False
    if account.problem:
        since = account.problem_since or account.checked_at
        last = max(since, account.checked_at)
        gap = min(max((last - since).total_seconds(), FIRST_GAP_SECONDS * patience), LONGEST_GAP_SECONDS)
    elif account.used_up_until is not None and account.used_up_until > at:
        last, gap = account.checked_at, LONGEST_GAP_SECONDS * patience
    else:
        return False
    if (at - last).total_seconds() < gap:
        return False
    account.checked_at = at
    return True


def cleared(session: Session, *, at: datetime) -> int:
    """monday lets us in again: everything that waited for it goes on. Returns how much that is.

    What was held back is due as it is, or now where it waited for the day's calls. What was parked because
    of settings is tried again; what waits or was parked for another reason is left alone.
    """
    account = _locked(session)
    held = 0
    if account is not None and account.used_up_until is not None:
        held = _make_due(session, account.used_up_until, at=at) if account.used_up_until > at else 0
        account.used_up_until = None
    if account is not None and account.problem:
        account.problem, account.problem_since = "", None
        held = _count_due(session, at=at)
    again = deliveries.retry_parked(session, at=at, outcome=SETTINGS)
    return held + again + inbox.read_again(session, at=at)


def _locked(session: Session) -> MondayAccount | None:
    return session.get(MondayAccount, 1, with_for_update={"key_share": True}, populate_existing=True)


def _make_due(session: Session, until: datetime, *, at: datetime) -> int:
    """Have what waits for exactly that moment go on now. Returns how many deliveries and webhooks."""
    count = 0
    for table, due, is_waiting in (
        (Delivery, Delivery.next_attempt_at, Delivery.state == DeliveryState.WAITING.value),
        (WebhookEvent, WebhookEvent.next_attempt_at, WebhookEvent.state == InboxState.WAITING.value),
        (BoardReading, BoardReading.next_step_at, BoardReading.state == ReadingState.RUNNING.value),
    ):
        # One by one in their order, as they are locked elsewhere.
        for id_ in session.scalars(select(table.id).where(is_waiting, due == until).order_by(table.id)).all():
            session.execute(update(table).where(table.id == id_, is_waiting, due == until).values({due: at}))
            count += table is not BoardReading
    return count


def _count_due(session: Session, *, at: datetime) -> int:
    waiting = select(func.count()).where(
        Delivery.state == DeliveryState.WAITING.value, Delivery.next_attempt_at <= at
    )
    unread = select(func.count()).where(
        WebhookEvent.state == InboxState.WAITING.value, WebhookEvent.next_attempt_at <= at
    )
    return (session.scalar(waiting) or 0) + (session.scalar(unread) or 0)
