"""How long the engine takes, one row for each number of lines: python -m bench.bench_pricing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from statistics import median
from time import perf_counter

from betterform.money import format_money
from betterform.pricing import DiscountKind, Line, Order, TaxRate, explain, price

RATES = tuple(TaxRate(Decimal(percent), name="VAT") for percent in ("8.1", "2.6", "3.8"))


def order_of(count: int) -> Order:
    """A document such as people write: three rates, some tax included, some line discounts, one for all."""
    lines = tuple(
        Line(
            quantity=Decimal(index % 7 + 1),
            unit_price=Decimal("19.95") + index,
            discount=Decimal(5) if index % 3 == 0 else Decimal(0),
            discount_kind=DiscountKind.PERCENT if index % 3 == 0 else DiscountKind.NONE,
            tax=RATES[index % 3],
            inclusive=index % 5 == 0,
        )
        for index in range(count)
    )
    return Order(
        currency="CHF",
        lines=lines,
        discount=Decimal("2.5"),
        discount_kind=DiscountKind.PERCENT,
        shipping=Decimal("24.50"),
        cash_rounding=Decimal("0.05"),
    )


def milliseconds(work: Callable[[], object], *, times: int) -> list[float]:
    """How long `work` took each time, shortest first."""
    durations = []
    for _ in range(times):
        start = perf_counter()
        work()
        durations.append((perf_counter() - start) * 1000)
    return sorted(durations)


def row(name: str, durations: list[float]) -> str:
    """A line of the table: the median and the 95th percentile, in milliseconds."""
    return f"{name:<34} {median(durations):9.3f} ms  p95 {durations[int(len(durations) * 0.95)]:9.3f} ms"


def main() -> None:
    """Print the table."""
    for count in (10, 1_000):
        order = order_of(count)
        price(order)
        print(row(f"totals of {count:,} lines", milliseconds(partial(price, order), times=200)))
        totals = price(order)
        print(row(f"steps of {count:,} lines", milliseconds(partial(explain, totals), times=50)))
    amounts = [Decimal(index) / 100 for index in range(100_000, 101_000)]
    written = milliseconds(lambda: [format_money(amount, "CHF", "de-CH") for amount in amounts], times=50)
    print(row("1,000 amounts written", written))


if __name__ == "__main__":
    main()
