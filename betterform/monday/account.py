"""Asking whether monday lets us in, and whether the token is still of the account of the boards."""

from __future__ import annotations

import logging

from betterform import clock
from betterform.actions import account_health, boards
from betterform.db import db, transaction
from betterform.monday import connect
from betterform.monday.errors import Refusal
from betterform.monday.office import Office

log = logging.getLogger(__name__)


def ask_again(office: Office) -> bool:
    """Ask whose token it is: one call, none before anything was connected. Returns whether all is well.

    A good answer lets everything go on that was held back; a bad one is noted, and everything is held.
    """
    if boards.account(db.session()) is None:
        return False
    try:
        with office.client() as client:
            _identity, again = connect.refresh(client)
    except Refusal as refusal:
        log.warning("monday does not let us in: %s", refusal.message)
        return False
    if again:
        log.info("monday lets us in: %s deliveries and webhooks go on", again)
    return True


def ask_in_time(office: Office) -> None:
    """While a problem stands, ask once more: first after a minute, then less and less often. Else no call."""
    if not account_health.problem_of(db.session()):
        return
    with transaction() as session:
        may_ask = account_health.may_ask(session, at=clock.now(), patience=office.patience)
    if may_ask:
        ask_again(office)
