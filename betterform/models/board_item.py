"""What an item of a board held when we last read or wrote it: the ground on which changes are told apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base
from betterform.models.types import Json, UtcDateTime


class BoardItem(Base):
    """One row per contact's or product's item.

    A field that differs on the board from these values was changed there, one that differs in our
    record was changed here. So a change here that is still under way is not undone by news from the
    board, and what the board holds already is not written again.
    """

    __tablename__ = "board_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    mid: Mapped[str] = mapped_column(String(20), unique=True)  # monday item id
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # by field, as text
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
