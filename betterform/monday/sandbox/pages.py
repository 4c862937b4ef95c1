"""The pages for people: boards as tables, items, what travels to and fro."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from betterform.monday.sandbox.cells.calling_codes import country_of
from betterform.monday.sandbox.errors import ApiError
from betterform.monday.sandbox.records import Board, Column, Item
from betterform.monday.sandbox.showing import cell_for_page, plain_value
from betterform.monday.sandbox.traffic import add_traffic, fragment, travels
from betterform.monday.sandbox.world import World

SIMPLE_TYPES = {"text", "long_text", "numbers", "date", "link", "email", "phone", "status", "dropdown"}


def page_blueprint(world: World, *, app_url: str) -> Blueprint:
    pages = Blueprint("pages", __name__)
    _boards(pages, world)
    _changes(pages, world)
    add_traffic(pages, world)

    @pages.app_context_processor
    def constants() -> dict[str, Any]:
        return {"boards": list(world.boards.values()), "account_name": world.name, "app_url": app_url}

    @pages.app_errorhandler(NotFound)
    def not_found(_error: NotFound) -> tuple[str, int]:
        return render_template("sandbox/not_found.html"), 404

    return pages


def _find_board(world: World, board_id: str) -> Board:
    if board_id not in world.boards:
        raise NotFound
    return world.boards[board_id]


def _find_item(world: World, item_id: str) -> Item:
    if item_id not in world.items:
        raise NotFound
    return world.items[item_id]


def _boards(pages: Blueprint, world: World) -> None:
    @pages.get("/")
    def home() -> AnyResponse | str:
        return board_page(next(iter(world.boards)))

    @pages.get("/boards/<board_id>")
    def board_page(board_id: str) -> str:
        board = _find_board(world, board_id)
        with world.lock:
            return render_template(
                "sandbox/board.html",
                board=board,
                choices=_choices(world, board),
                **_rows(world, board),
                **travels(world, deliveries=6),
            )

    @pages.get("/boards/<board_id>/rows")
    def rows(board_id: str) -> Response:
        board = _find_board(world, board_id)
        with world.lock:
            return fragment(
                "sandbox/_rows.html", world.revision, lambda: {"board": board, **_rows(world, board)}
            )

    @pages.get("/boards/<board_id>/pulses/<item_id>")
    def item_page(board_id: str, item_id: str) -> str:
        board, item = _find_board(world, board_id), _find_item(world, item_id)
        if item.board_id != board.id:
            raise NotFound
        with world.lock:
            updates = [update for update in world.updates.values() if update.item_id == item.id]
            return render_template(
                "sandbox/item.html",
                board=board,
                item=item,
                fields=_fields(world, board, item),
                updates=updates,
            )

    @pages.get("/assets/<asset_id>/<name>")
    def asset(asset_id: str, name: str) -> AnyResponse:
        found = world.assets.get(asset_id)
        if found is None:
            raise NotFound
        content = io.BytesIO(world.asset_store.get(asset_id))
        return send_file(content, mimetype=found.content_type, as_attachment=True, download_name=found.name)


def _rows(world: World, board: Board) -> dict[str, Any]:
    columns = [column for column in board.columns if column.type != "name"]
    items = world.items_of(board.id)
    if board.name == "DEALS":
        # What was just made is looked for at the top.
        items.reverse()
    groups = [
        (
            group,
            [
                (item, [(column, cell_for_page(world, board, item, column)) for column in columns])
                for item in items
                if item.group_id == group.id
            ],
        )
        for group in board.groups
    ]
    gone = [item for item in world.items_of(board.id, state="all") if item.state != "active"]
    return {"columns": columns, "groups": groups, "gone": gone}


def _fields(world: World, board: Board, item: Item) -> list[dict[str, Any]]:
    """The item's columns with what a person may type into them, or choose."""
    options = {choice["column"].id: choice["options"] for choice in _choices(world, board)}
    return [
        {
            "options": options.get(column.id, []),
            "chosen": plain_value(world, item, column) if column.id in options else [],
            "column": column,
            "cell": cell_for_page(world, board, item, column),
            "typed": _typed(plain_value(world, item, column)) if column.type in SIMPLE_TYPES else None,
            "labels": [label["label"] for label in column.settings.get("labels", [])],
        }
        for column in board.columns
        if column.type != "name"
    ]


