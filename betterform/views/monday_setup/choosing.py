"""Which board plays which part: chosen from the account's list."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from betterform.actions import boards
from betterform.db import db
from betterform.errors import InvalidInput, NotFound
from betterform.forms.fields import clean
from betterform.models.board import BoardRole
from betterform.models.user import Role
from betterform.monday import board_setup
from betterform.monday.board_setup import Hanging, Offer
from betterform.monday.errors import Refusal
from betterform.views import access
from betterform.views.monday_setup.board_list import boards_of_account
from betterform.views.monday_setup.room import blueprint, office, role_named
from betterform.views.paging import typed_search
from betterform.views.rendering import page_or_fragment, wants_fragment


@blueprint.get("/boards/<name>/choice")
@access.may(Role.ADMIN)
def choose_board(name: str) -> ResponseReturnValue:
    """The account's boards, or those that the search finds."""
    role, typed = role_named(name), typed_search()
    offers: list[Offer] = []
    problem = ""
    try:
        offers = board_setup.offers(role, boards_of_account(fresh="fresh" in request.args), words=typed)
    except Refusal as refusal:
        if wants_fragment():
            raise
        problem = refusal.message
    return page_or_fragment(
        "settings/monday/board_choice.html",
        "settings/monday/_board_offers.html",
        role=role,
        typed=typed,
        offers=offers,
        problem=problem,
        board=boards.of_role(db.session(), role),
    )


@blueprint.post("/boards/<name>/choice")
@access.may(Role.ADMIN)
def set_board(name: str) -> ResponseReturnValue:
    """Let a board play the part. Where records hang on the present one, that is asked once more."""
    role = role_named(name)
    board_id = clean(request.form.get("board"))[:20]
    try:
        with office().client() as client:
            chosen = board_setup.choose(client, role, board_id, confirmed="confirmed" in request.form)
    except (Refusal, InvalidInput, NotFound) as refusal:
        flash(f"Nothing was changed. {refusal.message}", "danger")
        return redirect(url_for("monday_setup.choose_board", name=name))
    if isinstance(chosen, Hanging):
        return _ask_once_more(role, board_id, chosen.count)
    flash(f"“{chosen.name}” is your {role.value.upper()} board. Look at its columns below.", "success")
    return redirect(url_for("monday_setup.board_columns", name=name))


def _ask_once_more(role: BoardRole, board_id: str, count: int) -> ResponseReturnValue:
    try:
        found = next((board for board in boards_of_account() if board.id == board_id), None)
    except Refusal:  # its name is all that is missing
        found = None
    return render_template(
        "settings/monday/board_change.html",
        role=role,
        board=board_setup.board_of(role),
        board_id=board_id,
        new_name=found.name if found is not None else f"board {board_id}",
        count=count,
    )
