"""What is done every minute, whatever happens."""

from __future__ import annotations

from betterform import clock
from betterform.actions import retention
from betterform.db import transaction
from betterform.jobs import account, readings


def look_around() -> None:
    """Ask whether monday lets us in again, begin what is due and forget what is old.

    The nudges that follow find what a killed worker left behind.
    """
    account.ask_in_time()
    readings.start_due()
    with transaction() as session:
        retention.forget(session, at=clock.now())
