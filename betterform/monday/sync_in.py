"""monday tells us something: a stored webhook becomes what has to be done.

A webhook is a hint. What counts is what the item shows when we look, so events may come twice, late or
in any order and still end in the state that monday shows now.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, boards, inbox, reading_news
from betterform.actions.inbox import EventClaim
from betterform.db import db, transaction
from betterform.models.board import Board, BoardRole
from betterform.monday import catalogue_in, days_calls, deals_in, webhook
from betterform.monday.answers import USED_UP
from betterform.monday.client import Client, Exchange
from betterform.monday.echoes import is_our_own
from betterform.monday.errors import FixSettings, Refusal, TryAgain, WaitUntilTomorrow
from betterform.monday.findings import Finding
from betterform.monday.office import Office
from betterform.monday.patience import MOST_FAILURES, after_midnight, next_attempt

log = logging.getLogger(__name__)

LOOKED_AT = frozenset(
    {
        "create_pulse",
        "update_name",
        "update_column_value",
        "archive_pulse",
        "delete_pulse",
        "restore_pulse",
    }
)
CATALOGUES = (BoardRole.CONTACTS, BoardRole.PRODUCTS)
OVERTAKEN_SECONDS = 2.0
FAILED = "betterform failed on it; the log says why."


def work_next(office: Office) -> bool:
    """Act on the webhook that has waited longest. False when none is due, or monday does not let us in."""
    if not inbox.is_due(db.session(), at=clock.now()) or account_health.problem_of(db.session()):
        return False
    with transaction() as session:
        claim = inbox.claim_due(session, at=clock.now(), lease=office.lease * 2)
    if claim is None:
        return False
    if days_calls.are_used_up(lambda session, until: inbox.hold(session, claim, reason=USED_UP, until=until)):
        return True
    log.info("webhook %s: %s of item %s", claim.event_id, claim.event_type, claim.item_id)
    try:
        _act(office, claim)
    except Refusal as refusal:
        _put_off(office, claim, refusal)
    except Exception:
        # Whatever it was, the event is not lost: it is tried again, and then shown to a person.
        log.exception("webhook %s failed", claim.event_id)
        _put_off(office, claim, TryAgain(FAILED))
    return True


def _act(office: Office, claim: EventClaim) -> None:
    board = boards.of_monday_id(db.session(), claim.board_id)
    reason = _why_ignored(claim, board) or is_our_own(db.session(), claim)
    if reason or board is None:
        with transaction() as session:
            inbox.finish(session, claim, at=clock.now(), reason=reason, ignored=True)
        return
    role = BoardRole(board.role)
    if reading_news.being_written(db.session(), [claim.item_id]):
        _read_later(office, claim)
        return
    read_at = clock.now()
    calls: list[Exchange] = []
    try:
        with office.client(notice=calls.append) as client:
            finding = _look(client, role, board, claim)
    finally:
        _count(calls)
    with transaction() as session:
        if not inbox.still_held(session, claim):
            log.warning("webhook %s: the claim ran out, somebody else goes on", claim.event_id)
            return
        outcome = apply_unless_overtaken(session, finding, claim.item_id, read_at=read_at)
        if outcome is not None:
            inbox.finish(session, claim, at=clock.now(), reason=outcome)
            inbox.finish_covered(session, claim, read_at=read_at, at=clock.now())
    if outcome is None:
        _read_later(office, claim)


def apply_unless_overtaken(
    session: Session, finding: Finding, item_id: str, *, read_at: datetime
) -> str | None:
    """Write what the item showed at `read_at`. Returns what came of it, or None where newer is known by now."""
    touched = finding.touches | {item_id}
    reading_news.lock_records(session, touched)
    if reading_news.overtaken(session, touched, read_at=read_at, own={}):
        return None
    return finding.apply(session, at=clock.now())


def _read_later(office: Office, claim: EventClaim) -> None:
    """What the item showed may be older than what we wrote to it by now: it is read once that has ended."""
    until = clock.now() + timedelta(seconds=OVERTAKEN_SECONDS * office.patience)
    with transaction() as session:
        inbox.hold(session, claim, reason="The item is being written to; it is read after that.", until=until)


def _why_ignored(claim: EventClaim, board: Board | None) -> str:
    if board is None:
        return "The board plays no part here."
    if claim.event_type not in LOOKED_AT:
        return f"Events of type {claim.event_type} are kept, nothing follows from them."
    if not claim.item_id:
        return "The event names no item."
    if webhook.is_about_subitem(claim.payload["event"]):
        return "Subitems play no part here."
    if board.role == BoardRole.DEALS and claim.event_type == "update_column_value":
        column = str(claim.payload["event"].get("columnId") or "")
        followed = [board.column(name) for name in deals_in.FOLLOWED]
        if column not in {mapped.column_id for mapped in followed if mapped is not None}:
            return "The column is one that we write, or plays no part here."
    return ""


def _look(client: Client, role: BoardRole, board: Board, claim: EventClaim) -> Finding:
    if role is BoardRole.DEALS:
        return deals_in.look(client, board, claim.item_id)
    if role in CATALOGUES:
        return catalogue_in.look(client, board, claim.item_id)
    return Finding.nothing("Items of this board are not read.")


def _count(calls: list[Exchange]) -> None:
    if calls:
        with transaction() as session:
            cost = sum((call.cost for call in calls), start=calls[0].cost * 0)
            boards.count_calls(session, day=clock.now().date(), calls=cost)


def _put_off(office: Office, claim: EventClaim, refusal: Refusal) -> None:
    with transaction() as session:
        if refusal.whole_account and account_health.note_problem(session, refusal.message, at=clock.now()):
            inbox.hold(session, claim, reason=refusal.message)
            return
        until = _until(session, office, claim, refusal, at=clock.now())
        if until is None:
            inbox.park(session, claim, reason=refusal.message, for_settings=isinstance(refusal, FixSettings))
        else:
            inbox.postpone(session, claim, until=until, reason=refusal.message)


def _until(
    session: Session, office: Office, claim: EventClaim, refusal: Refusal, *, at: datetime
) -> datetime | None:
    if isinstance(refusal, WaitUntilTomorrow):
        return account_health.note_used_up(session, until=after_midnight(at), at=at)
    if refusal.message == FAILED == claim.reason and claim.attempts >= MOST_FAILURES:
        return None
    if isinstance(refusal, TryAgain):  # reading changes nothing: it is tried until monday is back
        return next_attempt(refusal, attempts=claim.attempts, at=at, patience=office.patience)
    return None
