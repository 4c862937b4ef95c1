"""The one engine that computes every total: an `Order` in, `Totals` out; `explain` tells the steps.

    line = Line(Decimal(3), Decimal("19.99"), tax=TaxRate(Decimal("8.1")))
    price(Order(currency="CHF", lines=[line])).total

Pure and exact. docs/pricing.md says in prose what it does, with the examples that the tests use.
"""

from betterform.pricing.calculation import price
from betterform.pricing.order import (
    LARGEST_GROUP,
    NO_TAX,
    DiscountKind,
    LargestGroup,
    Line,
    Order,
    TaxRate,
)
from betterform.pricing.steps import Figure, FigureKind, Rule, Step, explain
from betterform.pricing.totals import LineTotals, TaxRow, Totals

__all__ = [
    "LARGEST_GROUP",
    "NO_TAX",
    "DiscountKind",
    "Figure",
    "FigureKind",
    "LargestGroup",
    "Line",
    "LineTotals",
    "Order",
    "Rule",
    "Step",
    "TaxRate",
    "TaxRow",
    "Totals",
    "explain",
    "price",
]
