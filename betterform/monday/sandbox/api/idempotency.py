"""Idempotency-Key: the same key within half an hour gets the first answer again."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from betterform.monday.sandbox.clock import SandboxClock

WINDOW_SECONDS = 30 * 60
LARGEST_ANSWER = 1_000_000


@dataclass
class Kept:
    """`body` is None while the first request is still being answered."""

    body: bytes | None
    status: int
    expires: float


class IdempotencyKeys:
    """Answers by token and key.

    Whether monday keeps answers with errors is not documented; see `doubts`. Answers over a megabyte are not kept,
    as documented.
    """

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self._kept: dict[tuple[str, str], Kept] = {}
        self._lock = threading.Lock()

    def begin(self, token: str, key: str) -> Kept | None:
        """What is known of the key; None means that the caller is the first and must `finish` it."""
        with self._lock:
            now = self.clock.elapsed()
            kept = self._kept.get((token, key))
            if kept is not None and kept.expires >= now:
                return kept
            self._kept[token, key] = Kept(None, 0, now + WINDOW_SECONDS)
            return None

    def finish(self, token: str, key: str, body: bytes, status: int, *, keep: bool) -> None:
        with self._lock:
            if not keep or len(body) > LARGEST_ANSWER:
                self._kept.pop((token, key), None)
            elif (token, key) in self._kept:
                kept = self._kept[token, key]
                self._kept[token, key] = Kept(body, status, kept.expires)

    def forget_all(self) -> None:
        with self._lock:
            self._kept.clear()
