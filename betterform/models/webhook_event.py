"""The inbox: every webhook that monday sent, kept as it came."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base, one_of
from betterform.models.types import Json, UtcDateTime


class InboxState(StrEnum):
    """What became of a webhook."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"  # kept, but nothing to do with us
    PARKED = "parked"  # only a person can help


class WebhookEvent(Base):
    __tablename__ = "webhook_events"
    __table_args__ = (
        one_of("state", InboxState),
        Index("ix_webhook_events_due", "state", "next_attempt_at"),
        Index("ix_webhook_events_item", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # subscriptionId:triggerUuid, or the SHA-256 of the body where monday gave none.
    dedupe_key: Mapped[str] = mapped_column(String(100), unique=True)
    event_type: Mapped[str] = mapped_column(String(50), default="")
    board_id: Mapped[str] = mapped_column(String(20), default="")
    item_id: Mapped[str] = mapped_column(String(20), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default=InboxState.WAITING.value)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
