"""Whom monday takes us for, as it said when the boards were connected or checked. There is one row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base
from betterform.models.types import UtcDateTime


class MondayAccount(Base):
    __tablename__ = "monday_account"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    account_id: Mapped[str] = mapped_column(String(30), default="")
    account_name: Mapped[str] = mapped_column(String(200), default="")
    user_id: Mapped[str] = mapped_column(String(30), default="")  # by it our own echoes are known
    user_name: Mapped[str] = mapped_column(String(200), default="")
    daily_limit: Mapped[int | None]  # API calls a day, where monday tells
    # The API version that monday served when we asked for ours, and what it is to monday (current, ...).
    version: Mapped[str] = mapped_column(String(20), default="")
    version_kind: Mapped[str] = mapped_column(String(30), default="")
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What an admin has to put right before anything can be delivered again, and since when it is so.
    problem: Mapped[str] = mapped_column(Text, default="")
    problem_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The day's calls are used up: until then nothing is asked, unless monday answers earlier.
    used_up_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
