"""Monday's limits: calls a minute, calls at once, calls a day, complexity."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from betterform.monday.sandbox.clock import SandboxClock

WINDOW_SECONDS = 60.0
# What a call that is refused for a limit costs of the day.
REFUSED = 0.1


@dataclass
class Limits:
    """Generous unless told otherwise: an enterprise's calls, ten times its complexity."""

    minute: int = 5_000
    concurrency: int = 250
    daily: int = 25_000
    complexity_minute: int = 100_000_000
    complexity_query: int = 5_000_000

    @classmethod
    def of_plan(cls, plan: str) -> Limits:
        """The published limits of `standard`, `pro` or `enterprise`. Raises KeyError."""
        return {
            "standard": cls(1_000, 40, 1_000, 10_000_000),
            "pro": cls(2_500, 100, 10_000, 10_000_000),
            "enterprise": cls(5_000, 250, 25_000, 10_000_000),
        }[plan]


@dataclass(frozen=True)
class Refusal:
    """A call that must wait. `seconds` is how long."""

    status: int
    code: str
    message: str
    seconds: int

    def body(self) -> dict[str, Any]:
        extensions = {"code": self.code, "status_code": 429, "retry_in_seconds": self.seconds}
        return {"errors": [{"message": self.message, "extensions": extensions}]}


class Turnstile:
    """Counts calls and complexity over a sliding minute, and calls over the day."""

    def __init__(self, clock: SandboxClock, limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self._calls: deque[float] = deque()
        self._spent: deque[tuple[float, int]] = deque()
        self._inside = 0
        self._day = ""
        self.used_today = 0.0
        self._used_before = 0.0

    @property
    def used_in_all(self) -> float:
        """What has been counted since the start, over all days."""
        return self._used_before + self.used_today

    @contextmanager
    def place(self, *, cost: float = 1) -> Iterator[Refusal | None]:
        """Room for one call while its answer is made; a Refusal when there is none.

        `cost` is in calls of the day.
        """
        with self._lock:
            refusal = self._full(cost)
            if refusal is None:
                self._inside += 1
        try:
            yield refusal
        finally:
            if refusal is None:
                with self._lock:
                    self._inside -= 1

    def charge(self, cost: float) -> None:
        """Count a call that failed before there was room for it: failed calls count too."""
        with self._lock:
            self._forget_old()
            self.used_today += cost

    def _full(self, cost: float) -> Refusal | None:
        self._forget_old()
        if self.used_today + cost > self.limits.daily:
            return Refusal(429, "DAILY_LIMIT_EXCEEDED", "Daily limit exceeded", self._until_midnight())
        if len(self._calls) >= self.limits.minute:
            self.used_today += REFUSED
            return Refusal(
                429, "RATE_LIMIT_EXCEEDED", "Minute limit rate exceeded", self._until(self._calls[0])
            )
        if self._inside >= self.limits.concurrency:
            self.used_today += REFUSED
            return Refusal(429, "maxConcurrencyExceeded", "Concurrency limit exceeded", 1)
        self._calls.append(self.clock.elapsed())
        self.used_today += cost
        return None

    def spend(self, complexity: int) -> Refusal | None:
        """Take `complexity` out of the minute's budget, or say when there will be enough."""
        with self._lock:
            self._forget_old()
            if complexity > self.limits.complexity_query:
                self.used_today -= 1 - REFUSED
                return Refusal(200, "COMPLEXITY_BUDGET_EXHAUSTED", "Query complexity is too high", 60)
            if complexity > self._left():
                self.used_today -= 1 - REFUSED
                wait = self._until(self._spent[0][0]) if self._spent else 60
                return Refusal(200, "COMPLEXITY_BUDGET_EXHAUSTED", "Complexity budget exhausted", wait)
            self._spent.append((self.clock.elapsed(), complexity))
            return None

    def left(self) -> int:
        with self._lock:
            self._forget_old()
            return self._left()

    def _left(self) -> int:
        return self.limits.complexity_minute - sum(cost for _, cost in self._spent)

    def seconds_to_reset(self) -> int:
        with self._lock:
            return self._until(self._spent[0][0]) if self._spent else int(WINDOW_SECONDS)

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` tells the quotas, `RateLimit` what is left and the seconds until it is whole again."""
        with self._lock:
            self._forget_old()
            limits, calls_reset = self.limits, self._until(self._calls[0]) if self._calls else 60
            points_reset = self._until(self._spent[0][0]) if self._spent else 60
            policy = (
                f'"minuteRate";q={limits.minute};w=60, "concurrency";q={limits.concurrency}, '
                f'"complexityMinute";q={limits.complexity_minute};w=60'
            )
            left = (
                f'"minuteRate";r={max(0, limits.minute - len(self._calls))};t={calls_reset}, '
                f'"concurrency";r={max(0, limits.concurrency - self._inside)}, '
                f'"complexityMinute";r={max(0, self._left())};t={points_reset}'
            )
        return {"RateLimit-Policy": policy, "RateLimit": left}

    def _forget_old(self) -> None:
        start = self.clock.elapsed() - WINDOW_SECONDS
        while self._calls and self._calls[0] < start:
            self._calls.popleft()
        while self._spent and self._spent[0][0] < start:
            self._spent.popleft()
        today = self.clock.now().date().isoformat()
        if today != self._day:
            self._used_before += self.used_today
            self._day, self.used_today = today, 0.0

    def _until(self, began: float) -> int:
        return max(1, round(began + WINDOW_SECONDS - self.clock.elapsed()))

    def _until_midnight(self) -> int:
        now = self.clock.now()
        return max(1, 86_400 - (now.hour * 3600 + now.minute * 60 + now.second))
