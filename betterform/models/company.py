"""The company whose quotes these are: letterhead, defaults and texts. There is one row."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, Timestamped
from betterform.models.tax_rate import TaxRate
from betterform.models.types import Bytes, ExactNumber


class Company(Base, Timestamped):
    __tablename__ = "company"
    __table_args__ = (
        CheckConstraint("id = 1", name="single_row"),
        CheckConstraint("default_validity_days >= 0", name="validity_not_negative"),
        CheckConstraint("default_payment_days >= 0", name="payment_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str] = mapped_column(String(200), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    country_code: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166-1 alpha-2
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    vat_number: Mapped[str] = mapped_column(String(50), default="")
    registration: Mapped[str] = mapped_column(String(100), default="")
    bank_name: Mapped[str] = mapped_column(String(100), default="")
    iban: Mapped[str] = mapped_column(String(34), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    footer: Mapped[str] = mapped_column(Text, default="")
    # PNG or SVG, shrunk and flattened once at upload, since every PDF pays for it.
    logo: Mapped[bytes | None] = mapped_column(Bytes)
    logo_type: Mapped[str] = mapped_column(String(50), default="")

    time_zone: Mapped[str] = mapped_column(String(50), default="Europe/Zurich")
    locale: Mapped[str] = mapped_column(String(20), default="en")
    default_currency: Mapped[str] = mapped_column(String(3), default="CHF")
    default_validity_days: Mapped[int] = mapped_column(default=30)
    default_payment_days: Mapped[int] = mapped_column(default=30)
    default_tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rates.id"))
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    # Cash rounding of CHF totals to 0.05; nothing means none.
    chf_rounding_step: Mapped[Decimal | None] = mapped_column(ExactNumber)
    quote_terms: Mapped[str] = mapped_column(Text, default="")
    invoice_terms: Mapped[str] = mapped_column(Text, default="")

    default_tax_rate: Mapped[TaxRate | None] = relationship()
