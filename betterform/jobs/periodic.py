"""What is done every minute, whatever happens."""

from __future__ import annotations

from betterform.db import db


def look_around() -> None:
    """The nudges that follow find what is due, also what a lost job or a killed worker left behind."""
    db.session.rollback()
