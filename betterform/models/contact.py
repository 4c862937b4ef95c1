"""A customer's person or office: one item of the CONTACTS board."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from betterform.models.base import Base, Timestamped
from betterform.models.types import UtcDateTime


class Contact(Base, Timestamped):
    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_name", "last_name", "first_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mid: Mapped[str | None] = mapped_column(String(20), unique=True)  # monday item id
    email: Mapped[str] = mapped_column(String(200), default="", index=True)
    title: Mapped[str] = mapped_column(String(50), default="")
    first_name: Mapped[str] = mapped_column(String(200), default="")
    last_name: Mapped[str] = mapped_column(String(200), default="")
    company: Mapped[str] = mapped_column(String(200), default="", index=True)
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    country_code: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166-1 alpha-2
    phone: Mapped[str] = mapped_column(String(50), default="")
    vat_number: Mapped[str] = mapped_column(String(50), default="")
    language: Mapped[str] = mapped_column(String(2), default="")  # empty: the company's
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The contact that this one turned out to be: it is archived, and its item stands for the other.
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("contacts.id", ondelete="RESTRICT"), index=True
    )
    # The e-mail address, casefolded, that a person said several contacts may share.
    shared_email: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def person(self) -> str:
        """The person's name with title, or nothing."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    @property
    def display_name(self) -> str:
        """What a list shows: the person, else the company, else the e-mail address."""
        return self.person or self.company or self.email or f"Contact {self.id}"
