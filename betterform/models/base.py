"""The declarative base, its naming of constraints, and columns that many tables share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from betterform import clock
from betterform.models.types import UtcDateTime


class Base(DeclarativeBase):
    """Every model's parent. Constraints are named, so that a migration can change them everywhere."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', None)}>"


class Timestamped:
    """`created_at` and `updated_at`, instants in UTC."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)


def one_of(column: str, allowed: type) -> CheckConstraint:
    """A constraint that `column` holds one of the values of the enumeration `allowed`."""
    values = ", ".join(f"'{member.value}'" for member in allowed)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")
