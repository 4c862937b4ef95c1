"""Trouble on order: what shall go wrong, for which calls, how often."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass
from typing import Any

from betterform.monday.sandbox.limits import REFUSED

KINDS = (
    "rate_limited",  # 429 with Retry-After
    "locked",  # 423
    "complexity",  # today's shape, in a 200
    "complexity_legacy",  # the shape of before 2025, errors are strings
    "server_error",  # `status`, with a page of HTML
    "internal_error",  # "Internal Server Error" in a 200, with what else there was
    "timeout",  # silence for `seconds`, then the connection ends
    "cut",  # the connection ends at once
    "cut_upload",  # the connection ends when half of the upload is in
    "slow",  # the right answer, `seconds` late
    "daily_limit",
    "revoked_token",
    "application_error",  # any `code` of monday's list, in a 200
    "verbatim",  # exactly this `status`, `body` and `headers`
)
LIMITS = ("rate_limited", "complexity", "complexity_legacy", "daily_limit")
# With these, the write may have happened.
AFTER_KINDS = ("server_error", "internal_error", "timeout", "cut", "slow")


@dataclass
class Order:
    """One piece of trouble.

    `operation` is a root field or an operation name, None for every call. With `after`, the write happens and only
    its answer is lost or wrong (see AFTER_KINDS). `times` None means until it is cleared.
    `status` is the HTTP status of server_error (502) and application_error (200), `code`, `message` and `error_data`
    what an application_error says. A `verbatim` answer has `body`, JSON or a page as a string, and `headers` besides.
    """

    kind: str
    operation: str | None = None
    after: bool = False
    times: int | None = 1
    probability: float = 1.0
    seconds: float = 5.0
    status: int | None = None
    code: str = "UserUnauthorizedException"
    message: str = "Ordered at the stand-in"
    error_data: Any = None
    body: Any = None
    headers: dict[str, str] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no trouble called {self.kind!r}; there is {', '.join(KINDS)}.")
        if self.after and self.kind not in AFTER_KINDS:
            raise ValueError(f"{self.kind} cannot come after the write.")

    @property
    def cost(self) -> float:
        """What the call costs of the day's limit when this happens instead of it."""
        return REFUSED if self.kind in LIMITS else 1

    def concerns(self, operations: tuple[str, ...]) -> bool:
        if self.kind == "cut_upload" and "add_file_to_column" not in operations:
            return False
        return self.operation is None or self.operation in operations


class Trouble:
    """Orders wait in line; the first that concerns a call happens to it.

    Each operation has dice of its own, so that a seed gives the same luck to its first, second, third call whatever
    others are called in between.
    """

    def __init__(self) -> None:
        self._seed = 0
        self._dice: dict[tuple[str, ...], random.Random] = {}
        self._orders: list[Order] = []
        self._lock = threading.Lock()

    def seed(self, seed: int) -> None:
        with self._lock:
            self._seed = seed
            self._dice.clear()

    def order(self, kind: str, operation: str | None = None, **details: Any) -> Order:
        """Ask for trouble; see `Order` for the details. Raises ValueError for an unknown kind."""
        order = Order(kind, operation, **details)
        with self._lock:
            self._orders.append(order)
        return order

    def storm(
        self,
        seed: int,
        probability: float,
        *,
        kinds: tuple[str, ...] | None = None,
        operation: str | None = None,
        seconds: float = 1.0,
    ) -> None:
        """Every call meets trouble with `probability`, of a kind and a moment drawn by `seed`. Until cleared.

        With `operation`, only its calls do. `seconds` is how long they are made to wait, or told to.
        """
        self.seed(seed)
        chosen = kinds or (
            "rate_limited", "locked", "complexity", "complexity_legacy", "server_error", "internal_error",
            "timeout", "cut", "cut_upload",
        )  # fmt: skip
        with self._lock:
            self._orders.append(
                _Storm(chosen[0], operation, times=None, probability=probability, seconds=seconds).of(chosen)
            )

    def next(self, operations: tuple[str, ...]) -> Order | None:
        """What happens to a call with these operation names; counts it."""
        with self._lock:
            dice = self._dice.setdefault(operations, random.Random(f"{self._seed} {operations}"))
            for order in self._orders:
                if not order.concerns(operations) or dice.random() >= order.probability:
                    continue
                if order.times is not None:
                    order.times -= 1
                    if order.times <= 0:
                        self._orders.remove(order)
                return order.drawn(dice) if isinstance(order, _Storm) else order
            return None

    def withdraw(self, order: Order) -> None:
        with self._lock:
            if order in self._orders:
                self._orders.remove(order)

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def waiting(self) -> list[dict[str, Any]]:
        return [asdict(order) for order in list(self._orders)]


@dataclass
class _Storm(Order):
    kinds: tuple[str, ...] = ()

    def of(self, kinds: tuple[str, ...]) -> _Storm:
        self.kinds = kinds
        return self

    def concerns(self, operations: tuple[str, ...]) -> bool:
        # Whatever the first of its kinds would be picky about.
        return self.operation is None or self.operation in operations

    def drawn(self, dice: random.Random) -> Order:
        kind = dice.choice(self.kinds)
        after = dice.random() < 0.5 and kind in AFTER_KINDS
        return Order(kind, after=after, seconds=self.seconds, status=dice.choice((500, 502, 503, 504)))
