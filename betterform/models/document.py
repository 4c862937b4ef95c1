"""An issued document: the frozen data it was printed from and the PDF. Written once, then never changed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, event, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, deferred, mapped_column, relationship

from betterform.errors import WrongState
from betterform.models.base import Base, one_of
from betterform.models.invoice import Invoice
from betterform.models.number_series import Series
from betterform.models.quote import Quote
from betterform.models.types import Bytes, Json, UtcDateTime
from betterform.paper import Paper


class Document(Base):
    """One row per issued quote or invoice.

    The snapshot is written in the transaction that issues, the PDF with its SHA-256 in the
    transaction that records the printing: between the two the paper can be printed again from the
    snapshot at any time, so a process that dies in between loses nothing.
    """

    __tablename__ = "documents"
    __table_args__ = (
        one_of("kind", Series),
        CheckConstraint("(quote_id IS NULL) <> (invoice_id IS NULL)", name="of_one_record"),
        CheckConstraint("(pdf IS NULL) = (sha256 IS NULL)", name="hash_with_pdf"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quotes.id"), unique=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), unique=True)
    number: Mapped[str] = mapped_column(String(100), unique=True)
    # The bare number and the year that its series counted in, for the report of gaps. None on documents
    # that were issued before this was kept, or that came from an older system.
    sequence: Mapped[int | None]
    sequence_year: Mapped[int | None]
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)  # Paper.to_json()
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pdf: Mapped[bytes | None] = deferred(mapped_column(Bytes))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]  # bytes
    pages: Mapped[int | None]
    printed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Characters that no bundled font could print, for staff to see.
    missing_glyphs: Mapped[str] = mapped_column(String(200), default="")
    # Why the last attempt to print failed; empty when it did not.
    print_problem: Mapped[str] = mapped_column(Text, default="")

    quote: Mapped[Quote | None] = relationship()
    invoice: Mapped[Invoice | None] = relationship()

    @property
    def paper(self) -> Paper:
        """The frozen data."""
        return Paper.from_json(self.snapshot)

    @property
    def filename(self) -> str:
        """What the PDF is called when downloaded or uploaded: the number, safe for any file system."""
        safe = "".join(char if char.isalnum() or char in "-_." else "-" for char in self.number)
        return f"{safe.strip('.') or 'document'}.pdf"

    @property
    def is_printed(self) -> bool:
        return self.sha256 is not None

    def record_printing(self, pdf: bytes, *, pages: int, missing: tuple[str, ...], at: datetime) -> None:
        """Keep the PDF with its SHA-256. Raises WrongState if there is one already."""
        if self.is_printed:
            raise WrongState(f"{self.number} has its PDF already.")
        self.pdf = pdf
        self.sha256 = hashlib.sha256(pdf).hexdigest()
        self.size = len(pdf)
        self.pages = pages
        self.missing_glyphs = "".join(missing)[:200]
        self.printed_at = at
        self.print_problem = ""


FROZEN = (
    "kind",
    "quote_id",
    "invoice_id",
    "number",
    "sequence",
    "sequence_year",
    "snapshot",
    "issued_at",
)
FROZEN_WHEN_PRINTED = ("pdf", "sha256", "size", "pages", "printed_at")


@event.listens_for(Document, "before_update")
def refuse_changes(_mapper: Mapper[Document], connection: Connection, document: Document) -> None:
    """Frozen means frozen: no code path may rewrite what was issued."""
    attributes = inspect(document).attrs
    changed = [name for name in FROZEN + FROZEN_WHEN_PRINTED if attributes[name].history.has_changes()]
    for name in changed:
        # Whether it was printed is asked of the database: the record may not have its PDF loaded.
        if name in FROZEN or _was_printed(connection, document.id):
            raise WrongState(f"A document that was issued stays as it is: its {name} cannot be changed.")


def _was_printed(connection: Connection, document_id: int) -> bool:
    sha256 = select(Document.sha256).where(Document.id == document_id)
    return connection.scalar(sha256) is not None


@event.listens_for(Document, "before_delete")
def refuse_deletion(_mapper: Mapper[Document], _connection: Connection, document: Document) -> None:
    """Nothing issued is ever deleted."""
    raise WrongState(f"{document.number} was issued: it cannot be deleted.")


@event.listens_for(Session, "do_orm_execute")
def refuse_statements(execution: ORMExecuteState) -> None:
    """UPDATE and DELETE of many rows at once pass by the records, and so by the two checks above."""
    if (execution.is_update or execution.is_delete) and execution.bind_mapper is Document.__mapper__:
        raise WrongState("Documents that were issued can neither be changed nor deleted.")
