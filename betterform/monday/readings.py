"""Boards read step by step: one call, then what it showed is written in small transactions.

What was read is true as of the moment of asking. Items of which something newer came in between (a
webhook, a write of ours) are left alone and looked at once more at the end.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, board_readings, boards, quotes, reading_news, reading_steps
from betterform.actions.reading_steps import Noted, Step, StepLost
from betterform.db import db, is_crowding, transaction
from betterform.models.board import Board, BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind, ReadingState
from betterform.monday import board_pages, days_calls, deals_in, reading_items
from betterform.monday.answers import USED_UP
from betterform.monday.client import Client
from betterform.monday.errors import FixSettings, Refusal, TryAgain, WaitUntilTomorrow
from betterform.monday.items import Item
from betterform.monday.office import Office
from betterform.monday.patience import after_midnight, next_attempt

log = logging.getLogger(__name__)

# So many records a transaction: few enough that nobody waits long for the lock.
AT_ONCE = 50
SMALLEST_PAGE = 10
MOST_TURNS = 4
MOST_FAILURES = 5
LONGEST_WAIT_SECONDS = 120.0
# Between monday's clock and ours, and between making a deal and connecting.
CLOCK_DIFFERENCE = timedelta(seconds=2)
FAILED = "betterform failed on it; the log says why."


def work_next(office: Office) -> bool:
    """Do one step of the reading that has waited longest. False when none is due, or monday does not let us in."""
    session = db.session()
    if not reading_steps.is_due(session, at=clock.now()) or account_health.problem_of(session):
        return False
    return _step(office, None)


def run(
    office: Office, reading_id: int, *, progress: Callable[[BoardReading], None] = lambda _reading: None
) -> None:
    """Do all steps of one reading here and now, beside whatever the workers do.

    Comes back when it ended, when it has to wait for longer than a person would, or while monday does not
    let us in: then its reason says so.
    """
    while True:
        problem = account_health.problem_of(db.session())
        did = not problem and _step(office, reading_id)
        db.session.rollback()
        reading = db.session.get(BoardReading, reading_id)
        if reading is None or reading.state != ReadingState.RUNNING:
            return
        if problem:
            with transaction() as session:
                session.get_one(BoardReading, reading_id).reason = problem
            return
        progress(reading)
        if not did:
            wait = (reading.next_step_at - clock.now()).total_seconds()
            if wait > LONGEST_WAIT_SECONDS:
                return
            db.session.rollback()
            time.sleep(max(0.05, min(wait, 1.0)))


def _step(office: Office, reading_id: int | None) -> bool:
    with transaction() as session:
        step = reading_steps.claim_step(session, at=clock.now(), lease=office.lease, reading_id=reading_id)
    if step is None:
        return False
    if days_calls.are_used_up(
        lambda session, until: reading_steps.postpone(session, step, until=until, reason=USED_UP)
    ):
        return True
    log.info("reading %s: %s of %s", step.reading_id, step.kind.value, step.role.value)
    reader = Reader(office, step)
    try:
        with office.client() as client:
            reader.read(client)
    except Refusal as refusal:
        _put_off(office, reader.step, refusal)
    except StepLost:
        log.warning("reading %s: somebody else goes on with it", step.reading_id)
    except Exception:
        log.exception("reading %s failed", step.reading_id)
        _put_off(office, reader.step, TryAgain(FAILED))
    return True


@dataclass
class Reader:
    """One step under way. `own` says when it noted the values of an item itself, `unlinked` which deals lost
    their contact.
    """

    office: Office
    step: Step
    own: dict[str, datetime] = field(default_factory=dict)
    unlinked: frozenset[str] = frozenset()

    def read(self, client: Client) -> None:
        """Make the call and write what it showed. Raises Refusal and StepLost."""
        board = self._board(db.session())
        read_at = clock.now()
        if self.step.look:
            shown = board_pages.fetch_these(client, self.step, board)
            self._see_unlinked(client, board, list(shown.values()))
            self._write_all([(item_id, shown.get(item_id)) for item_id in self.step.look], read_at)
            self._end(lambda session, row: reading_steps.release(session, row, at=clock.now()))
            return
        page = board_pages.fetch(client, self.step, board)
        found, cursor = page.items, page.cursor
        if self.step.kind is ReadingKind.CHANGES:
            found = page.changed_since(self.step.since)
            cursor = None if page.is_past(self.step.since) else page.cursor
        fresh = [(item.id, item) for item in found if item.id not in self.step.noted]
        if self.step.kind is not ReadingKind.LISTING:
            self._see_unlinked(client, board, [item for _, item in fresh])
        self._write_all(fresh, read_at)
        self._end(
            lambda session, row: reading_steps.turn_page(
                session, row, cursor=cursor, expected=page.expected, at=clock.now()
            )
        )

    def _is_of_before(self, session: Session, item: Item | None) -> bool:
        """Whether a deal without a quote is older than our connection: whoever changes it wants no quote yet."""
        if item is None or self.step.role is not BoardRole.DEALS or self.step.kind is ReadingKind.PULL:
            return False
        made = board_pages.moment(item.created_at)
        is_older = made is not None and made < self.step.connected_at - CLOCK_DIFFERENCE
        return is_older and quotes.find_by_item(session, item.id) is None

    def _see_unlinked(self, client: Client, board: Board, found: Sequence[Item | None]) -> None:
        """Make sure of the deals that seem to name nobody, before anything is written."""
        if board.role == BoardRole.DEALS:
            gone: dict[str, bool] = {}
            self.unlinked = frozenset(
                item.id for item in found if item is not None and self._is_unlinked(client, board, item, gone)
            )

    def _is_unlinked(self, client: Client, board: Board, item: Item, gone: dict[str, bool]) -> bool:
        if not item.is_active or not deals_in.links_to_nobody(board, item):
            return False
        self._insist(lambda _session, _row: None)  # the lease is for one call, and this may be one more
        return deals_in.is_unlinked(client, board, item, gone)

    def _board(self, session: Session) -> Board:
        board = boards.of_role(session, self.step.role)
        if board is None:
            raise FixSettings("The board is no longer chosen: connect the boards first.", code="mapping")
        return board

    def _write_all(self, found: Sequence[tuple[str, Item | None]], read_at: datetime) -> None:
        for start in range(0, len(found), AT_ONCE):
            self._write(found[start : start + AT_ONCE], read_at)

    def _write(self, found: Sequence[tuple[str, Item | None]], read_at: datetime) -> None:
        """Write some items. One that cannot be written is refused, so that it does not hold up the others."""
        try:
            self._insist(lambda session, row: self._take(session, row, found, read_at))
        except (Refusal, StepLost):
            raise
        except Exception:
            if len(found) > 1:
                for one in found:
                    self._write([one], read_at)
                return
            item_id, item = found[0]
            log.exception("item %s could not be taken over", item_id)
            refused = Noted(item_id, item.name if item else "", "refused", FAILED)
            self._insist(lambda _session, row: reading_steps.note(row, [refused]))

    def _end(self, change: Callable[[Session, BoardReading], None]) -> None:
        self._insist(change)

    def _insist(self, change: Callable[[Session, BoardReading], None]) -> None:
        """Do it in a transaction; once more where it only collided with somebody else's."""
        for turn in range(1, MOST_TURNS + 1):
            try:
                with transaction() as session:
                    until = clock.now() + self.office.lease
                    row, kept = reading_steps.hold(session, self.step, until=until)
                    change(session, row)
                self.step = kept
                return
            except DBAPIError as error:
                collided = isinstance(error, IntegrityError) or is_crowding(error)
                if turn == MOST_TURNS or not collided:
                    raise

    def _take(
        self,
        session: Session,
        row: BoardReading,
        found: Sequence[tuple[str, Item | None]],
        read_at: datetime,
    ) -> None:
        board, at = self._board(session), clock.now()
        if self.step.kind is ReadingKind.LISTING and not self.step.look:
            reading_steps.note(row, _listed(session, self.step, [item for _, item in found if item]))
            return
        touched = {item_id: reading_items.touched(board, item_id, item) for item_id, item in found}
        items = {mid for mids in touched.values() for mid in mids}
        reading_news.lock_records(session, items)
        newer = reading_news.overtaken(session, items, read_at=read_at, own=self.own)
        noted = []
        for item_id, item in found:
            if self._is_of_before(session, item):
                noted.append(Noted(item_id, item.name if item else "", "untouched"))
            elif newer.isdisjoint(touched[item_id]):
                unlinked = item_id in self.unlinked
                noted.append(reading_items.take(session, board, item_id, item, at=at, is_unlinked=unlinked))
                self.own |= dict.fromkeys(touched[item_id], at)
            else:
                # Looked at once more; when that is overtaken too, whoever was faster knows better.
                name = item.name if item else ""
                noted.append(
                    Noted(item_id, name, "untouched" if self.step.look else "", look=not self.step.look)
                )
        reading_steps.note(row, noted)


