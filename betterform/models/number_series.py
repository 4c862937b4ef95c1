"""Where numbers come from: one row per series, locked while a number is taken."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base, one_of


class Series(StrEnum):
    """The kinds of document that are numbered."""

    QUOTE = "quote"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class NumberSeries(Base):
    __tablename__ = "number_series"
    __table_args__ = (
        one_of("kind", Series),
        CheckConstraint("next_number >= 1", name="starts_at_one"),
    )

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    # With {year}, {yy}, {month} and {number} or {number:04d}.
    pattern: Mapped[str] = mapped_column(String(50))
    next_number: Mapped[int] = mapped_column(default=1)
    yearly_reset: Mapped[bool] = mapped_column(default=True)
    year: Mapped[int] = mapped_column(default=0)  # the year that next_number counts in
