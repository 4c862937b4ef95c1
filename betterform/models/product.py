"""A thing that is sold, with one price per currency: one item of the PRODUCTS board."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, Timestamped
from betterform.models.tax_rate import TaxRate
from betterform.models.types import ExactNumber, UtcDateTime


class Product(Base, Timestamped):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    mid: Mapped[str | None] = mapped_column(String(20), unique=True)  # monday item id
    name: Mapped[str] = mapped_column(String(255), index=True)
    catalogue_number: Mapped[str] = mapped_column(String(200), default="", index=True)
    kind: Mapped[str] = mapped_column(String(200), default="")  # the older system's `type`: kit, ...
    unit: Mapped[str] = mapped_column(String(20), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rates.id"))
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    tax_rate: Mapped[TaxRate | None] = relationship()
    prices: Mapped[list[ProductPrice]] = relationship(
        back_populates="product", cascade="all, delete-orphan", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}

    def price_in(self, currency: str) -> Decimal | None:
        """The catalogue price in `currency`, or None where there is none: prices are never converted."""
        return next((price.amount for price in self.prices if price.currency == currency), None)

    def set_price(self, currency: str, amount: Decimal | None) -> None:
        """Set the catalogue price in `currency`; None removes it."""
        price = next((price for price in self.prices if price.currency == currency), None)
        if amount is None:
            if price is not None:
                self.prices.remove(price)
        elif price is None:
            self.prices.append(ProductPrice(currency=currency, amount=amount))
        else:
            price.amount = amount


class ProductPrice(Base):
    __tablename__ = "product_prices"
    __table_args__ = (
        UniqueConstraint("product_id", "currency"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    currency: Mapped[str] = mapped_column(String(3))  # ISO 4217
    amount: Mapped[Decimal] = mapped_column(ExactNumber)

    product: Mapped[Product] = relationship(back_populates="prices")
