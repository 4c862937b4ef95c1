"""The room that the pages of the monday settings share."""

from __future__ import annotations

from flask import Blueprint, current_app

from betterform.documents import storage
from betterform.monday.office import Office

blueprint = Blueprint("monday_setup", __name__, url_prefix="/settings/monday")


def office() -> Office:
    """Addresses and secrets of the running program."""
    return Office.from_config(current_app.config, printed=storage.ensure_printed)
