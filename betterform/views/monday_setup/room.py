"""The room that the pages of the monday settings share."""

from __future__ import annotations

from flask import Blueprint, current_app

from betterform.documents import storage
from betterform.errors import NotFound
from betterform.models.board import BoardRole
from betterform.monday.connect import ROLES
from betterform.monday.office import Office

blueprint = Blueprint("monday_setup", __name__, url_prefix="/settings/monday")


def office() -> Office:
    """Addresses and secrets of the running program."""
    return Office.from_config(current_app.config, printed=storage.ensure_printed)


def role_named(name: str) -> BoardRole:
    """The part that an address names. Raises NotFound."""
    role = next((role for role in ROLES if role.value == name), None)
    if role is None:
        raise NotFound("There is no such board.")
    return role
