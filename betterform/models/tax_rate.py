"""A tax rate: percent, name, EN 16931 category and the wording that must be printed with it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base, Timestamped, one_of
from betterform.models.types import ExactNumber


class TaxCategory(StrEnum):
    """VAT category codes of EN 16931 (BT-118, a subset of UNCL5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUT_OF_SCOPE = "O"


class TaxRate(Base, Timestamped):
    __tablename__ = "tax_rates"
    __table_args__ = (
        one_of("category", TaxCategory),
        CheckConstraint("percent >= 0", name="percent_not_negative"),
        CheckConstraint("category = 'S' OR percent = 0", name="only_standard_taxes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))  # as printed: "VAT", "MwSt."
    percent: Mapped[Decimal] = mapped_column(ExactNumber)
    category: Mapped[str] = mapped_column(String(2), default=TaxCategory.STANDARD.value)
    exemption: Mapped[str] = mapped_column(Text, default="")  # BT-120, printed on the paper
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)
