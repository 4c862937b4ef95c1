"""Storing what monday tells: one webhook, one commit, and an honest answer whether it is kept.

On SQLite only one may write at a time, and whoever finds the place taken looks again after ever longer
naps: of many at once some wait long while others pass. So the webhooks of a process line up before they
try, which also leaves its other threads to people while another program holds the database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from betterform import clock
from betterform.actions import inbox
from betterform.db import db, transaction

PATIENCE_SECONDS = 2.0  # in the line; monday comes again after a minute, and a slow door is a closed one
_line = threading.Lock()


class NotStored(Exception):
    """The database cannot take it now."""


def keep(payload: Mapping[str, Any]) -> bool:
    """Store a webhook, {"event": {...}}, for good. False when it was there. Raises NotStored."""
    try:
        with _in_line(), transaction() as session:
            return inbox.receive(session, payload, at=clock.now()) is not None
    except SQLAlchemyError as trouble:
        # The names alone: the sentence of a database may repeat what it could not store.
        cause = getattr(trouble, "orig", None) or trouble
        raise NotStored(f"{type(trouble).__name__}, {type(cause).__name__}") from None


@contextmanager
def _in_line() -> Iterator[None]:
    if db.engine.dialect.name != "sqlite":
        yield
        return
    if not _line.acquire(timeout=PATIENCE_SECONDS):
        raise NotStored("others have been writing for too long")
    try:
        yield
    finally:
        _line.release()
