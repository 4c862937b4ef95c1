"""A quote and its lines, the states it may be in and the moves between them."""

from __future__ import annotations

import datetime
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.errors import WrongState
from betterform.models.base import Base, Timestamped, one_of
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.tax_rate import TaxRate
from betterform.models.types import ExactNumber, Json, LongText, UtcDateTime
from betterform.pricing import DiscountKind


class QuoteState(StrEnum):
    """Where a quote stands."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REPLACED = "replaced"  # by its next revision
    INVOICED = "invoiced"


MOVES: dict[QuoteState, frozenset[QuoteState]] = {
    QuoteState.DRAFT: frozenset({QuoteState.SENT, QuoteState.CANCELLED}),
    QuoteState.SENT: frozenset(
        {
            QuoteState.ACCEPTED,
            QuoteState.DECLINED,
            QuoteState.EXPIRED,
            QuoteState.CANCELLED,
            QuoteState.REPLACED,
            QuoteState.INVOICED,  # an invoice may be made of a quote that was only sent
        }
    ),
    QuoteState.EXPIRED: frozenset(
        # Staff may allow a late acceptance, and an expired quote may be offered anew.
        {QuoteState.ACCEPTED, QuoteState.REPLACED, QuoteState.CANCELLED}
    ),
    QuoteState.ACCEPTED: frozenset({QuoteState.INVOICED, QuoteState.CANCELLED}),
    QuoteState.DECLINED: frozenset({QuoteState.REPLACED}),
    QuoteState.CANCELLED: frozenset(),
    QuoteState.REPLACED: frozenset(),
    QuoteState.INVOICED: frozenset(),
}


class ShippingTax(StrEnum):
    """Which tax the shipping charge carries."""

    LARGEST_GROUP = "largest"  # the rate of the group with the largest amount
    RATE = "rate"  # the rate in shipping_tax_rate
    NONE = "none"


class LineKind(StrEnum):
    """What a line is: a priced item, a heading of a section, or plain text."""

    ITEM = "item"
    SECTION = "section"
    TEXT = "text"


class Quote(Base, Timestamped):
    __tablename__ = "quotes"
    __table_args__ = (
        one_of("state", QuoteState),
        one_of("discount_kind", DiscountKind),
        one_of("shipping_tax", ShippingTax),
        CheckConstraint("validity_days >= 0", name="validity_not_negative"),
        CheckConstraint("shipping >= 0", name="shipping_not_negative"),
        CheckConstraint("discount >= 0", name="discount_not_negative"),
        CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name="numbered_when_issued"),
        UniqueConstraint("number"),
        Index("ix_quotes_state_date", "state", "date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mid: Mapped[str | None] = mapped_column(String(20), unique=True)  # monday item id
    number: Mapped[str | None] = mapped_column(String(100))
    revision: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("quotes.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=QuoteState.DRAFT.value)
    subject: Mapped[str] = mapped_column(String(255), default="")  # the deal's name
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    custom_quote_to: Mapped[str] = mapped_column(Text, default="")  # instead of the contact's address
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    owner_email: Mapped[str] = mapped_column(String(200), default="")
    deal_type: Mapped[str] = mapped_column(String(50), default="")
    date: Mapped[datetime.date]
    validity_days: Mapped[int] = mapped_column(default=30)
    currency: Mapped[str] = mapped_column(String(3))
    discount: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    discount_kind: Mapped[str] = mapped_column(String(10), default=DiscountKind.PERCENT.value)
    shipping: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    shipping_tax: Mapped[str] = mapped_column(String(10), default=ShippingTax.LARGEST_GROUP.value)
    shipping_tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rates.id"))
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(LongText, default="")
    terms: Mapped[str] = mapped_column(LongText, default="")
    # What was typed into fields that could not be read yet ({"lines-<key>-quantity": "abc"}).
    unparsed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    # Payable amount, cached at every save for lists and the board; none where it is past counting.
    total: Mapped[Decimal | None] = mapped_column(ExactNumber, default=Decimal(0))
    issued_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime, active_history=True)
    viewed_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)
    state_at: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)  # when it came into its state
    # Why monday could not be asked for the item, or that it is gone; empty when all is well.
    item_problem: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)

    contact: Mapped[Contact | None] = relationship()
    shipping_tax_rate: Mapped[TaxRate | None] = relationship()
    previous: Mapped[Quote | None] = relationship(remote_side=[id])
    lines: Mapped[list[QuoteLine]] = relationship(
        back_populates="quote",
        cascade="all, delete-orphan",
        order_by="QuoteLine.position",
        lazy="selectin",
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def expiry(self) -> datetime.date:
        """The last day on which the quote may be accepted, in the company's time zone."""
        return self.date + timedelta(days=self.validity_days)

    def is_expired(self, *, on: datetime.date) -> bool:
        """Whether a sent quote's last day lies before `on`."""
        return self.state == QuoteState.EXPIRED or (self.state == QuoteState.SENT and on > self.expiry)

    @property
    def is_draft(self) -> bool:
        return self.state == QuoteState.DRAFT

    @property
    def display_name(self) -> str:
        """The number once there is one, else the deal's name."""
        return self.number or self.subject or f"Draft {self.id}"

    def may_become(self, state: QuoteState) -> bool:
        """Whether the move is in the table of allowed moves."""
        return state in MOVES[QuoteState(self.state)]

    def become(self, state: QuoteState, *, at: datetime.datetime) -> None:
        """Move to `state`. Raises WrongState for a move that the table does not allow."""
        if not self.may_become(state):
            raise WrongState(f"A quote that is {self.state} cannot become {state.value}.")
        self.state = state.value
        self.state_at = at

    def ensure_draft(self) -> None:
        """Raises WrongState unless the quote may still be edited."""
        if not self.is_draft:
            raise WrongState(f"Quote {self.display_name} is {self.state}: what was issued cannot be changed.")


class QuoteLine(Base):
    __tablename__ = "quote_lines"
    __table_args__ = (
        UniqueConstraint("quote_id", "key"),
        one_of("kind", LineKind),
        one_of("discount_kind", DiscountKind),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("discount >= 0", name="discount_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(
        ForeignKey("quotes.id", ondelete="CASCADE"), index=True, active_history=True
    )
    # Given by the form, so that a line stays itself over saves and reorderings.
    key: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default=LineKind.ITEM.value)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    catalogue_number: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[Decimal | None] = mapped_column(ExactNumber)
    unit: Mapped[str] = mapped_column(String(20), default="")
    unit_price: Mapped[Decimal | None] = mapped_column(ExactNumber)
    discount: Mapped[Decimal] = mapped_column(ExactNumber, default=Decimal(0))
    discount_kind: Mapped[str] = mapped_column(String(10), default=DiscountKind.PERCENT.value)
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rates.id"))
    optional: Mapped[bool] = mapped_column(default=False)
    selected: Mapped[bool] = mapped_column(default=True)  # of an optional line: chosen

    quote: Mapped[Quote] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()
    tax_rate: Mapped[TaxRate | None] = relationship(lazy="joined")

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written anything into the line yet."""
        return not (self.name or self.description or self.product_id or self.unit_price is not None)
