"""The columns of a board: what holds which field, written how."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from betterform.actions import board_mapping, boards
from betterform.db import db
from betterform.errors import InvalidInput, OutOfDate
from betterform.forms.board_mapping import BoardMappingForm
from betterform.models.board import Board, BoardRole
from betterform.models.user import Role
from betterform.monday import board_rows, board_setup, board_view, mapping_changes
from betterform.monday.board_rows import Row
from betterform.monday.board_view import BoardView
from betterform.monday.connect import ROLES
from betterform.monday.errors import Refusal
from betterform.monday.fields import FIELDS
from betterform.views import access
from betterform.views.errors import STATUS_OF
from betterform.views.monday_setup.room import blueprint, office, role_named

NOTHING_SAVED = "Nothing was saved; what you chose is kept below."


def facts(session: Session) -> dict[str, Any]:
    """What the card of the boards shows: each part with its board, and how many of its fields have a column."""
    parts = []
    for role in ROLES:
        board = boards.of_role(session, role)
        mapped = {column.field for column in board.columns} if board is not None else set()
        missing = [field.title for field in FIELDS[role] if field.needed and field.name not in mapped]
        known = sum(field.name in mapped for field in FIELDS[role])
        parts.append(
            {
                "role": role,
                "board": board,
                "mapped": known,
                "any_column": bool(mapped),
                "fields": len(FIELDS[role]),
                "prices": sorted(name.removeprefix("price_") for name in mapped if name.startswith("price_")),
                "missing": missing if board is not None else [],
            }
        )
    return {"board_parts": parts}


@blueprint.get("/boards/<name>")
@access.may(Role.ADMIN)
def board_columns(name: str) -> ResponseReturnValue:
    """Every field with the columns that may hold it."""
    role = role_named(name)
    board = boards.of_role(db.session(), role)
    if board is None:
        return redirect(url_for("monday_setup.choose_board", name=name))
    form = _form(MultiDict())
    board_id = board.board_id
    try:
        view = _look(board_id)
    except Refusal as refusal:
        return _page(role, form, None, [], refusal.message)
    board_setup.note_labels(role, view.columns)
    return _page(role, form, view, _rows(role, view, form))


@blueprint.post("/boards/<name>")
@access.may(Role.ADMIN)
def save_columns(name: str) -> ResponseReturnValue:
    """Keep what was chosen, with missing columns made; or show it again with what does not fit."""
    role = role_named(name)
    board = boards.of_role(db.session(), role)
    if board is None:
        flash(f"No {role.value.upper()} board is chosen yet.", "danger")
        return redirect(url_for("monday_setup.choose_board", name=name))
    form = _form(request.form)
    if (form.adds_price or form.takes) and form.shown is not None:
        rows = _rows(role, form.shown, form)
        return _page(role, form, form.shown, rows, status=422 if form.price_problem else 200)
    view, rows = form.shown, []
    board_id = board.board_id
    try:
        with office().client() as client:
            view = board_view.look(client, board_id)
            rows = _rows(role, view, form)
            made = board_setup.save(
                client, role, rows, view, seen=form.seen, key=form.key, by=access.author()
            )
    except Refusal as refusal:
        # monday cannot be asked: the board is shown as the page had it.
        rows = _rows(role, view, form) if view is not None else []
        return _page(role, form, view, rows, f"{refusal.message} {NOTHING_SAVED}", 503)
    except OutOfDate as error:
        # Read anew: what is saved now may have been saved a moment ago.
        rows = _rows(role, view, form) if view is not None else []
        return _page(role, form, view, rows, error.message, STATUS_OF[OutOfDate].value)
    except InvalidInput as error:
        return _page(role, form, view, rows, error.message, STATUS_OF[InvalidInput].value)
    flash(_saved_words(made), "success")
    return redirect(url_for("monday_setup.board_columns", name=name))


def _form(posted: MultiDict[str, str]) -> BoardMappingForm:
    return BoardMappingForm(posted, secret=current_app.config["SECRET_KEY"])


def _look(board_id: str) -> BoardView:
    with office().client() as client:
        return board_view.look(client, board_id)


def _rows(role: BoardRole, view: BoardView, form: BoardMappingForm) -> list[Row]:
    rows = _stored_rows(role, view, form)
    form.fill(rows)
    return rows


def _stored_rows(role: BoardRole, view: BoardView, form: BoardMappingForm) -> list[Row]:
    board, contacts = board_setup.board_of(role), board_setup.contacts_board()
    return board_rows.rows_of(role, board, view, contacts_board=contacts, more_prices=form.all_prices)


def _saved_words(made: list[str]) -> str:
    words = "The columns are saved. New values are written from now on; what stands on the board stays."
    if not made:
        return words
    titles = ", ".join(f"“{title}”" for title in made)
    return f"{titles} {'was' if len(made) == 1 else 'were'} made on the board. {words}"


def _page(
    role: BoardRole,
    form: BoardMappingForm,
    view: BoardView | None,
    rows: list[Row],
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    board: Board = board_setup.board_of(role)
    stored = _stored_rows(role, view, form) if view is not None else []
    # A page keeps the stamp of what its person saw as saved until they are told of somebody else's change.
    news = status == HTTPStatus.CONFLICT
    base = form.base if form.seen else mapping_changes.choices_of(stored)
    differences = {}
    if news or form.told:
        differences = mapping_changes.compare(rows, stored, base, takes_over=news)
    return render_template(
        "settings/monday/board_columns.html",
        role=role,
        board=board,
        form=form,
        view=view,
        kept=form.keep(view, base) if view is not None else "",
        seen=board_mapping.stamp(board) if news or not form.seen else form.seen,
        told=news or form.told,
        differences=differences,
        changes=board_mapping.last_changes(db.session(), board) if differences else {},
        rows=rows,
        problem=problem,
    ), status
