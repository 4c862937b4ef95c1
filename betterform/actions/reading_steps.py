"""A reading of a board from the worker's side: a step is claimed, its items are noted, the page is turned.

A step is one call to monday. A claim is a lease; when a worker is killed, its lease ends and somebody
else does the step again. Items that were noted already are left out then, so nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from betterform.actions import board_readings
from betterform.actions.board_readings import LARGEST_PAGE, LISTED, LOOK, NAMES, RESTARTS, WORKING
from betterform.models.board import BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind, ReadingState
from betterform.models.contact import Contact
from betterform.models.history import SYSTEM
from betterform.models.product import Product
from betterform.models.quote import Quote

AT_A_LOOK = 100  # monday shows at most so many items by their ids
MOST_NAMES = 20
MOST_REFUSED = 200
# monday's clock and ours may differ, and what changes while a page is read may be missing from it.
MARGIN = timedelta(minutes=10)
# monday's cursors live 60 minutes.
CURSOR_LIFE = timedelta(minutes=55)
MOST_RESTARTS = 3
NAMED = ("added", "changed", "archived", "restored")
EMPTY_BOARD = "The board shows no items at all. That is likelier a mistake, so nothing was archived here."


@dataclass(frozen=True, slots=True)
class Step:
    """The right to make one call for a reading until `until`.

    `look` holds the items to be looked at closely, once all pages were read. Of a reading of what changed,
    `since` is when the last one began, with a margin. `noted` are the items that were dealt with before.
    """

    reading_id: int
    role: BoardRole
    kind: ReadingKind
    cursor: str | None
    look: tuple[str, ...]
    since: datetime
    connected_at: datetime
    noted: frozenset[str]
    largest_page: int | None
    attempts: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """What came of one item. Without an outcome it was only seen; `look` has it looked at closely later."""

    item_id: str
    name: str = ""
    outcome: str = ""
    reason: str = ""
    look: bool = False


class StepLost(Exception):
    """The lease ran out and somebody else may be at it: stop at once."""


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether a step could be claimed now. Reads only."""
    return session.scalar(select(BoardReading.id).where(_due(at)).limit(1)) is not None


def claim_step(
    session: Session, *, at: datetime, lease: timedelta, reading_id: int | None = None
) -> Step | None:
    """Take the step that has waited longest, or that of one reading; None when none is due."""
    wanted = select(BoardReading.id).where(_due(at))
    if reading_id is not None:
        wanted = wanted.where(BoardReading.id == reading_id)
    candidate = session.scalar(wanted.order_by(BoardReading.next_step_at, BoardReading.id).limit(1))
    row = _locked(session, candidate) if candidate is not None else None
    if row is None or row.state != ReadingState.RUNNING or not _is_free(row, at):
        return None
    board = board_readings.board_of(session, row)
    if board is None:
        _fail(row, "Another board was chosen meanwhile: start it anew.", at=at)
        return None
    if row.cursor is not None and row.cursor_since is not None and at - row.cursor_since > CURSOR_LIFE:
        row.cursor = row.cursor_since = None
    if row.cursor is None and not row.counts.get(LISTED):
        row.cursor_since = at
    row.claimed_until = at + lease
    row.attempts += 1
    return Step(
        reading_id=row.id,
        role=BoardRole(row.role),
        kind=ReadingKind(row.kind),
        cursor=row.cursor,
        look=tuple(row.counts.get(LOOK, ())[:AT_A_LOOK]) if row.counts.get(LISTED) else (),
        since=(board.reconciled_at or board.created_at) - MARGIN,
        connected_at=board.created_at,
        noted=frozenset(row.present),
        largest_page=row.counts.get(LARGEST_PAGE),
        attempts=row.attempts,
        until=row.claimed_until,
    )


def _due(at: datetime) -> ColumnElement[bool]:
    return and_(
        BoardReading.state == ReadingState.RUNNING.value,
        BoardReading.next_step_at <= at,
        or_(BoardReading.claimed_until.is_(None), BoardReading.claimed_until <= at),
    )


def _is_free(row: BoardReading, at: datetime) -> bool:
    return row.next_step_at <= at and (row.claimed_until is None or row.claimed_until <= at)


def _locked(session: Session, reading_id: int) -> BoardReading | None:
    return session.get(BoardReading, reading_id, with_for_update=True, populate_existing=True)


def hold(session: Session, step: Step, *, until: datetime) -> tuple[BoardReading, Step]:
    """The reading under lock, claimed for longer. To be called first in a transaction. Raises StepLost."""
    row = _held(session, step)
    if row is None:
        raise StepLost
    row.claimed_until = until
    return row, replace(step, until=until)


def _held(session: Session, step: Step) -> BoardReading | None:
    row = _locked(session, step.reading_id)
    if row is None or row.state != ReadingState.RUNNING or row.claimed_until != step.until:
        return None
    return row


