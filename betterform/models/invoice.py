"""An invoice or credit note with its lines and payments, its states and the moves between them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, Timestamped, one_of
from betterform.models.contact import Contact
from betterform.models.quote import LineKind, Quote, ShippingTax
from betterform.models.tax_rate import TaxRate
from betterform.models.types import ExactNumber, Json, LongText, UtcDateTime
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


class Extent(StrEnum):
    """How much of its quote, or of the invoice it credits, a document takes."""

    WHOLE = "whole"  # all that is left: the whole less what came before
    LINES = "lines"  # some of the lines, each with a quantity
    PERCENT = "percent"  # a share of the total
    AMOUNT = "amount"  # an amount, tax included


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
        one_of("extent", Extent),
        one_of("discount_kind", DiscountKind),
        one_of("shipping_tax", ShippingTax),
        CheckConstraint("paid >= 0", name="paid_not_negative"),
        CheckConstraint("credited >= 0", name="credited_not_negative"),
        CheckConstraint("payment_days >= 0", name="payment_days_not_negative"),
        CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name="numbered_when_issued"),
        UniqueConstraint("number"),
        Index("ix_invoices_state_due", "state", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mid: Mapped[str | None] = mapped_column(String(20), unique=True)  # item of an INVOICES board
    kind: Mapped[str] = mapped_column(String(12), default=InvoiceKind.INVOICE.value)
    extent: Mapped[str] = mapped_column(String(10), default=Extent.WHOLE.value)
    # The percentage or the amount that was asked for; none where the extent is another.
    share: Mapped[Decimal | None] = mapped_column(ExactNumber)
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
    due: Mapped[datetime.date]  # date + payment_days, a column for lists
    purchase_order: Mapped[str] = mapped_column(String(100), default="")
    bill_to: Mapped[str] = mapped_column(Text, default="")  # instead of the contact's address
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    owner_email: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")  # of a credit note
    currency: Mapped[str] = mapped_column(String(3))
    discount: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    discount_kind: Mapped[str] = mapped_column(String(10), default=DiscountKind.PERCENT.value)
    shipping: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    shipping_tax: Mapped[str] = mapped_column(String(10), default=ShippingTax.LARGEST_GROUP.value)
    shipping_tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rates.id"))
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(LongText, default="")
    terms: Mapped[str] = mapped_column(LongText, default="")
    # What was typed into fields of a draft that could not be read yet, as quotes keep it.
    unparsed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    # Of the document itself, after deductions: without tax, tax, and the payable amount, which is net +
    # tax + cash rounding. Positive on a credit note too.
    net: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    # Kept with payments and credit notes, under the lock of this row.
    paid: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    credited: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    issued_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime, active_history=True)
    viewed_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)
    state_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)
    # Why monday could not be told, or that the item is gone; empty when all is well.
    item_problem: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)

    quote: Mapped[Quote | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    credits: Mapped[Invoice | None] = relationship(remote_side=[id])
    shipping_tax_rate: Mapped[TaxRate | None] = relationship()
    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice",
        cascade="all, delete-orphan",
        order_by="InvoiceLine.position",
        lazy="selectin",
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
    # Of a credit note: the line of the invoice that it takes back.
    credits_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_lines.id", ondelete="SET NULL"))
    key: Mapped[str] = mapped_column(String(12), default="")  # what the line is called in the form
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default=LineKind.ITEM.value)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str] = mapped_column(String(255), default="")
    catalogue_number: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[Decimal | None] = mapped_column(ExactNumber)
    unit: Mapped[str] = mapped_column(String(20), default="")
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
