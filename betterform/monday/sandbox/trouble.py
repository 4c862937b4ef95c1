"""Trouble on order: what shall go wrong, for which calls, how often."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass
from typing import Any

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
)
# With these, the write may have happened.
AFTER_KINDS = ("server_error", "internal_error", "timeout", "cut", "slow")


@dataclass
class Order:
    """One piece of trouble.

    `operation` is a root field or an operation name, None for every call. With `after`, the write happens and only
    its answer is lost or wrong (see AFTER_KINDS). `times` None means until it is cleared.
    `status` is the HTTP status of server_error (502) and application_error (200), `code`, `message` and `error_data`
    what an application_error says.
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

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no trouble called {self.kind!r}; there is {', '.join(KINDS)}.")
        if self.after and self.kind not in AFTER_KINDS:
            raise ValueError(f"{self.kind} cannot come after the write.")

    def concerns(self, operations: tuple[str, ...]) -> bool:
        if self.kind == "cut_upload" and "add_file_to_column" not in operations:
            return False
        return self.operation is None or self.operation in operations


class Trouble:
    """Orders wait in line; the first that concerns a call happens to it."""

    def __init__(self) -> None:
        self._dice = random.Random(0)  # trouble must be repeatable
        self._orders: list[Order] = []
        self._lock = threading.Lock()

    def seed(self, seed: int) -> None:
        self._dice.seed(seed)

    def order(self, kind: str, operation: str | None = None, **details: Any) -> Order:
        """Ask for trouble; see `Order` for the details. Raises ValueError for an unknown kind."""
        order = Order(kind, operation, **details)
        with self._lock:
            self._orders.append(order)
        return order

    def storm(self, seed: int, probability: float, *, kinds: tuple[str, ...] | None = None) -> None:
        """Every call meets trouble with `probability`, of a kind and a moment drawn by `seed`. Until cleared."""
        self.seed(seed)
        chosen = kinds or (
            "rate_limited", "locked", "complexity", "complexity_legacy", "server_error", "internal_error",
            "timeout", "cut", "cut_upload",
        )  # fmt: skip
        with self._lock:
            self._orders.append(
                _Storm(chosen[0], times=None, probability=probability, seconds=1.0).of(chosen)
            )

    def next(self, operations: tuple[str, ...]) -> Order | None:
        """What happens to a call with these operation names; counts it."""
        with self._lock:
            for order in self._orders:
                if not order.concerns(operations) or self._dice.random() >= order.probability:
                    continue
                if order.times is not None:
                    order.times -= 1
                    if order.times <= 0:
                        self._orders.remove(order)
                return order.drawn(self._dice) if isinstance(order, _Storm) else order
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
        return True

    def drawn(self, dice: random.Random) -> Order:
        kind = dice.choice(self.kinds)
        after = dice.random() < 0.5 and kind in AFTER_KINDS
        return Order(kind, after=after, seconds=self.seconds, status=dice.choice((500, 502, 503, 504)))
