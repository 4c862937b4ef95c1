"""What goes back: a body with a status, or nothing at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from betterform.monday.sandbox.errors import ApiError
from betterform.monday.sandbox.limits import Refusal


@dataclass
class Answer:
    """`hang_up` means that the connection ends without a word."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False

    @classmethod
    def of(
        cls, body: dict[str, Any], *, request_id: str, status: int = 200, retry_after: int | None = None
    ) -> Answer:
        body.setdefault("extensions", {})["request_id"] = request_id
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return cls(json.dumps(body, ensure_ascii=False).encode(), status, headers)

    @classmethod
    def of_refusal(cls, refusal: Refusal, *, request_id: str) -> Answer:
        return cls.of(
            refusal.body(), request_id=request_id, status=refusal.status, retry_after=refusal.seconds
        )

    @classmethod
    def of_error(cls, error: ApiError, *, request_id: str, status: int) -> Answer:
        retry_after = 2 if status in (409, 423, 429) else None
        entry = {"message": error.message, "extensions": error.extensions}
        return cls.of({"errors": [entry]}, request_id=request_id, status=status, retry_after=retry_after)

    def error_codes(self) -> tuple[str, ...]:
        """The codes or messages in `errors[]`, for the log."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return ()
        errors = body.get("errors") if isinstance(body, dict) else None
        return tuple(_code_of(entry) for entry in errors) if isinstance(errors, list) else ()


def _code_of(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    return str((entry.get("extensions") or {}).get("code") or entry.get("message") or "an error")


class Stop(Exception):
    """The request goes no further; this is its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def error_entry(error: GraphQLError) -> dict[str, Any]:
    """An entry of `errors[]` in the shape of the specification, always with a code."""
    entry: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if cause is not None and not isinstance(cause, (ApiError, GraphQLError)):
        entry["message"] = "Internal Server Error"
        entry["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "status_code": 500}
    if "extensions" not in entry:
        undefined = error.message.startswith("Cannot query field")
        entry["extensions"] = {"code": "undefinedField" if undefined else "InvalidArgumentException"}
    return entry