def _typed(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value.get('url') or value.get('email')} {value['text']}" if value else ""
    return value or ""


def _choices(world: World, board: Board) -> list[dict[str, Any]]:
    """The columns that the form for a new item asks for: who it is about and who looks after it."""
    choices = []
    for column in board.columns:
        if column.type == "board_relation":
            options = [
                (item.id, item.name)
                for board_id in column.settings.get("boardIds", [])
                for item in world.items_of(str(board_id))
            ]
            choices.append(
                {"column": column, "options": sorted(options, key=lambda option: option[1].casefold())}
            )
        elif column.type == "people":
            people = [(user.id, user.name) for user in world.users.values() if user is not world.me]
            choices.append({"column": column, "options": people})
    return choices


def _changes(pages: Blueprint, world: World) -> None:
    @pages.post("/boards/<board_id>/items")
    def create_item(board_id: str) -> AnyResponse:
        board = _find_board(world, board_id)
        columns = [choice["column"] for choice in _choices(world, board)]
        values = {column.id: _chosen(column, request.form.get(column.id, "")) for column in columns}
        try:
            item = world.create_item(board.id, request.form.get("name", "").strip(), values)
            flash(f"“{item.name}” is on the board.")
        except ApiError as error:
            flash(f"Not made: {error.message}.", "error")
        return redirect(_board_url(board.id))

    @pages.post("/items/<item_id>/<any(rename, archive, delete, restore):verb>")
    def act(item_id: str, verb: str) -> AnyResponse:
        item = _find_item(world, item_id)
        try:
            if verb == "rename":
                world.rename(item.id, request.form.get("name", "").strip())
            else:
                {"archive": world.archive_item, "delete": world.delete_item, "restore": world.restore_item}[
                    verb
                ](item.id)
            flash(f"“{item.name}” was {verb.rstrip('e')}ed.")
        except ApiError as error:
            flash(f"Not done: {error.message}.", "error")
        return redirect(_board_url(item.board_id))

    @pages.post("/items/<item_id>/cells/<column_id>")
    def edit_cell(item_id: str, column_id: str) -> AnyResponse:
        item = _find_item(world, item_id)
        column = world.boards[item.board_id].column(column_id)
        if column is None:
            raise NotFound
        try:
            if column.type in ("board_relation", "people"):
                chosen = _chosen(column, request.form.get("value", ""))
                world.set_values(item.id, {column.id: chosen})
            else:
                world.set_simple(item.id, column.id, _simple_string(column, request.form.get("value", "")))
            flash(f"{column.title} was changed.")
        except ApiError as error:
            flash(f"{column.title} was not changed: {error.message}.", "error")
        return redirect(url_for("pages.item_page", board_id=item.board_id, item_id=item.id))


def _chosen(column: Column, chosen: str) -> dict[str, Any] | None:
    """The write JSON for one item or one person that was chosen from a list."""
    if not chosen:
        return None
    if column.type == "people":
        return {"personsAndTeams": [{"id": chosen, "kind": "person"}]}
    return {"item_ids": [chosen]}


def _simple_string(column: Column, typed: str) -> str | None:
    """What a person typed, in the form that the API wants; None when the field was emptied."""
    typed = typed.replace("\r\n", "\n").strip()
    if column.type == "email" and typed and " " not in typed:
        return f"{typed} {typed}"
    if column.type == "phone" and typed and not typed[-2:].isalpha():
        number = typed.replace(" ", "")
        return f"{number} {country_of(number) if number.startswith('+') else 'CH'}"
    return typed or None


def _board_url(board_id: str) -> str:
    return url_for("pages.board_page", board_id=board_id)
