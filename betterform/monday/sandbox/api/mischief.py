"""Does to an answer what was ordered in `trouble`."""

from __future__ import annotations

import json
import threading
from typing import Any

from betterform.monday.sandbox.api.answer import Answer, Stop
from betterform.monday.sandbox.errors import LockedBoard
from betterform.monday.sandbox.limits import Refusal
from betterform.monday.sandbox.trouble import Order

BAD_GATEWAY = b"<html><body><h1>The server is having a bad day</h1></body></html>"


class Mischief:
    def __init__(self, closing: threading.Event) -> None:
        self.closing = closing

    def before(self, order: Order | None, *, request_id: str) -> None:
        """What happens instead of the call. Raises Stop."""
        if order is None or order.after:
            return
        if order.kind == "slow":
            self.closing.wait(order.seconds)
        elif order.kind != "internal_error":
            raise Stop(self._instead(order, request_id))

    def _instead(self, order: Order, request_id: str) -> Answer:
        seconds = max(1, round(order.seconds))
        match order.kind:
            case "rate_limited":
                refusal = Refusal(429, "RATE_LIMIT_EXCEEDED", "Minute limit rate exceeded", seconds)
                return Answer.of_refusal(refusal, request_id=request_id)
            case "complexity":
                refusal = Refusal(200, "COMPLEXITY_BUDGET_EXHAUSTED", "Complexity budget exhausted", seconds)
                return Answer.of_refusal(refusal, request_id=request_id)
            case "daily_limit":
                refusal = Refusal(429, "DAILY_LIMIT_EXCEEDED", "Daily limit exceeded", seconds)
                return Answer.of_refusal(refusal, request_id=request_id)
            case "complexity_legacy":
                return Answer.of(_legacy_complexity(seconds), request_id=request_id)
            case "locked":
                return Answer.of_error(LockedBoard(""), request_id=request_id, status=423)
            case "revoked_token":
                return not_authenticated(request_id)
            case "server_error":
                return Answer(BAD_GATEWAY, order.status or 502, {"Content-Type": "text/html"})
            case "verbatim":
                return _verbatim(order)
            case "application_error":
                return _application_error(order, request_id)
            case "timeout":
                self.closing.wait(order.seconds)
        return Answer(hang_up=True)

    def after(self, order: Order | None, answer: Answer, key: str) -> Answer:
        """What becomes of the answer to a call that was carried out. `key` is the last root field's."""
        if order is None or not order.after:
            return answer
        match order.kind:
            case "timeout":
                self.closing.wait(order.seconds)
                return Answer(hang_up=True)
            case "server_error":
                return Answer(BAD_GATEWAY, order.status or 502, {"Content-Type": "text/html"})
            case "internal_error":
                return _with_internal_error(answer, key)
            case "slow":
                self.closing.wait(order.seconds)
                return answer
            case _:
                return Answer(hang_up=True)


def not_authenticated(request_id: str) -> Answer:
    error = {"message": "Not authenticated", "extensions": {"code": "NOT_AUTHENTICATED"}}
    return Answer.of({"errors": [error]}, request_id=request_id, status=401)


def _verbatim(order: Order) -> Answer:
    if order.body is None or isinstance(order.body, str):
        return Answer(
            (order.body or "").encode(),
            order.status or 200,
            {"Content-Type": "text/html", **(order.headers or {})},
        )
    body = json.dumps(order.body, ensure_ascii=False).encode()
    return Answer(body, order.status or 200, {"Content-Type": "application/json", **(order.headers or {})})


def _application_error(order: Order, request_id: str) -> Answer:
    extensions = {
        "code": order.code,
        "status_code": order.status or 200,
        "error_data": order.error_data or {},
    }
    body = {"data": None, "errors": [{"message": order.message, "extensions": extensions}]}
    return Answer.of(body, request_id=request_id, status=order.status or 200)


def _legacy_complexity(seconds: int) -> dict[str, Any]:
    message = f"Complexity budget exhausted, query cost 30001 budget remaining 12 reset in {seconds} seconds"
    return {
        "error_code": "ComplexityException",
        "status_code": 429,
        "error_message": message,
        "error_data": {},
        "errors": [message],
        "account_id": 20519847,
    }


def _with_internal_error(answer: Answer, key: str) -> Answer:
    body = json.loads(answer.body)
    if isinstance(body.get("data"), dict):
        body["data"][key] = None
    body["errors"] = [
        {
            "message": "Internal Server Error",
            "path": [key],
            "extensions": {"code": "INTERNAL_SERVER_ERROR", "status_code": 500},
        }
    ]
    return Answer(json.dumps(body, ensure_ascii=False).encode(), answer.status, answer.headers)
