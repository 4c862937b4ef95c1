"""Registering a webhook: the challenge first."""

from __future__ import annotations

import json
import secrets
from typing import Any

import requests

from betterform.monday.sandbox.errors import ApiError, internal_server_error
from betterform.monday.sandbox.items import ItemVerbs
from betterform.monday.sandbox.records import Webhook

LONGEST_URL = 255
CHALLENGE_SECONDS = 5.0


class WebhookVerbs(ItemVerbs):
    def create_webhook(
        self, board: str, url: str, event: str, config: dict[str, Any] | None = None, *, by_app: bool = False
    ) -> Webhook:
        """Ask `url` to repeat a random word, then remember it. Raises ApiError.

        An address that is silent or wrong gets the bare "Internal Server Error" that monday gives. The lock is
        not held while the address is asked.
        """
        board_id = self.board(board).id
        if len(url) > LONGEST_URL or not url.startswith(("http://", "https://")):
            raise ApiError(
                "The webhook URL is not valid", "InvalidArgumentException", error_data={"url": url}
            )
        if not repeats_challenge(url):
            raise internal_server_error()
        with self.changing():
            webhook = Webhook(self.new_id(), board_id, url, event, config, by_app)
            self.webhooks[webhook.id] = webhook
            return webhook

    def switch_webhook(self, webhook_id: str, *, on: bool) -> Webhook:
        """What a person can do in the board's automation centre. Raises ApiError for an app's webhook."""
        with self.changing():
            webhook = self.webhooks.get(str(webhook_id))
            if webhook is None:
                raise ApiError("Webhook not found", "ResourceNotFoundException", status_code=404)
            if webhook.by_app:
                raise ApiError("Webhooks of an app cannot be switched off", "UserUnauthorizedException")
            webhook.active = on
            return webhook

    def delete_webhook(self, webhook_id: str) -> Webhook:
        with self.changing():
            webhook = self.webhooks.pop(str(webhook_id), None)
            if webhook is None:
                raise ApiError("Webhook not found", "ResourceNotFoundException", status_code=404)
            return webhook


def repeats_challenge(url: str) -> bool:
    """Whether the address answers 200 with the very object it was sent."""
    challenge = {"challenge": secrets.token_urlsafe(24)}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(url, json=challenge, timeout=CHALLENGE_SECONDS, allow_redirects=False)
        return answer.status_code == 200 and answer.json() == challenge
    except (requests.RequestException, json.JSONDecodeError):
        return False
