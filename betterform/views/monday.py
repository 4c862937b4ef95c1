"""The door for monday's webhooks: check, keep, answer. The work is done by the worker."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from betterform import clock
from betterform.actions import inbox
from betterform.db import transaction
from betterform.monday import webhook
from betterform.views import access

blueprint = Blueprint("monday", __name__)


@blueprint.post("/monday/webhook/<secret>")
@access.webhook
def receive(secret: str) -> ResponseReturnValue:
    """200 when the event is stored, also when it was there before; 404 for a wrong secret, 400 for nonsense."""
    if not webhook.is_secret(secret, current_app.config["MONDAY_WEBHOOK_SECRET"]):
        current_app.logger.warning("webhook with a wrong secret from %s", request.remote_addr)
        abort(404)
    body = _body()
    challenge = webhook.challenge_in(body)
    if challenge is not None:  # monday proves the address before it has anything to sign with
        return jsonify(challenge=challenge)
    _check_signature(secret)
    try:
        payload = webhook.event_in(body)
    except webhook.NotAnEvent as problem:
        current_app.logger.warning("webhook refused: %s", problem)
        abort(400)
    with transaction() as session:
        event = inbox.receive(session, payload, at=clock.now())
    return jsonify(status="stored" if event is not None else "known")


def _body() -> Any:
    """The decoded body, or the request ends with 400 or 413."""
    request.max_content_length = webhook.LARGEST_BODY
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        current_app.logger.warning("webhook refused: its body is not JSON")
        abort(400)


def _check_signature(secret: str) -> None:
    """Where a signing secret is set, every event must be signed with it."""
    signing_secret = current_app.config["MONDAY_SIGNING_SECRET"]
    if not signing_secret:
        return
    url = f"{current_app.config['PUBLIC_URL']}/monday/webhook/{secret}"
    try:
        webhook.check_signature(request.headers.get("Authorization"), signing_secret, url=url)
    except webhook.NotSigned as problem:
        current_app.logger.warning("webhook refused: %s", problem)
        abort(401)
