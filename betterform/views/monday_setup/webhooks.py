"""The webhooks that monday.com was asked for: listed, registered, repaired, removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from betterform.actions.company import get_company
from betterform.db import db
from betterform.models.user import Role
from betterform.monday import webhook_standings, webhooks
from betterform.monday.errors import Refusal
from betterform.monday.webhooks import Registered
from betterform.views import access
from betterform.views.monday_setup.room import blueprint, office

OUTCOMES = {
    "made": ("1 webhook was registered", "{} webhooks were registered"),
    "repaired": ("1 was repaired", "{} were repaired"),
    "removed": ("1 that was not needed was removed", "{} that were not needed were removed"),
    "kept": ("1 was in order already", "{} were in order already"),
}


def facts(session: Session) -> dict[str, Any]:
    """What the card of this part shows: how the webhooks stand as far as we know ourselves."""
    standings = webhook_standings.of_boards(session, office())
    rows = [row for board in standings for row in board.webhooks]
    return {
        "webhook_boards": standings,
        "webhooks_known": sum(bool(row.webhook_id) for row in rows),
        "webhooks_fine": sum(row.is_fine for row in rows),
        "webhooks_all": len(rows),
    }


@blueprint.get("/webhooks")
@access.may(Role.ADMIN)
def webhook_list() -> ResponseReturnValue:
    """Every webhook that we need or have, held against what monday.com lists: one call a board."""
    session, refused, live = db.session(), "", None
    if office().api_token:
        try:
            with office().client() as client:
                live = webhook_standings.look(client, session)
        except Refusal as refusal:
            refused = refusal.message
    shown = facts(session)
    shown["webhook_boards"] = webhook_standings.of_boards(session, office(), live)
    return render_template(
        "settings/monday/webhooks.html", company=get_company(session), refused=refused, **shown
    )


@blueprint.post("/webhooks")
@access.may(Role.ADMIN)
def register_webhooks() -> ResponseReturnValue:
    """Register what is missing, repair what is broken, remove what is not needed any more."""
    try:
        with office().client() as client:
            _tell(webhooks.register(client, office()))
    except Refusal as refusal:
        flash(refusal.message, "danger")
    return redirect(url_for("monday_setup.webhook_list"))


@blueprint.post("/webhooks/removal")
@access.may(Role.ADMIN)
def remove_webhooks() -> ResponseReturnValue:
    """Take all our webhooks away."""
    try:
        with office().client() as client:
            count = webhooks.remove(client)
    except Refusal as refusal:
        flash(f"Not all webhooks could be removed. {refusal.message}", "danger")
    else:
        words = "1 webhook was removed." if count == 1 else f"{count} webhooks were removed."
        flash(f"{words} monday.com tells us nothing any more until they are registered again.", "success")
    return redirect(url_for("monday_setup.webhook_list"))


def _tell(results: Iterable[Registered]) -> None:
    """Say what became of the webhooks; what was not possible with its reason, each reason once."""
    results = list(results)
    count = Counter(result.outcome for result in results)
    done = [
        one if count[outcome] == 1 else many.format(count[outcome])
        for outcome, (one, many) in OUTCOMES.items()
        if count[outcome]
    ]
    if done:
        flash(f"{', '.join(done)}.", "success")
    failed = [result for result in results if result.outcome == "not possible"]
    for reason in dict.fromkeys(result.reason for result in failed):
        what = "; ".join(f"{one.role.upper()}: {one.words}" for one in failed if one.reason == reason)
        flash(f"Not possible ({what}). {reason}", "danger")
    if not results:
        flash("No board is chosen yet, so there is nothing to register.", "warning")
