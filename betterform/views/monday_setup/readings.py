"""Whole boards read: catalogues pulled, deals found whose webhook never came. Staff may ask for it and watch."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, board_readings, reading_results
from betterform.actions.company import get_company
from betterform.db import db, transaction
from betterform.errors import WrongState
from betterform.models.board_reading import ReadingKind
from betterform.models.user import Role
from betterform.views import access
from betterform.views.item_links import item_address
from betterform.views.monday_setup.room import blueprint


def facts(session: Session) -> dict[str, Any]:
    """What the card of this part shows."""
    read = board_readings.boards_read(session)
    return {
        "readings_shown": [
            reading_results.result_of(session, reading)
            for reading in board_readings.noteworthy(session)
            # What came of reading a board that was chosen formerly says nothing about the present one.
            if board_readings.board_of(session, reading) is not None
        ],
        "readings_recent": board_readings.recent(session),
        "readings_run": bool(board_readings.running(session)),
        "readings_problem": account_health.problem_of(session),
        "readings_boards": read,
        "readings_now": clock.now(),
        "board_ids": {board.role: board.board_id for board in read},
        "item_address": item_address,
    }


@blueprint.get("/readings")
@access.may(Role.STAFF)
def reading_list() -> ResponseReturnValue:
    """What is read just now and how far it is, what came of the last ones, and who asked for them."""
    return _page("settings/monday/readings.html")


@blueprint.get("/readings/progress")
@access.may(Role.STAFF)
def reading_progress() -> ResponseReturnValue:
    """The part of the page that changes while something is read."""
    return _page("settings/monday/_reading_state.html")


def _page(template: str) -> str:
    session = db.session()
    return render_template(template, company=get_company(session), **facts(session))


@blueprint.post("/readings/pull")
@access.may(Role.STAFF)
def pull_catalogues() -> ResponseReturnValue:
    """Have contacts and products fetched whole. Where that is under way already, show it."""
    return _begin(ReadingKind.PULL)


@blueprint.post("/readings/changes")
@access.may(Role.STAFF)
def look_for_changes() -> ResponseReturnValue:
    """Have all boards looked at now for what changed since the last time."""
    return _begin(ReadingKind.CHANGES)


def _begin(kind: ReadingKind) -> ResponseReturnValue:
    roles = board_readings.CATALOGUES if kind is ReadingKind.PULL else board_readings.READ
    try:
        with transaction() as session:
            for role in roles:
                board_readings.start(session, role, kind, by=access.author(), at=clock.now())
    except WrongState as error:
        flash(error.message, "warning")
    return redirect(url_for("monday_setup.reading_list"))


@blueprint.post("/readings/<int:reading_id>/go-on")
@access.may(Role.STAFF)
def go_on(reading_id: int) -> ResponseReturnValue:
    """Go on from where it stopped, or without waiting longer."""
    reading = board_readings.find(db.session(), reading_id)
    try:
        with transaction() as session:
            board_readings.resume(session, reading, at=clock.now())
    except WrongState as error:
        flash(error.message, "warning")
    return redirect(url_for("monday_setup.reading_list"))