def note(row: BoardReading, noted: Iterable[Noted]) -> None:
    """Count what came of items, in the transaction that wrote it."""
    noted = list(noted)
    counts: dict[str, Any] = dict(row.counts)
    names = {outcome: list(found) for outcome, found in counts.get(NAMES, {}).items()}
    refused = list(row.refused)
    for one in noted:
        if one.outcome:
            counts[one.outcome] = counts.get(one.outcome, 0) + 1
        if one.outcome in NAMED and len(names.setdefault(one.outcome, [])) < MOST_NAMES:
            names[one.outcome].append([one.item_id, one.name[:200]])
        if one.reason and len(refused) < MOST_REFUSED:
            refused.append({"item": one.item_id, "name": one.name[:200], "reason": one.reason})
    done = {one.item_id for one in noted if not one.look}
    look = [item for item in counts.get(LOOK, ()) if item not in done]
    look += [one.item_id for one in noted if one.look and one.item_id not in look]
    row.counts = {**counts, LOOK: look} | ({NAMES: names} if names else {})
    row.refused = refused
    if not counts.get(LISTED):
        present = set(row.present)
        row.present = [*row.present, *(one.item_id for one in noted if one.item_id not in present)]
        row.items_read = len(row.present)


def turn_page(
    session: Session, row: BoardReading, *, cursor: str | None, expected: int | None, at: datetime
) -> None:
    """The page is noted whole: go on with the next, then with what is to be looked at closely, then finish."""
    row.items_expected = expected if expected is not None else row.items_expected
    row.cursor = cursor
    if cursor is None and not row.counts.get(LISTED):
        look = list(row.counts.get(LOOK, ()))
        if row.kind != ReadingKind.CHANGES:
            missing = missing_items(session, BoardRole(row.role), set(row.present))
            if missing and not row.present:
                row.reason, missing = EMPTY_BOARD, []
            look += [item for item in missing if item not in look]
        row.counts = {**row.counts, LISTED: True, LOOK: look}
    release(session, row, at=at)


def release(session: Session, row: BoardReading, *, at: datetime) -> None:
    """The step is done: the next one is due, or there is none."""
    row.claimed_until, row.attempts, row.next_step_at = None, 0, at
    if row.reason != EMPTY_BOARD:
        row.reason = ""
    if row.counts.get(LISTED) and not row.counts.get(LOOK):
        _finish(session, row, at=at)


def _finish(session: Session, row: BoardReading, *, at: datetime) -> None:
    row.state, row.open_key, row.finished_at = ReadingState.DONE.value, None, at
    row.cursor = row.cursor_since = None
    row.present = []
    row.counts = {name: value for name, value in row.counts.items() if name not in WORKING}
    board = board_readings.board_of(session, row)
    if board is not None and row.kind in (ReadingKind.CHANGES, ReadingKind.PULL):
        board.reconciled_at = max(filter(None, (board.reconciled_at, row.started_at)))
    if board is not None and row.kind in (ReadingKind.LISTING, ReadingKind.PULL):
        board.listed_at = max(filter(None, (board.listed_at, row.started_at)))
    if row.started_by == SYSTEM.name and not found_anything(row) and not row.reason:
        session.delete(row)


def found_anything(row: BoardReading) -> bool:
    """Whether there is anything to tell."""
    return bool(row.refused) or any(row.counts.get(outcome) for outcome in NAMED)


def missing_items(session: Session, role: BoardRole, present: Collection[str]) -> list[str]:
    """Items that we have records of, and that the board does not show."""
    if role is BoardRole.DEALS:
        known = select(Quote.mid).where(Quote.mid.is_not(None), Quote.item_problem == "")
    elif role is BoardRole.CONTACTS:
        known = select(Contact.mid).where(
            Contact.mid.is_not(None), Contact.archived_at.is_(None), Contact.merged_into_id.is_(None)
        )
    else:
        known = select(Product.mid).where(Product.mid.is_not(None), Product.archived_at.is_(None))
    return [mid for mid in session.scalars(known) if mid is not None and mid not in present]


def restart(session: Session, step: Step, *, at: datetime) -> bool:
    """The cursor is no longer good: begin with the first page, leaving out what was noted. False when too often."""
    row = _held(session, step)
    if row is None:
        return True
    restarts = int(row.counts.get(RESTARTS, 0)) + 1
    if restarts > MOST_RESTARTS:
        return False
    row.counts = {**row.counts, RESTARTS: restarts}
    row.cursor = row.cursor_since = row.claimed_until = None
    row.next_step_at, row.attempts = at, 0
    return True


def shrink(session: Session, step: Step, *, largest_page: int, at: datetime, reason: str) -> None:
    """Ask for fewer items at once from now on, and from `at`."""
    row = _held(session, step)
    if row is not None:
        row.counts = {**row.counts, LARGEST_PAGE: largest_page}
        row.claimed_until, row.next_step_at, row.reason = None, at, reason


def postpone(session: Session, step: Step, *, until: datetime, reason: str) -> None:
    """Make the call again at `until`."""
    row = _held(session, step)
    if row is not None:
        row.claimed_until, row.next_step_at, row.reason = None, until, reason


def fail(session: Session, step: Step, *, reason: str, at: datetime) -> None:
    """Stop; a person may have it go on from here."""
    row = _held(session, step)
    if row is not None:
        _fail(row, reason, at=at)


def _fail(row: BoardReading, reason: str, *, at: datetime) -> None:
    row.state, row.open_key, row.finished_at = ReadingState.FAILED.value, None, at
    row.claimed_until, row.reason = None, reason
