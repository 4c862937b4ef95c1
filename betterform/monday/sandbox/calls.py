"""A log of every call to the API, without the token."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

BLANKED = {"authorization", "cookie"}


@dataclass
class Call:
    """`operations` are the root fields; `seconds` is how long the answer took; `trouble` is what was done to it."""

    at: str
    request_id: str
    path: str = "/v2"
    kind: str = ""
    name: str | None = None
    operations: tuple[str, ...] = ()
    query: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    errors: tuple[str, ...] = ()
    complexity: int = 0
    seconds: float = 0.0
    trouble: str | None = None
    replayed: bool = False

    @property
    def idempotency_key(self) -> str | None:
        return self.headers.get("Idempotency-Key")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class CallLog:
    """The calls in the order they came, newest last. Behaves as a sequence."""

    def __init__(self, longest: int = 20_000) -> None:
        self._calls: deque[Call] = deque(maxlen=longest)
        self._lock = threading.Lock()

    def append(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def of(self, operation: str) -> list[Call]:
        """Calls with that root field or that operation name."""
        return [call for call in self if operation in call.operations or operation == call.name]

    def __iter__(self) -> Iterator[Call]:
        with self._lock:
            return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> Call:
        with self._lock:
            return self._calls[index]


def without_secrets(headers: Iterator[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in BLANKED}
