"""Is everything right? Token, version, boards, columns and the day's calls, in plain words."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from betterform.actions.company import get_company
from betterform.db import db
from betterform.models.user import Role
from betterform.monday import check
from betterform.monday.check import Finding, Place
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
        repair_of=_repair_of,
        company=get_company(db.session()),
    )


def _repair_of(finding: Finding) -> tuple[str, str] | None:
    """The address where a finding is put right and what its link says, or None where there is nothing to do."""
    repair = finding.repair
    if repair is None or finding.level == "fine":
        return None
    name = repair.role.value if repair.role is not None else ""
    match repair.place:
        case Place.ACCOUNT:
            return url_for("monday_setup.index", _anchor="account"), "Look at the account"
        case Place.BOARD:
            return url_for("monday_setup.choose_board", name=name), "Choose a board"
        case Place.COLUMNS:
            anchor = f"column-{repair.field}"
            return url_for("monday_setup.board_columns", name=name, _anchor=anchor), "Look at the column"
        case Place.WEBHOOKS:
            return url_for("monday_setup.webhook_list"), "Look at the webhooks"
