"""Who may sign in, and how many of the day's calls to monday.com are used."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from betterform import clock
from betterform.actions import boards, users
from betterform.db import db
from betterform.models.user import Role
from betterform.views import access, office
from betterform.views.admin.blueprint import blueprint


@blueprint.get("/")
@access.may(Role.ADMIN)
def index() -> ResponseReturnValue:
    """Everybody who may sign in."""
    session = db.session()
    account = boards.account(session)
    return render_template(
        "admin/index.html",
        people=users.everyone(session),
        company=office.company(),
        account=account,
        calls=boards.calls_on(session, clock.now().date()),
    )
