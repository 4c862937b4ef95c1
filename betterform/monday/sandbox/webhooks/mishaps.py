"""What can happen to a webhook on its way: lost, doubled, delayed, overtaken."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

MISHAPS = ("lose", "double", "delay", "reorder")


@dataclass
class Mishap:
    """`event` is a payload type such as `create_pulse`, or None for all; `times` None means until told otherwise.

    `seconds` is how long a delay is, and the longest by which reordered events miss their place.
    """

    kind: str
    event: str | None = None
    times: int | None = 1
    probability: float = 1.0
    seconds: float = 2.0

    def __post_init__(self) -> None:
        if self.kind not in MISHAPS:
            raise ValueError(f"Webhooks can {', '.join(MISHAPS)}; not {self.kind!r}.")


class Mishaps:
    def __init__(self) -> None:
        self._dice = random.Random(0)  # trouble must be repeatable
        self._waiting: list[Mishap] = []
        self._lock = threading.Lock()

    def seed(self, seed: int) -> None:
        self._dice.seed(seed)

    def order(self, mishap: Mishap) -> None:
        with self._lock:
            self._waiting.append(mishap)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Mishap]:
        return list(self._waiting)

    def journeys(self, event: str) -> list[float]:
        """After how many seconds each copy of an event leaves; no entry means that it is lost."""
        mishap = self._next(event)
        if mishap is None:
            return [0.0]
        match mishap.kind:
            case "lose":
                return []
            case "double":
                return [0.0, 0.0]
            case "delay":
                return [mishap.seconds]
            case _:
                return [self._dice.uniform(0.1, 1.0) * mishap.seconds]

    def _next(self, event: str) -> Mishap | None:
        with self._lock:
            for mishap in self._waiting:
                if mishap.event not in (None, event) or self._dice.random() >= mishap.probability:
                    continue
                if mishap.times is not None:
                    mishap.times -= 1
                    if mishap.times <= 0:
                        self._waiting.remove(mishap)
                return mishap
            return None
