"""Ask whether monday lets us in."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from betterform.documents import storage
from betterform.monday import account
from betterform.monday.office import Office


def ask_again() -> None:
    """Once, whatever is known; the answer brings what waited for it back by itself."""
    account.ask_again(_office())


def ask_at_start(attempts: int) -> datetime | None:
    """When the worker begins, and again until it is answered. Returns when to ask again, or None."""
    return account.ask_at_start(_office(), attempts=attempts)


def ask_in_time() -> None:
    """Where monday did not let us in or takes no more calls, and some time has passed since it was asked."""
    account.ask_in_time(_office())


def _office() -> Office:
    return Office.from_config(current_app.config, printed=storage.ensure_printed)
