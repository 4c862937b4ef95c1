"""`/_sandbox/...`: act as a person at the boards, order trouble, read what happened. JSON in, JSON out."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from betterform.monday.sandbox.errors import ApiError
from betterform.monday.sandbox.showing import item_as_json
from betterform.monday.sandbox.webhooks.mishaps import Mishap
from betterform.monday.sandbox.world import World


def control_blueprint(world: World) -> Blueprint:
    control = Blueprint("control", __name__, url_prefix="/_sandbox")
    _answer_errors(control)
    _look(control, world)
    _act_on_items(control, world)
    _act_on_boards(control, world)
    _make_trouble(control, world)
    return control


def _answer_errors(control: Blueprint) -> None:
    @control.errorhandler(ApiError)
    def refused(error: ApiError) -> tuple[Response, int]:
        return jsonify(error=error.message, **error.extensions), 422

    @control.errorhandler(KeyError)
    @control.errorhandler(ValueError)
    @control.errorhandler(TypeError)
    def misunderstood(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 422

    @control.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500


def _body() -> dict[str, Any]:
    given = request.get_json(silent=True) or {}
    if not isinstance(given, dict):
        raise TypeError("Send a JSON object.")
    return given


def _look(control: Blueprint, world: World) -> None:
    @control.get("/state")
    def state() -> Response:
        """Where everything is: token, boards with the ids of their columns by title, webhooks."""
        boards = {
            board.name: {"id": board.id, "columns": {column.title: column.id for column in board.columns}}
            for board in world.boards.values()
        }
        webhooks = [asdict(webhook) for webhook in world.webhooks.values()]
        return jsonify(token=world.token, me=asdict(world.me), boards=boards, webhooks=webhooks)

    @control.get("/calls")
    def calls() -> Response:
        """The calls since `?since=N`, all without it; `?operation=` picks."""
        start = request.args.get("since", 0, type=int)
        operation = request.args.get("operation")
        found = [
            call for call in list(world.calls)[start:] if operation in (None, *call.operations, call.name)
        ]
        return jsonify(calls=[call.as_json() for call in found], total=len(world.calls))

    @control.delete("/calls")
    def forget_calls() -> Response:
        world.calls.clear()
        return jsonify(total=0)

    @control.get("/deliveries")
    def deliveries() -> Response:
        return jsonify(deliveries=[asdict(delivery) for delivery in list(world.postman.deliveries)])

    @control.get("/boards/<board>/items")
    def items(board: str) -> Response:
        """The items of a board, by its name or id, values by column title; `?state=all` shows the gone too."""
        with world.lock:
            found = world.items_of(board, state=request.args.get("state", "active"))
            return jsonify(items=[item_as_json(world, item) for item in found])

    @control.get("/items/<item_id>")
    def item(item_id: str) -> Response:
        return jsonify(world.shown(item_id))


def _act_on_items(control: Blueprint, world: World) -> None:
    @control.post("/boards/<board>/items")
    def create(board: str) -> tuple[Response, int]:
        """`{"name", "values"?, "group_id"?, "by"?}`; values are write JSON by column title or id."""
        given = _body()
        made = world.create_item(
            board, given["name"], given.get("values"), group_id=given.get("group_id"), by=given.get("by")
        )
        return jsonify(world.shown(made.id)), 201

    @control.post("/items/<item_id>/subitems")
    def create_subitem(item_id: str) -> tuple[Response, int]:
        """`{"name", "by"?}`."""
        given = _body()
        return jsonify(world.shown(world.create_subitem(item_id, given["name"], by=given.get("by")).id)), 201

    @control.post("/items/<item_id>/values")
    def edit(item_id: str) -> Response:
        """`{"values": {column: write JSON or null}, "by"?}`."""
        given = _body()
        world.set_values(item_id, given["values"], by=given.get("by"))
        return jsonify(world.shown(item_id))

    @control.post("/items/<item_id>/name")
    def rename(item_id: str) -> Response:
        given = _body()
        world.rename(item_id, given["name"], by=given.get("by"))
        return jsonify(world.shown(item_id))

    verbs = {"archive": world.archive_item, "delete": world.delete_item, "restore": world.restore_item}

    @control.post("/items/<item_id>/<any(archive, delete, restore):verb>")
    def act(item_id: str, verb: str) -> Response:
        verbs[verb](item_id, by=_body().get("by"))
        return jsonify(world.shown(item_id))


def _act_on_boards(control: Blueprint, world: World) -> None:
    @control.post("/boards/<board>/<any(lock, unlock):verb>")
    def lock(board: str, verb: str) -> Response:
        world.lock_board(board, locked=verb == "lock")
        return jsonify(locked=world.board(board).locked)

    @control.delete("/boards/<board>/columns/<column>")
    def delete_column(board: str, column: str) -> Response:
        world.delete_column(board, column)
        return jsonify(deleted=column)

    @control.post("/boards/<board>/columns/<column>/labels")
    def change_label(board: str, column: str) -> Response:
        """`{"old", "new"}`."""
        given = _body()
        world.change_label(board, column, given["old"], given["new"])
        return jsonify(world.column(board, column).settings)

    @control.post("/boards/<board>/columns/<column>/rule")
    def set_rule(board: str, column: str) -> Response:
        """`{"message"?, "pattern"?}`: required, or required to match a regular expression."""
        world.set_rule(board, column, **_body())
        return jsonify(rules=world.board(board).rules)

    @control.delete("/boards/<board>/rules")
    def drop_rules(board: str) -> Response:
        world.drop_rules(board)
        return jsonify(rules=[])

    @control.post("/account")
    def account() -> Response:
        """`{"id", "signing_secret"?}`: from now on another account answers and signs."""
        given = _body()
        world.become_account(str(given["id"]), signing_secret=given.get("signing_secret"))
        return jsonify(id=world.id)

    @control.post("/token/<any(revoke, accept):verb>")
    def token(verb: str) -> Response:
        world.revoke_token() if verb == "revoke" else world.accept_token_again()
        return jsonify(revoked=verb == "revoke")

    @control.post("/reset")
    def reset() -> Response:
        """`{"seed"?}`: everything as on the first day."""
        world.reset(_body().get("seed"))
        return jsonify(seed=world.seed_name)


def _make_trouble(control: Blueprint, world: World) -> None:
    @control.get("/trouble")
    def waiting() -> Response:
        mishaps = [asdict(mishap) for mishap in world.postman.mishaps.waiting()]
        return jsonify(trouble=world.trouble.waiting(), mishaps=mishaps)

    @control.post("/trouble")
    def order() -> tuple[Response, int]:
        """`{"kind", "operation"?, "after"?, "times"?, "probability"?, "seconds"?, "status"?, "seed"?}`."""
        given = _body()
        if "seed" in given:
            world.trouble.seed(int(given.pop("seed")))
        return jsonify(asdict(world.trouble.order(**given))), 201

    @control.post("/storm")
    def storm() -> tuple[Response, int]:
        """`{"seed", "probability", "kinds"?, "operation"?, "seconds"?}`."""
        given = _body()
        given["kinds"] = tuple(given["kinds"]) if given.get("kinds") else None
        world.trouble.storm(int(given.pop("seed")), float(given.pop("probability")), **given)
        return jsonify(world.trouble.waiting()), 201

    @control.post("/mishaps")
    def mishap() -> tuple[Response, int]:
        """`{"kind", "event"?, "times"?, "probability"?, "seconds"?, "seed"?}` for webhooks on their way."""
        given = _body()
        if "seed" in given:
            world.postman.mishaps.seed(int(given.pop("seed")))
        ordered = Mishap(**given)
        world.postman.mishaps.order(ordered)
        return jsonify(asdict(ordered)), 201

    @control.delete("/trouble")
    def clear() -> Response:
        world.trouble.clear()
        world.postman.mishaps.clear()
        return jsonify(trouble=[])

    @control.post("/doubts")
    def doubts() -> Response:
        """`{"keeps_errors"?, "keys_on_uploads"?}`: what monday does not document, one way or the other."""
        world.doubts = replace(world.doubts, **_body())
        return jsonify(asdict(world.doubts))

    @control.post("/limits")
    def limits() -> Response:
        """`{"minute"?, "concurrency"?, "daily"?, "complexity_minute"?, "complexity_query"?, "used_today"?}`."""
        given = _body()
        used = given.pop("used_today", world.turnstile.used_today)
        world.turnstile.limits = replace(world.turnstile.limits, **given)
        world.turnstile.used_today = float(used)
        return jsonify(used_today=used, **asdict(world.turnstile.limits))

    @control.post("/clock")
    def clock() -> Response:
        """`{"advance": seconds}`."""
        world.clock.advance(float(_body()["advance"]))
        return jsonify(now=world.now())

    @control.post("/webhooks/<webhook_id>/<any(on, off):switch>")
    def switch_webhook(webhook_id: str, switch: str) -> Response:
        """What a person can do in the automation centre of a board."""
        return jsonify(asdict(world.switch_webhook(webhook_id, on=switch == "on")))

    @control.delete("/webhooks/<webhook_id>")
    def delete_webhook(webhook_id: str) -> Response:
        return jsonify(asdict(world.delete_webhook(webhook_id)))

    @control.post("/deliveries/retry")
    def retry() -> Response:
        world.postman.retry_now()
        return jsonify(waiting=len(world.postman.waiting()))
