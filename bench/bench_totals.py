"""How long the form's requests take through the whole app: python -m bench.bench_totals [--quick].

Measured over HTTP on one kept connection: sign-in, CSRF, database and all, as the form of a browser sends
them. "recalculate" is what follows every pause in typing, "save" the autosave with a change each time, which
ends when SQLite has it on disk. "processor" is what the answering process used for one request; unlike the
times it hardly depends on what else the machine does. Server and client share the machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from bench.desk import Desk, desk, encoded, machine, percentile

LINES = (1, 10, 100, 1_000)
SECONDS_A_ROW = 4.0
WARM_UP = 2
LEAST, MOST = 5, 1_000


def row(name: str, desk: Desk, request: Callable[[], object], *, seconds: float) -> str:
    """A line of the table: how `request` does when it is made again and again for `seconds`."""
    for _ in range(WARM_UP):
        request()
    durations: list[float] = []
    before, end = desk.processor_seconds(), perf_counter() + seconds
    while len(durations) < LEAST or (perf_counter() < end and len(durations) < MOST):
        start = perf_counter()
        request()
        durations.append((perf_counter() - start) * 1000)
    used = (desk.processor_seconds() - before) * 1000 / len(durations)
    p50, p95 = median(durations), percentile(durations, 0.95)
    return f"{name:<24} {p50:>8.1f} ms {p95:>8.1f} ms {used:>8.1f} ms {len(durations):>6,}"


def recalculation(desk: Desk, quote_id: int) -> Callable[[], object]:
    """The request that computes what is typed and stores nothing."""
    body = encoded(desk.typed(quote_id))
    return lambda: desk.post(f"/quotes/{quote_id}/totals", body)


class Saving:
    """The autosave: a price changes each time, and the form learns its new version from the answer."""

    def __init__(self, desk: Desk, quote_id: int) -> None:
        self.desk, self.address = desk, f"/quotes/{quote_id}/edit"
        self.typed = desk.typed(quote_id)
        self.prices = [name for name in self.typed if name.endswith("-unit_price")]
        self.times = 0

    def __call__(self) -> None:
        """Save once."""
        self.times += 1
        self.typed[self.prices[self.times % len(self.prices)]] = f"{100 + self.times}.50"
        answer = self.desk.post(self.address, encoded(self.typed))
        [self.typed["version"]] = re.findall(r'id="version" value="([0-9a-f]+)"', answer)


def main() -> None:
    """Print the table."""
    seconds = 1.0 if "--quick" in sys.argv else SECONDS_A_ROW
    print(machine())
    with desk() as at:
        print(f"{'':<24} {'p50':>11} {'p95':>11} {'processor':>11} {'times':>6}")
        print(row("empty Flask view", at, lambda: at.get("/empty/"), seconds=seconds), flush=True)
        for lines in LINES:
            quote_id = at.new_quote(lines)
            recalculate, save = recalculation(at, quote_id), Saving(at, quote_id)
            print(row(f"recalculate {lines:,} lines", at, recalculate, seconds=seconds), flush=True)
            print(row(f"save {lines:,} lines", at, save, seconds=seconds), flush=True)


if __name__ == "__main__":
    main()
