"""The day's calls: once they are used up, what a worker has claimed is put off without asking monday."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health
from betterform.db import db, transaction


def are_used_up(put_off: Callable[[Session, datetime], None]) -> bool:
    """Whether monday takes no more calls now. If so, `put_off` has what was claimed wait until it does.

    It waits as the one that found that out, without asking itself.
    """
    if account_health.used_up_until(db.session(), at=clock.now()) is None:
        return False
    with transaction() as session:
        until = account_health.used_up_until(session, at=clock.now(), lock=True)
        if until is not None:
            put_off(session, until)
    return until is not None
