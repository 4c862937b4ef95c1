"""What pricing an order gives. Every amount has exactly the decimals of the currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from betterform.pricing.order import Order, TaxRate


@dataclass(frozen=True, slots=True)
class LineTotals:
    """A line as entered: with its tax where the unit price contains it. net = gross - discount (BT-131)."""

    gross: Decimal
    discount: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One tax group: a rate, and whether its amounts were entered with the tax included (BG-23).

    entered = lines - discount + shipping. base (BT-116) is without tax; base + tax_amount (BT-117) is
    what the group adds to the total. A group without a rate above zero is never `inclusive`: there is
    nothing to include.
    """

    tax: TaxRate
    inclusive: bool
    lines: Decimal
    discount: Decimal
    shipping: Decimal
    entered: Decimal
    base: Decimal
    tax_amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a document. They add up again from what is printed:

    - subtotal = sum of the nets of the lines that count; discounted = subtotal - discount
    - total = discounted + shipping + the tax amounts of the groups that are not inclusive
    - total = net + tax; payable = total + rounding

    `tax_rows` stand from the highest rate to the lowest, the untaxed last. `tax_by_rate` has an entry for
    every rate that occurs, inclusive and exclusive groups together, and none for what has no rate.
    `lines` are in the order of the order's lines, optional ones included.
    """

    order: Order = field(repr=False)
    lines: tuple[LineTotals, ...]
    subtotal: Decimal
    discount: Decimal
    discounted: Decimal
    shipping: Decimal
    tax_rows: tuple[TaxRow, ...]
    net: Decimal
    tax: Decimal
    tax_by_rate: dict[TaxRate, Decimal]
    total: Decimal
    rounding: Decimal
    payable: Decimal

    @property
    def currency(self) -> str:
        """The ISO 4217 code."""
        return self.order.currency
