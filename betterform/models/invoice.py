"""An invoice or credit note with its lines and payments, its states and the moves between them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, Timestamped, one_of
from betterform.models.contact import Contact
from betterform.models.quote import LineKind, Quote, ShippingTax
from betterform.models.tax_rate import TaxRate
from betterform.models.types import ExactNumber, LongText, UtcDateTime
from betterform.pricing import DiscountKind


class InvoiceState(StrEnum):
    """Where an invoice stands."""

    DRAFT = "draft"
    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"
    CANCELLED = "cancelled"  # by a credit note


class InvoiceKind(StrEnum):
    """What the document is."""

    INVOICE = "invoice"
    DEPOSIT = "deposit"
    PART = "part"
    FINAL = "final"
    CREDIT_NOTE = "credit_note"


MOVES: dict[InvoiceState, frozenset[InvoiceState]] = {
    InvoiceState.DRAFT: frozenset({InvoiceState.ISSUED}),
    InvoiceState.ISSUED: frozenset({InvoiceState.PART_PAID, InvoiceState.PAID, InvoiceState.CANCELLED}),
    InvoiceState.PART_PAID: frozenset({InvoiceState.PAID, InvoiceState.CANCELLED}),
    InvoiceState.PAID: frozenset({InvoiceState.CANCELLED}),
    InvoiceState.CANCELLED: frozenset(),
}


class Invoice(Base, Timestamped):
    __tablename__ = "invoices"
    __table_args__ = (
        one_of("state", InvoiceState),
        one_of("kind", InvoiceKind),
        one_of("discount_kind", DiscountKind),
        one_of("shipping_tax", ShippingTax),
        CheckConstraint("payment_days >= 0", name="payment_days_not_negative"),
        CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name="numbered_when_issued"),
        UniqueConstraint("number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mid: Mapped[str | None] = mapped_column(String(20), unique=True)  # item of an INVOICES board
    kind: Mapped[str] = mapped_column(String(12), default=InvoiceKind.INVOICE.value)
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quotes.id"), index=True)
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(10), default=InvoiceState.DRAFT.value)
    subject: Mapped[str] = mapped_column(String(255), default="")
    date: Mapped[datetime.date]
    service_from: Mapped[datetime.date | None]
    service_to: Mapped[datetime.date | None]
    payment_days: Mapped[int] = mapped_column(default=30)
    purchase_order: Mapped[str] = mapped_column(String(100), default="")
    bill_to: Mapped[str] = mapped_column(Text, default="")
    currency: Mapped[str] = mapped_column(String(3))
    discount: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    discount_kind: Mapped[str] = mapped_column(String(10), default=DiscountKind.PERCENT.value)
    shipping: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    shipping_tax: Mapped[str] = mapped_column(String(10), default=ShippingTax.LARGEST_GROUP.value)
    shipping_tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rates.id"))
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(LongText, default="")
    terms: Mapped[str] = mapped_column(LongText, default="")
    total: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    issued_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)
    state_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    quote: Mapped[Quote | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    credits: Mapped[Invoice | None] = relationship(remote_side=[id])
    shipping_tax_rate: Mapped[TaxRate | None] = relationship()
    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", cascade="all, delete-orphan", order_by="InvoiceLine.position"
    )
    payments: Mapped[list[Payment]] = relationship(back_populates="invoice", order_by="Payment.id")

    __mapper_args__ = {"version_id_col": version}


class InvoiceLine(Base):
    __tablename__ = "invoice_lines"
    __table_args__ = (
        one_of("kind", LineKind),
        one_of("discount_kind", DiscountKind),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    quote_line_id: Mapped[int | None] = mapped_column(ForeignKey("quote_lines.id", ondelete="SET NULL"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default=LineKind.ITEM.value)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str] = mapped_column(String(255), default="")
    catalogue_number: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[Decimal | None] = mapped_column(ExactNumber)
    unit: Mapped[str] = mapped_column(String(20), default="")
    # A deduction on a final invoice is a line with a negative price.
    unit_price: Mapped[Decimal | None] = mapped_column(ExactNumber)
    discount: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    discount_kind: Mapped[str] = mapped_column(String(10), default=DiscountKind.PERCENT.value)
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rates.id"))

    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    tax_rate: Mapped[TaxRate | None] = relationship()


class Payment(Base, Timestamped):
    __tablename__ = "payments"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    date: Mapped[datetime.date]
    amount: Mapped[Decimal] = mapped_column(ExactNumber)
    reference: Mapped[str] = mapped_column(String(200), default="")

    invoice: Mapped[Invoice] = relationship(back_populates="payments")
