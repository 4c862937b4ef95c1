"""A bearer token for the JSON API. Only its hash is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, Timestamped
from betterform.models.types import UtcDateTime
from betterform.models.user import User


class ApiToken(Base, Timestamped):
    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256, hexadecimal
    scopes: Mapped[str] = mapped_column(String(200), default="")  # space-separated; empty means all
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User | None] = relationship()

    def is_valid(self, *, at: datetime) -> bool:
        """Whether the token opens the door at the instant `at`."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
