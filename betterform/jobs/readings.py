"""Read boards: what a person asked for, and what is looked at from time to time."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from betterform import clock
from betterform.actions import board_readings
from betterform.db import db, transaction
from betterform.documents import storage
from betterform.monday import readings
from betterform.monday.office import Office

CHANGES_SECONDS = 3_600
LISTING_SECONDS = 86_400


def step() -> bool:
    """One step of one reading. False when none is due."""
    return readings.work_next(Office.from_config(current_app.config, printed=storage.ensure_printed))


def start_due() -> None:
    """Begin the readings that are due again."""
    config = current_app.config
    db.session.rollback()
    with transaction() as session:
        board_readings.start_due(
            session,
            at=clock.now(),
            changes=timedelta(seconds=float(config.get("MONDAY_RECONCILE_SECONDS") or CHANGES_SECONDS)),
            listing=timedelta(seconds=float(config.get("MONDAY_LISTING_SECONDS") or LISTING_SECONDS)),
        )
