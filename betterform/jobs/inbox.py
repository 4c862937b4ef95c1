"""Act on what monday told us."""

from __future__ import annotations

from flask import current_app

from betterform.documents import storage
from betterform.monday import sync_in
from betterform.monday.office import Office


def read() -> bool:
    """One webhook. False when none is due."""
    return sync_in.work_next(Office.from_config(current_app.config, printed=storage.ensure_printed))
