"""Asking whether monday lets us in, and whether the token is still of the account of the boards."""

from __future__ import annotations

import logging
from datetime import datetime

from betterform import clock
from betterform.actions import account_health, boards
from betterform.db import db, transaction
from betterform.monday import connect
from betterform.monday.errors import Refusal, TryAgain, WaitUntilTomorrow
from betterform.monday.office import Office
from betterform.monday.patience import after_midnight, next_attempt

log = logging.getLogger(__name__)


def ask_again(office: Office) -> Refusal | None:
    """Ask whose token it is: one call, none before anything was connected. Returns why it is not known, or None.

    A good answer lets everything go on that was held back; a bad one is noted, and everything is held.
    """
    if boards.account(db.session()) is None:
        return None
    try:
        with office.client() as client:
            _identity, again = connect.refresh(client)
    except Refusal as refusal:
        log.warning("monday could not be asked whose token it is: %s", refusal.message)
        return refusal
    if again:
        log.info("monday lets us in: %s deliveries and webhooks go on", again)
    return None


def ask_at_start(office: Office, *, attempts: int) -> datetime | None:
    """Ask for the `attempts`-th time since the worker began. Returns when to ask again, None once it is answered.

    A token that is refused, or of another account, is an answer: it is noted, and `ask_in_time` goes on.
    Without an answer the boards may not be those of the token, so it is asked as often as a delivery is tried.
    """
    refusal = ask_again(office)
    if refusal is None or refusal.whole_account:
        return None
    now = clock.now()
    if isinstance(refusal, WaitUntilTomorrow):
        return after_midnight(now)
    busy = refusal if isinstance(refusal, TryAgain) else TryAgain(refusal.message)
    return next_attempt(busy, attempts=attempts, at=now, patience=office.patience)


def ask_in_time(office: Office) -> None:
    """While monday is held back, ask once more: after a minute, then less and less often. Else no call."""
    is_used_up = account_health.used_up_until(db.session(), at=clock.now()) is not None
    if not is_used_up and not account_health.problem_of(db.session()):
        return
    with transaction() as session:
        may_ask = account_health.may_ask(session, at=clock.now(), patience=office.patience)
    if may_ask:
        ask_again(office)
