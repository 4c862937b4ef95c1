"""One reading of a board: a catalogue pulled, or what changed looked for. Kept page by page, so that it can go on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base, one_of
from betterform.models.types import Json, UtcDateTime


class ReadingKind(StrEnum):
    """How much is read."""

    PULL = "pull"  # all items with all values, asked for by a person
    CHANGES = "changes"  # what changed since the last reading
    LISTING = "listing"  # which items there are, to find what is gone


class ReadingState(StrEnum):
    """What became of a reading."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BoardReading(Base):
    __tablename__ = "board_readings"
    __table_args__ = (
        one_of("kind", ReadingKind),
        one_of("state", ReadingState),
        Index("ix_board_readings_due", "state", "next_step_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(10), index=True)  # of the board: deals, contacts, products
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=ReadingState.RUNNING.value)
    # "role:kind" while it runs and NULL afterwards: at most one of a kind at a time on a board.
    open_key: Mapped[str | None] = mapped_column(String(30), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(String(200), default="")  # as history names authors
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_step_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)  # of the step that is due
    # Where the next page begins, and when the first page was asked for: a cursor lives 60 minutes.
    cursor: Mapped[str | None] = mapped_column(Text)
    cursor_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    items_expected: Mapped[int | None]
    items_read: Mapped[int] = mapped_column(default=0)
    present: Mapped[list[str]] = mapped_column(Json, default=list)  # ids seen so far, while it runs
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # outcome -> how many
    refused: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # {"item", "name", "reason"}
    reason: Mapped[str] = mapped_column(Text, default="")  # in plain words, why it waits or failed
