"""The formulas, each in one place: the calculation rounds what they give, the steps show it."""

from __future__ import annotations

from decimal import Decimal

from betterform.errors import InvalidInput
from betterform.money import ROUNDING
from betterform.pricing.order import DiscountKind, TaxRate

HUNDRED = Decimal(100)


def gross_of(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """A line's amount before its discount, unrounded (BT-129 x BT-146)."""
    return quantity * unit_price


def discount_of(amount: Decimal, discount: Decimal, kind: DiscountKind) -> Decimal:
    """The discount on `amount`, neither rounded nor limited to it (BT-136 of a line, BT-92 of a document)."""
    if kind == DiscountKind.PERCENT:
        return amount * discount / HUNDRED
    if kind == DiscountKind.AMOUNT:
        return discount
    if kind == DiscountKind.NONE:
        return discount * 0
    raise InvalidInput(f"“{kind}” is not a kind of discount.")


def at_most(amount: Decimal, discount: Decimal) -> Decimal:
    """`discount`, but never beyond the whole of `amount`, which is negative in a credit.

    A surcharge, which has the other sign, has no limit. On zero nobody can tell a surcharge from the discount of a
    credit, so zero takes neither: a credit must mirror its invoice.
    """
    if amount > 0:
        return min(discount, amount)
    return max(discount, amount) if amount else amount


def tax_of(entered: Decimal, tax: TaxRate, *, inclusive: bool) -> Decimal:
    """The tax on what was entered for a group, unrounded (BR-CO-17): on top of it, or contained in it.

    The tax contained, entered - entered / (1 + r/100), is written with a single division: correct to 60
    digits, it cannot be mistaken for a half that it is not.
    """
    if not tax.percent:
        return entered * 0
    if inclusive:
        return ROUNDING.divide(entered * tax.percent, HUNDRED + tax.percent)
    return entered * tax.percent / HUNDRED
