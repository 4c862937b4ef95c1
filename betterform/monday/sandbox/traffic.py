"""The page of what travels to and fro, and the buttons and forms that disturb it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from betterform.monday.sandbox.errors import ApiError
from betterform.monday.sandbox.trouble import AFTER_KINDS
from betterform.monday.sandbox.webhooks.mishaps import Mishap
from betterform.monday.sandbox.world import World

SHOWN_DELIVERIES = 25
SHOWN_CALLS = 40
# What people may order for calls: kind, in words.
KINDS = {
    "cut": "The connection breaks",
    "timeout": "No answer in time",
    "slow": "A late answer",
    "rate_limited": "Too many calls in a minute (429)",
    "complexity": "Too complex (in a 200)",
    "complexity_legacy": "Too complex, older shape",
    "locked": "The board is locked (423)",
    "server_error": "A page of a broken server (502)",
    "internal_error": "Internal Server Error in a 200",
    "daily_limit": "The day's calls are used up",
    "revoked_token": "The token is refused (401)",
    "cut_upload": "An upload breaks off half way",
}
OPERATIONS = (
    "create_item",
    "change_multiple_column_values",
    "add_file_to_column",
    "update_assets_on_item",
    "items",
    "boards",
    "next_items_page",
    "items_page_by_column_values",
    "create_webhook",
)
# What people may order for webhooks on their way.
MISHAPS = {
    "lose": "gets lost",
    "double": "comes twice",
    "delay": "comes ten seconds late",
    "reorder": "is overtaken",
}
STORM = 0.2


def add_traffic(pages: Blueprint, world: World) -> None:
    _look(pages, world)
    _disturb_calls(pages, world)
    _disturb_webhooks(pages, world)

    @pages.app_context_processor
    def orders() -> dict[str, Any]:
        return {
            "kinds": KINDS,
            "operations": OPERATIONS,
            "mishaps": MISHAPS,
            "trouble": world.trouble.waiting(),
            "mishaps_waiting": world.postman.mishaps.waiting(),
        }


def _look(pages: Blueprint, world: World) -> None:
    @pages.get("/traffic")
    def traffic() -> str:
        return render_template("sandbox/traffic.html", **travels(world))

    @pages.get("/traffic/rows")
    def traffic_rows() -> Response:
        shown = request.args.get("deliveries", SHOWN_DELIVERIES, type=int)
        facts = travels(world, deliveries=shown)
        attempts = sum(len(delivery.attempts) for delivery in facts["deliveries"])
        hooks = "".join("+" if webhook.active else "-" for webhook in facts["webhooks"])
        mark = f"{len(world.calls)}{hooks}{len(world.postman.deliveries)}-{attempts}-{shown}"
        return fragment("sandbox/_travels.html", mark, lambda: facts)


def _disturb_calls(pages: Blueprint, world: World) -> None:
    @pages.post("/trouble")
    def order() -> AnyResponse:
        """One kind of trouble, for all calls or those of one operation, before or after the write."""
        kind, operation = request.form.get("kind", ""), request.form.get("operation") or None
        always = request.form.get("times") == "always"
        after = request.form.get("when") == "after" and kind in AFTER_KINDS
        if kind not in KINDS or (operation and operation not in OPERATIONS):
            flash("Choose one of the kinds of trouble.", "error")
        else:
            world.trouble.order(kind, operation, after=after, times=None if always else 1)
            flash(f"Ordered: {KINDS[kind].lower()}.")
        return _back()

    @pages.post("/trouble/storm")
    def storm() -> AnyResponse:
        seed = secrets.randbelow(10_000)
        world.trouble.storm(seed, STORM)
        flash(f"One call in five goes wrong, each in its own way, until you end the trouble (seed {seed}).")
        return _back()

    @pages.post("/trouble/end")
    def end() -> AnyResponse:
        world.trouble.clear()
        world.postman.mishaps.clear()
        flash("The trouble is over.")
        return _back()


def _disturb_webhooks(pages: Blueprint, world: World) -> None:
    @pages.post("/mishaps")
    def mishap() -> AnyResponse:
        kind = request.form.get("kind", "")
        if kind not in MISHAPS:
            flash("Choose what shall happen to the webhook.", "error")
        else:
            world.postman.mishaps.order(Mishap(kind, seconds=10.0))
            flash(f"The next webhook {MISHAPS[kind]}.")
        return _back()

    @pages.post("/webhooks/<webhook_id>/<any(on, off):switch>")
    def switch(webhook_id: str, switch: str) -> AnyResponse:
        try:
            webhook = world.switch_webhook(webhook_id, on=switch == "on")
            flash(f"The webhook for {webhook.event} is {switch}.")
        except ApiError as error:
            flash(f"Not done: {error.message}.", "error")
        return _back()

    @pages.post("/deliveries/retry")
    def retry() -> AnyResponse:
        world.postman.retry_now()
        flash("Everything that waits is tried again.")
        return redirect(url_for("pages.traffic"))


def _back() -> AnyResponse:
    """To the page with the button: the one of a board, or the one of traffic."""
    board = request.form.get("board", "")
    return redirect(
        url_for("pages.board_page", board_id=board) if board.isdigit() else url_for("pages.traffic")
    )


def fragment(template: str, mark: object, facts: Callable[[], dict[str, Any]]) -> Response:
    """Part of a page; 304 while nothing changed since the mark that the browser knows."""
    response = Response(mimetype="text/html")
    response.set_etag(str(mark))
    response.headers["Cache-Control"] = "no-cache"
    if str(mark) in request.if_none_match:
        response.status_code = 304
    else:
        response.set_data(render_template(template, **facts()))
    return response


def travels(world: World, *, deliveries: int = SHOWN_DELIVERIES) -> dict[str, Any]:
    """Webhooks, the newest deliveries and the newest calls."""
    return {
        "webhooks": list(world.webhooks.values()),
        "board_names": {board.id: board.name for board in world.boards.values()},
        "deliveries": list(world.postman.deliveries)[-deliveries:][::-1],
        "shown_deliveries": deliveries,
        "calls": list(world.calls)[-SHOWN_CALLS:][::-1] if deliveries >= SHOWN_DELIVERIES else [],
        "calls_total": len(world.calls),
    }
