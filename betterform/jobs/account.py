"""Ask whether monday lets us in."""

from __future__ import annotations

from flask import current_app

from betterform.documents import storage
from betterform.monday import account
from betterform.monday.office import Office


def ask_again() -> None:
    """Once, whatever is known; the answer brings what waited for it back by itself."""
    account.ask_again(_office())


def ask_in_time() -> None:
    """Where monday did not let us in, and some time has passed since it was asked."""
    account.ask_in_time(_office())


def _office() -> Office:
    return Office.from_config(current_app.config, printed=storage.ensure_printed)