def _listed(session: Session, step: Step, found: Sequence[Item]) -> list[Noted]:
    """Ids seen; to be looked at closely are those thought to be gone, and those that should be known by now."""
    known: Mapping[str, bool] = reading_news.known(session, step.role, [item.id for item in found])
    was_pulled = step.role in board_readings.CATALOGUES and board_readings.was_pulled(session, step.role)

    def is_odd(item: Item) -> bool:
        if item.id in known:
            return not known[item.id]
        made = board_pages.moment(item.created_at)
        return was_pulled or (made is not None and made >= step.connected_at - reading_steps.MARGIN)

    return [Noted(item.id, item.name, look=is_odd(item)) for item in found]


def _put_off(office: Office, step: Step, refusal: Refusal) -> None:
    now = clock.now()
    said = f"{refusal.code} {refusal.message}".lower()
    with transaction() as session:
        if refusal.whole_account and account_health.note_problem(session, refusal.message, at=now):
            # It is due at once, and nobody asks before monday lets us in again.
            reading_steps.postpone(session, step, until=now, reason=refusal.message)
            return
        if step.cursor is not None and not step.look and "cursor" in said:
            if not reading_steps.restart(session, step, at=now):
                reading_steps.fail(session, step, reason=refusal.message, at=now)
            return
        until = _until(session, office, step, refusal, at=now)
        smaller = board_pages.limit_of(step) // 2
        if "complexity" in said and not step.look and smaller >= SMALLEST_PAGE:
            reading_steps.shrink(session, step, largest_page=smaller, at=until or now, reason=refusal.message)
        elif until is not None:
            reading_steps.postpone(session, step, until=until, reason=refusal.message)
        else:
            reading_steps.fail(session, step, reason=refusal.message, at=now)


def _until(
    session: Session, office: Office, step: Step, refusal: Refusal, *, at: datetime
) -> datetime | None:
    if isinstance(refusal, WaitUntilTomorrow):
        return account_health.note_used_up(session, until=after_midnight(at), at=at)
    if refusal.message == FAILED and step.attempts >= MOST_FAILURES:
        return None
    if isinstance(refusal, TryAgain):
        return next_attempt(refusal, attempts=step.attempts, at=at, patience=office.patience)
    return None
