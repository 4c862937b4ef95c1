"""How our fields map to monday's boards and columns. Data, edited by people; no column id is in code."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, Timestamped, one_of
from betterform.models.types import ExactNumber, Json, UtcDateTime


class BoardRole(StrEnum):
    """What a board is to us."""

    DEALS = "deals"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    INVOICES = "invoices"


class WritePolicy(StrEnum):
    """Whether our value goes over what the board holds."""

    OVERWRITE = "overwrite"
    IF_EMPTY = "if_empty"
    NEVER = "never"


class Board(Base, Timestamped):
    __tablename__ = "boards"
    __table_args__ = (one_of("role", BoardRole),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(10), unique=True)
    board_id: Mapped[str] = mapped_column(String(20), unique=True)  # monday's id
    name: Mapped[str] = mapped_column(String(255), default="")
    # Up to when what changed on the board is known, and when all of its items were last listed.
    reconciled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    columns: Mapped[list[BoardColumn]] = relationship(
        back_populates="board", cascade="all, delete-orphan", lazy="selectin"
    )
    webhooks: Mapped[list[BoardWebhook]] = relationship(
        back_populates="board", cascade="all, delete-orphan", lazy="selectin"
    )

    def column(self, field: str) -> BoardColumn | None:
        """The column that `field` is mapped to, or None where it is not mapped."""
        return next((column for column in self.columns if column.field == field), None)


class BoardColumn(Base):
    __tablename__ = "board_columns"
    __table_args__ = (UniqueConstraint("board_pk", "field"), one_of("policy", WritePolicy))

    id: Mapped[int] = mapped_column(primary_key=True)
    board_pk: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(50))  # ours: number, total, pdf, ...
    column_id: Mapped[str] = mapped_column(String(100))  # monday's
    title: Mapped[str] = mapped_column(String(255), default="")
    column_type: Mapped[str] = mapped_column(String(50), default="")  # GraphQL ColumnType
    policy: Mapped[str] = mapped_column(String(10), default=WritePolicy.OVERWRITE.value)
    # Of a status or dropdown: our value -> monday's label.
    labels: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    board: Mapped[Board] = relationship(back_populates="columns")


class BoardWebhook(Base):
    __tablename__ = "board_webhooks"
    __table_args__ = (UniqueConstraint("board_pk", "event", "column_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    board_pk: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(50))
    # Of change_specific_column_value: monday's column. Empty for events of the whole board.
    column_id: Mapped[str] = mapped_column(String(100), default="")
    webhook_id: Mapped[str] = mapped_column(String(30))
    # SHA-256 of the address that it was made for, which holds a secret; empty where that is not known.
    address_digest: Mapped[str] = mapped_column(String(64), default="")

    board: Mapped[Board] = relationship(back_populates="webhooks")


class ApiCallDay(Base):
    """How many API calls were made on a day (UTC), as monday counts them."""

    __tablename__ = "api_call_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    calls: Mapped[Decimal] = mapped_column(ExactNumber)  # a rate-limited call counts a tenth
