"""A person who signs in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base, Timestamped, one_of
from betterform.models.types import UtcDateTime


class Role(StrEnum):
    """What a person may do; each role may do what the ones below it may."""

    ADMIN = "admin"
    STAFF = "staff"
    VIEWER = "viewer"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what `other` may."""
        order = [Role.VIEWER, Role.STAFF, Role.ADMIN]
        return order.index(self) >= order.index(other)


class User(Base, Timestamped):
    __tablename__ = "users"
    __table_args__ = (one_of("role", Role),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(10), default=Role.STAFF.value)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    # Changing it signs the person out everywhere: sessions carry it.
    session_key: Mapped[str] = mapped_column(String(64))
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # What Flask-Login asks of a user, without importing it.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        return f"{self.id}:{self.session_key}"

    @property
    def display_name(self) -> str:
        return self.name or self.email

    def may(self, role: Role) -> bool:
        """Whether this person may do what `role` may."""
        return self.is_active and Role(self.role).includes(role)
