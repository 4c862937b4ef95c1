"""What happened to a record: who, when, what. Written in the transaction of the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base, one_of
from betterform.models.types import Json, UtcDateTime


class AuthorKind(StrEnum):
    """Who can make something happen."""

    USER = "user"
    CUSTOMER = "customer"
    MONDAY = "monday"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Author:
    """Who did it. `id` is the user's id where the author is one of ours."""

    kind: AuthorKind
    name: str = ""
    id: int | None = None


SYSTEM = Author(AuthorKind.SYSTEM, "betterform")
MONDAY = Author(AuthorKind.MONDAY, "monday.com")


class HistoryEntry(Base):
    __tablename__ = "history"
    __table_args__ = (
        one_of("author_kind", AuthorKind),
        Index("ix_history_record", "record_type", "record_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_type: Mapped[str] = mapped_column(String(20))  # quote, invoice, contact, product, user, ...
    record_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_kind: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(String(200), default="")
    event: Mapped[str] = mapped_column(String(50))  # created, issued, changed, accepted, ...
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
