"""Column types that mean the same on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, Inexact, InvalidOperation
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, LargeBinary, Numeric, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from betterform.money import EXACT

SCALE = 6
_ONE = 10**SCALE


class ExactNumber(TypeDecorator[Decimal]):
    """A Decimal of at most 12 digits before and 6 after the point, exact everywhere.

    SQLite has no decimals (SQLAlchemy would go through float), so there the number is kept as an
    integer of millionths: it compares, sorts and adds up exactly. Raises ValueError for a value
    that does not fit rather than rounding it.
    """

    impl = Numeric(18, SCALE)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(18, SCALE))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        number = Decimal(value)
        scaled = _in_millionths(number)
        if scaled is None or abs(scaled) >= 10**18:
            raise ValueError(f"{value} does not fit 12 digits before and 6 after the point")
        return scaled if dialect.name == "sqlite" else number

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        number = EXACT.scaleb(Decimal(value), -SCALE) if dialect.name == "sqlite" else Decimal(value)
        return _without_trailing_zeros(number)


def _in_millionths(number: Decimal) -> int | None:
    """12.5 as 12500000; None for what has more decimals, more digits than fit, or is no number at all."""
    try:
        scaled = EXACT.scaleb(number, SCALE)
        return int(scaled) if scaled == EXACT.to_integral_value(scaled) else None
    except (Inexact, InvalidOperation, OverflowError, ValueError):
        return None


def _without_trailing_zeros(number: Decimal) -> Decimal:
    """12.500000 as 12.5 and 100.000000 as 100, so that a figure reads as it was typed."""
    short = EXACT.normalize(number)
    exponent = short.as_tuple().exponent
    return EXACT.quantize(short, Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored without zone in UTC, to the microsecond."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


# MariaDB's plain BLOB and TEXT end at 64 kB.
Bytes = LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
Json = JSON()
