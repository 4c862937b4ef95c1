"""Which record a row of the older system became, so that importing it twice makes it once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base
from betterform.models.types import UtcDateTime


class ImportedRecord(Base):
    __tablename__ = "imported_records"
    __table_args__ = (UniqueConstraint("older_table", "older_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    older_table: Mapped[str] = mapped_column(String(30))  # contacts, products, quotes, quoteproduct, invoices
    older_id: Mapped[int]
    record_type: Mapped[str] = mapped_column(String(20))  # as in history
    record_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
