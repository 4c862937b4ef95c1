"""How the connection with monday.com stands, one card a part."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from betterform.actions.company import get_company
from betterform.db import db
from betterform.models.user import Role
from betterform.views import access
from betterform.views.monday_setup import checking, mapping, readings, webhooks
from betterform.views.monday_setup.room import blueprint


@blueprint.get("")
@access.may(Role.ADMIN)
def index() -> ResponseReturnValue:
    """Everything at a glance, without asking monday.com anything."""
    session = db.session()
    return render_template(
        "settings/monday/index.html",
        company=get_company(session),
        **mapping.facts(session),
        **checking.facts(session),
        **webhooks.facts(session),
        **readings.facts(session),
    )
