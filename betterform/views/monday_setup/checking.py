"""Is everything right? Token, version, boards, columns and the day's calls, in plain words."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from betterform.actions.company import get_company
from betterform.db import db
from betterform.models.user import Role
from betterform.monday import check
from betterform.views import access
from betterform.views.monday_setup.room import blueprint, office


@blueprint.get("/check")
@access.may(Role.ADMIN)
def checked() -> ResponseReturnValue:
    """A check is made on demand only: whoever reloads or comes back starts from the settings."""
    return redirect(url_for("monday_setup.index"))


@blueprint.post("/check")
@access.may(Role.ADMIN)
def run_check() -> ResponseReturnValue:
    """Ask monday.com, and show everything that was found."""
    with office().client() as client:
        groups = check.everything(client, office())
    return render_template(
        "settings/monday/check.html",
        groups=groups,
        summary=check.summary(groups),
        counts=check.counts(groups),
        company=get_company(db.session()),
    )
