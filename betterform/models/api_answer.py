"""What the API answered to a POST with an Idempotency-Key, to answer the same when it is sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base
from betterform.models.types import Bytes, Json, UtcDateTime


class ApiAnswer(Base):
    """One row per caller and key, made before the work begins and completed with its answer.

    A row without a status belongs to a request that is still at work, or whose process died.
    """

    __tablename__ = "api_answers"
    __table_args__ = (UniqueConstraint("caller", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(String(40))  # "token:7" or "user:3"
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 of method, path and body
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    body: Mapped[bytes | None] = mapped_column(Bytes)
