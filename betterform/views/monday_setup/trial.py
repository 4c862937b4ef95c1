"""Try with this item: what would be read from a deal and written to it, and then: write now."""

from __future__ import annotations

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from betterform.actions import deliveries
from betterform.actions.company import get_company
from betterform.db import db
from betterform.errors import BetterformError, NotFound
from betterform.forms.fields import clean
from betterform.models.user import Role
from betterform.monday import trial
from betterform.monday.items import Item
from betterform.monday.trial import Trial
from betterform.views import access
from betterform.views.monday_setup.room import blueprint, office


@blueprint.get("/trial")
@access.may(Role.ADMIN)
def trial_items() -> ResponseReturnValue:
    """The newest deals, or those that a search finds; an id or address leads straight to its item."""
    typed = clean(request.args.get("q", ""))[:200].strip()
    found: list[Item] = []
    problem = ""
    try:
        item_id = trial.item_id_in(typed)
        if item_id is not None:
            return redirect(url_for("monday_setup.try_item", item_id=item_id))
        with office().client() as client:
            found = trial.offered(client, typed)
    except BetterformError as error:
        problem = error.message
    return render_template(
        "settings/monday/trial_items.html",
        typed=typed,
        items=found,
        problem=problem,
        company=get_company(db.session()),
    )


@blueprint.get("/trial/<item_id>")
@access.may(Role.ADMIN)
def try_item(item_id: str) -> ResponseReturnValue:
    """What would be read and written, without changing anything."""
    _check(item_id)
    try:
        with office().client() as client:
            tried = trial.look(client, office(), item_id)
    except BetterformError as error:
        tried = Trial(item_id, f"Item {item_id}", error.message)
    sent = deliveries.of_record(db.session(), "quote", tried.quote_id) if tried.quote_id else []
    return render_template(
        "settings/monday/trial.html",
        trial=tried,
        delivery=next((row for row in sent if row.target == "deal"), None),
        company=get_company(db.session()),
    )


@blueprint.post("/trial/<item_id>")
@access.may(Role.ADMIN)
def write_item(item_id: str) -> Response:
    """Write to the item for real."""
    _check(item_id)
    try:
        with office().client() as client:
            carried = trial.carry_out(client, item_id)
    except BetterformError as error:
        flash(error.message, "danger")
    else:
        flash(carried.words, "success" if carried.quote_id is not None else "warning")
    return redirect(url_for("monday_setup.try_item", item_id=item_id))


def _check(item_id: str) -> None:
    """monday's ids are longer than those of records here, so they are taken as text."""
    if not re.fullmatch(r"[0-9]{1,20}", item_id):
        raise NotFound("This is not the number of an item.")
