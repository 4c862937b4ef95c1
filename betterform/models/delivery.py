"""The outbox: every write that monday is owed, committed with the change that caused it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, one_of
from betterform.models.types import Json, UtcDateTime


class DeliveryState(StrEnum):
    """What became of a delivery. The first three are open, the others closed."""

    WAITING = "waiting"
    RUNNING = "running"
    PARKED = "parked"  # only a person can help; the reason says how
    DONE = "done"
    GIVEN_UP = "given_up"

    @property
    def is_open(self) -> bool:
        return self in (DeliveryState.WAITING, DeliveryState.RUNNING, DeliveryState.PARKED)


class Target(StrEnum):
    """What is to be brought up to date. The record is queued, not the change: the latest truth is pushed."""

    DEAL = "deal"  # a quote's link, number, dates, currency, total, status
    DEAL_PDF = "deal_pdf"  # a quote's PDF in the file column
    CONTACT = "contact"  # a contact's item
    PRODUCT = "product"  # a product's item
    INVOICE = "invoice"
    INVOICE_PDF = "invoice_pdf"


class Delivery(Base):
    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("state", DeliveryState),
        one_of("target", Target),
        Index("ix_deliveries_due", "state", "next_attempt_at"),
        Index("ix_deliveries_record", "record_type", "record_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(String(20))
    record_type: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[int]
    # "target:record id" while open and NULL afterwards: at most one open delivery per record and
    # target, by a unique constraint that every database has (MariaDB knows no partial indexes).
    open_key: Mapped[str | None] = mapped_column(String(50), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=DeliveryState.WAITING.value)
    # Counts every request to push; a worker that finished an older one leaves the row open.
    wanted: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Sent with every attempt; monday replays its answer for 30 minutes from the first use.
    idempotency_key: Mapped[str] = mapped_column(String(64))
    first_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")  # in plain words, why it waits or failed
    result: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    tries: Mapped[list[DeliveryAttempt]] = relationship(
        back_populates="delivery", order_by="DeliveryAttempt.id", cascade="all, delete-orphan"
    )


class DeliveryAttempt(Base):
    """One try: what was sent (secrets blanked) and what came back."""

    __tablename__ = "delivery_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(30))
    sent: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    received: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    request_id: Mapped[str] = mapped_column(String(100), default="")
    milliseconds: Mapped[int] = mapped_column(default=0)

    delivery: Mapped[Delivery] = relationship(back_populates="tries")
