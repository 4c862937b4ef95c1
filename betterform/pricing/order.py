"""What is to be priced, as a person entered it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final

from betterform.errors import InvalidInput

HIGHEST_RATE = Decimal(1000)
CATEGORIES = frozenset({"S", "Z", "E", "AE", "K", "G", "O"})


class DiscountKind(StrEnum):
    """How a discount is meant; an amount is for the whole line, not for each unit."""

    NONE = "none"
    PERCENT = "percent"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax rate in percent with its EN 16931 category (BT-118, code list UNCL5305).

    S is the ordinary case; Z (zero rate), E (exempt), AE (reverse charge), K (supply within the EU) and G
    (export) are 0 percent; O is outside the scope of tax and has no rate, so its percent is always None.
    Rates that differ only in their name or in trailing zeros are equal. InvalidInput for a rate below 0
    or above 1000 percent, an unknown category, or a category that contradicts the percent.
    """

    percent: Decimal | None
    category: str = "S"
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        percent = self.percent
        if self.category not in CATEGORIES:
            raise InvalidInput(fields={"category": f"“{self.category[:10]}” is not a tax category."})
        if percent is not None and not (percent.is_finite() and 0 <= percent <= HIGHEST_RATE):
            raise InvalidInput(fields={"percent": f"A tax rate is between 0 and {HIGHEST_RATE} percent."})
        if self.category == "O":
            if percent:
                raise InvalidInput(fields={"percent": "What is outside the scope of tax has no rate."})
            object.__setattr__(self, "percent", None)
        elif percent is None:
            raise InvalidInput(fields={"percent": "This category of tax needs a rate."})
        elif percent and self.category != "S":
            raise InvalidInput(fields={"percent": f"The rate of category {self.category} is 0 percent."})


NO_TAX: Final = TaxRate(None, "O")


class LargestGroup(Enum):
    """The type of `LARGEST_GROUP`."""

    LARGEST_GROUP = "largest group"


LARGEST_GROUP: Final = LargestGroup.LARGEST_GROUP
"""Shipping is taxed like the tax group with the largest sum of lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line item. Quantity and unit price may be negative, and have more decimals than the currency.

    `inclusive`: the unit price contains the tax. `counts` is False for an optional line: priced, not in
    the totals.
    """

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    discount_kind: DiscountKind = DiscountKind.NONE
    tax: TaxRate = NO_TAX
    inclusive: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """Lines with what applies to all of them. A negative discount is a surcharge.

    `shipping_inclusive`: whether the shipping contains its tax; None means as the largest tax group does.
    `cash_rounding`: the step to which the payable amount is rounded, such as 0.05, or None.
    """

    currency: str
    lines: Sequence[Line] = ()
    discount: Decimal = Decimal(0)
    discount_kind: DiscountKind = DiscountKind.NONE
    shipping: Decimal = Decimal(0)
    shipping_tax: TaxRate | LargestGroup = LARGEST_GROUP
    shipping_inclusive: bool | None = None
    cash_rounding: Decimal | None = None
