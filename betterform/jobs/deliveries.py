"""Deliver what monday is owed."""

from __future__ import annotations

from flask import current_app

from betterform.documents import storage
from betterform.monday import sync_out
from betterform.monday.office import Office


def deliver() -> bool:
    """One delivery. False when none is due."""
    return sync_out.deliver_next(Office.from_config(current_app.config, printed=storage.ensure_printed))
