"""Whole boards read: started by a person or when it is time, looked at while they run, gone on with after a failure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.actions import account_health, boards
from betterform.errors import NotFound, WrongState
from betterform.models.board import Board, BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind, ReadingState
from betterform.models.history import SYSTEM, Author

READ = (BoardRole.DEALS, BoardRole.CONTACTS, BoardRole.PRODUCTS)
CATALOGUES = (BoardRole.CONTACTS, BoardRole.PRODUCTS)
KEPT = timedelta(days=60)

# What a reading keeps in `counts` beside its outcomes: the board that it is about, names of what was
# added or changed, and, while it runs, how far it is.
BOARD = "board"
NAMES = "names"
LISTED = "listed"  # all pages were read
LOOK = "look"  # ids of items to be looked at closely after that
LARGEST_PAGE = "largest_page"
RESTARTS = "restarts"
WORKING = (LISTED, LOOK, LARGEST_PAGE, RESTARTS)


def start(session: Session, role: BoardRole, kind: ReadingKind, *, by: Author, at: datetime) -> BoardReading:
    """Begin to read a board, or the reading of that kind that is running already.

    Raises WrongState when the board is not chosen yet, or monday does not let us in.
    """
    board = boards.of_role(session, role)
    if board is None:
        raise WrongState(f"No {role.value.upper()} board is chosen yet: connect the boards first.")
    problem = account_health.problem_of(session)
    if problem:
        raise WrongState(problem)
    reading = BoardReading(
        role=role.value,
        kind=kind.value,
        state=ReadingState.RUNNING.value,
        open_key=_open_key(role.value, kind.value),
        started_at=at,
        started_by=by.name,
        next_step_at=at,
        counts={BOARD: board.board_id},
    )
    running = _open(session, role.value, kind.value)
    if running is not None:
        if running.started_by == SYSTEM.name:
            running.started_by = by.name  # somebody waits for it now
        return running
    try:
        with session.begin_nested():
            session.add(reading)
            session.flush()
    except IntegrityError:  # two pressed the button at once
        return session.scalars(
            select(BoardReading).where(BoardReading.open_key == _open_key(role.value, kind.value))
        ).one()
    return reading


def start_due(session: Session, *, at: datetime, changes: timedelta, listing: timedelta) -> int:
    """Begin what is to be read from time to time: what changed, and which items there are. Returns how many.

    Nothing while nothing is connected or an admin has to put something right first. A failed reading is
    not begun again before its next time.
    """
    account = boards.account(session)
    if account is None or account.problem:
        return 0
    last_started = {
        (role, kind): started
        for role, kind, started in session.execute(
            select(BoardReading.role, BoardReading.kind, func.max(BoardReading.started_at)).group_by(
                BoardReading.role, BoardReading.kind
            )
        )
    }
    begun = 0
    for board in boards.every(session):
        if board.role not in READ:
            continue
        for kind, every, last in (
            (ReadingKind.CHANGES, changes, board.reconciled_at),
            (ReadingKind.LISTING, listing, board.listed_at),
        ):
            latest = max(filter(None, (board.created_at, last, last_started.get((board.role, kind.value)))))
            if latest + every <= at and _open(session, board.role, kind.value) is None:
                start(session, BoardRole(board.role), kind, by=SYSTEM, at=at)
                begun += 1
    if begun:
        forget_old(session, at=at)
    return begun


def forget_old(session: Session, *, at: datetime) -> None:
    """Drop the readings that ended long ago."""
    session.execute(
        delete(BoardReading).where(
            BoardReading.state != ReadingState.RUNNING.value, BoardReading.started_at < at - KEPT
        )
    )


def resume(session: Session, reading: BoardReading, *, at: datetime) -> BoardReading:
    """Go on now: after a failure from where it stopped, or without waiting longer.

    Raises WrongState when it is done, when another of its kind is running, or monday does not let us in.
    """
    row = session.get(BoardReading, reading.id, with_for_update=True, populate_existing=True)
    if row is None or row.state == ReadingState.DONE:
        raise WrongState("It is done already.")
    if row.state == ReadingState.FAILED:
        if _open(session, row.role, row.kind) is not None:
            raise WrongState("Another one is running already.")
        problem = account_health.problem_of(session)
        if problem:
            raise WrongState(problem)
        row.state, row.open_key = ReadingState.RUNNING.value, _open_key(row.role, row.kind)
        row.finished_at = None
        row.counts = {**row.counts, RESTARTS: 0}
    row.next_step_at, row.attempts, row.reason = at, 0, ""
    return row


def find(session: Session, reading_id: int) -> BoardReading:
    """One reading. Raises NotFound."""
    reading = session.get(BoardReading, reading_id)
    if reading is None:
        raise NotFound("There is no such reading.")
    return reading


def running(session: Session, *, kind: ReadingKind | None = None) -> Sequence[BoardReading]:
    """Those under way, oldest first."""
    wanted = select(BoardReading).where(BoardReading.open_key.is_not(None))
    if kind is not None:
        wanted = wanted.where(BoardReading.kind == kind.value)
    return session.scalars(wanted.order_by(BoardReading.id)).all()


def latest(session: Session, role: BoardRole, kind: ReadingKind) -> BoardReading | None:
    """The newest reading of that kind of the board, or None."""
    return session.scalar(
        select(BoardReading)
        .where(BoardReading.role == role.value, BoardReading.kind == kind.value)
        .order_by(BoardReading.id.desc())
        .limit(1)
    )


def recent(session: Session, *, limit: int = 10) -> Sequence[BoardReading]:
    """The last ones, newest first. What was looked at by itself and found nothing leaves no row."""
    return session.scalars(select(BoardReading).order_by(BoardReading.id.desc()).limit(limit)).all()


def noteworthy(session: Session) -> Sequence[BoardReading]:
    """What runs, then the last fetch of each catalogue, and others whose last try failed."""
    newest = select(func.max(BoardReading.id)).group_by(BoardReading.role, BoardReading.kind)
    rows = session.scalars(
        select(BoardReading)
        .where(
            BoardReading.open_key.is_not(None)
            | (
                BoardReading.id.in_(newest)
                & (
                    (BoardReading.kind == ReadingKind.PULL.value)
                    | (BoardReading.state == ReadingState.FAILED.value)
                )
            )
        )
        .order_by(BoardReading.id)
    ).all()
    return sorted(rows, key=lambda row: row.state != ReadingState.RUNNING)


def boards_read(session: Session) -> list[Board]:
    """The chosen boards that are read, with when that was."""
    return [board for board in boards.every(session) if board.role in READ]


def was_pulled(session: Session, role: BoardRole) -> bool:
    """Whether the board was ever read whole."""
    return (
        session.scalar(
            select(BoardReading.id)
            .where(
                BoardReading.role == role.value,
                BoardReading.kind == ReadingKind.PULL.value,
                BoardReading.state == ReadingState.DONE.value,
            )
            .limit(1)
        )
        is not None
    )


def board_of(session: Session, reading: BoardReading) -> Board | None:
    """The board that is read; None when another was chosen for the part meanwhile."""
    board = boards.of_role(session, BoardRole(reading.role))
    return board if board is not None and board.board_id == reading.counts.get(BOARD) else None


def _open_key(role: str, kind: str) -> str:
    return f"{role}:{kind}"


def _open(session: Session, role: str, kind: str) -> BoardReading | None:
    return session.scalar(select(BoardReading).where(BoardReading.open_key == _open_key(role, kind)))
