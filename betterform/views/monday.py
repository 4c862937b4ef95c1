"""The door for monday's webhooks: check, keep, answer. The work is done by the worker."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from betterform.monday import door, webhook
from betterform.views import access

blueprint = Blueprint("monday", __name__)

RETRY_AFTER = 60  # seconds, as monday does anyway


@blueprint.post("/monday/webhook/<secret>")
@access.webhook
def receive(secret: str) -> ResponseReturnValue:
    """200 when the event is stored, also when it was there before, and never otherwise.

    404 for a wrong secret, 400 for nonsense, 401 unsigned, 413 too large, 503 while it cannot be stored.
    """
    if not webhook.is_secret(secret, current_app.config["MONDAY_WEBHOOK_SECRET"]):
        current_app.logger.warning("webhook with a wrong secret from %s", request.remote_addr)
        abort(404)
    request.max_content_length = webhook.LARGEST_BODY
    try:
        body = webhook.decoded(_data())
        challenge = webhook.challenge_in(body)
        if challenge is not None:  # monday proves the address before it has anything to sign with
            return jsonify(challenge=challenge)
        _check_signature(secret)
        return _keep(webhook.event_in(body))
    except webhook.NotSigned as problem:
        current_app.logger.warning("webhook refused: %s", problem)
        abort(401)
    except webhook.NotAnEvent as problem:
        current_app.logger.warning("webhook refused: %s", problem)
        abort(400)


def _data() -> bytes:
    """What was sent. Raises NotAnEvent when it breaks off."""
    try:
        return request.get_data()
    except HTTPException:  # too large
        raise
    except Exception:  # each server program has errors of its own for chunks that are none
        raise webhook.NotAnEvent("its body cannot be read") from None


def _keep(payload: dict[str, Any]) -> ResponseReturnValue:
    try:
        is_new = door.keep(payload)
    except door.NotStored as trouble:  # monday sends it again; an error page might need the database as well
        current_app.logger.warning("webhook not stored: %s", trouble)
        return jsonify(status="not stored"), 503, {"Retry-After": str(RETRY_AFTER)}
    return jsonify(status="stored" if is_new else "known")


def _check_signature(secret: str) -> None:
    """Where a signing secret is set, every event must be signed with it. Raises NotSigned."""
    signing_secret = current_app.config["MONDAY_SIGNING_SECRET"]
    if signing_secret:
        url = f"{current_app.config['PUBLIC_URL']}/monday/webhook/{secret}"
        webhook.check_signature(request.headers.get("Authorization"), signing_secret, url=url)
