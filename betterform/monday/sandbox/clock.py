"""The stand-in's time. It can run faster than the wall's, or be pushed forward, for tests."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Wall time plus what was skipped, and a stopwatch for windows that runs `speed` times faster.

    Stamps (`now`) follow the wall so that they make sense beside the app's own. Windows, such as the half hour of
    an Idempotency-Key or the minute between two tries of a webhook, are measured with `elapsed` in monday's seconds.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("The clock's speed must be above zero.")
        self.speed = speed
        self._skipped = 0.0
        self._started = time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def elapsed(self) -> float:
        """Monday's seconds since this clock was made."""
        return (time.monotonic() - self._started) * self.speed + self._skipped

    def advance(self, seconds: float) -> None:
        """Skip `seconds`, so that windows close at once."""
        self._skipped += seconds

    def real_seconds(self, seconds: float) -> float:
        """How long a person waits for `seconds` of monday's."""
        return seconds / self.speed


def stamp(moment: datetime) -> str:
    """Monday's way to write an instant: `2026-11-23T17:56:59.644Z` is for webhooks, seconds suffice elsewhere."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def fine_stamp(moment: datetime) -> str:
    """An instant with milliseconds, as webhooks carry it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
