"""How the connection with monday.com stands, one card a part."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from betterform.actions.company import get_company
from betterform.db import db
from betterform.models.user import Role
from betterform.views import access
from betterform.views.monday_setup import account, mapping, readings, webhooks
from betterform.views.monday_setup.room import blueprint


@blueprint.get("")
@access.may(Role.ADMIN)
def index() -> ResponseReturnValue:
    """Everything at a glance, without asking monday.com anything."""
    session = db.session()
    shown: dict[str, Any] = {"company": get_company(session)}
    for part in (account, mapping, webhooks, readings):
        shown |= part.facts(session)
    return render_template("settings/monday/index.html", **shown)
