"""The key of a form that made a record, so that sending it twice makes the record once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base
from betterform.models.types import UtcDateTime


class FormKey(Base):
    __tablename__ = "form_keys"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    record_type: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
