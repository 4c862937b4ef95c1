"""An issued document cannot be changed or deleted, by whatever way the program takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from betterform.errors import WrongState
from betterform.models.document import Document
from betterform.models.quote import Quote
from tests.quotes import NOW, TODAY


@pytest.fixture
def document(session: Session) -> Document:
    quote = Quote(currency="CHF", date=TODAY, state="sent", number="Q-1", issued_at=NOW)
    document = Document(kind="quote", number="Q-1", snapshot={"total": "1.00"}, issued_at=NOW, quote=quote)
    session.add(document)
    session.commit()
    return document


@pytest.fixture
def printed(session: Session, document: Document) -> Document:
    document.record_printing(b"%PDF-1.7", pages=1, missing=(), at=NOW)
    session.commit()
    session.expire_all()
    return document


def refused(session: Session) -> None:
    with pytest.raises(WrongState):
        session.flush()
    session.rollback()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "Q-2"),
        ("snapshot", {"total": "2.00"}),
        ("issued_at", NOW + timedelta(days=1)),
        ("kind", "invoice"),
        ("quote_id", None),
    ],
)
def test_what_was_issued_stays(session: Session, document: Document, name: str, value: object) -> None:
    setattr(document, name, value)
    refused(session)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pdf", b"other"),
        ("pdf", None),
        ("sha256", "0" * 64),
        ("sha256", None),
        ("size", 1),
        ("pages", 9),
        ("printed_at", None),
    ],
)
@pytest.mark.parametrize("is_loaded", [True, False])
def test_what_was_printed_stays(
    session: Session, printed: Document, name: str, value: object, is_loaded: bool
) -> None:
    if is_loaded:
        assert getattr(printed, name) is not None
    setattr(printed, name, value)
    refused(session)


def test_a_document_is_printed_once(session: Session, printed: Document) -> None:
    with pytest.raises(WrongState):
        printed.record_printing(b"%PDF-other", pages=1, missing=(), at=NOW)


def test_a_snapshot_changed_in_place_is_not_stored(session: Session, printed: Document) -> None:
    printed.snapshot["total"] = "2.00"
    session.commit()
    session.expire_all()
    assert printed.snapshot == {"total": "1.00"}


def test_it_cannot_be_deleted(session: Session, printed: Document) -> None:
    session.delete(printed)
    refused(session)
    assert session.scalars(select(Document)).one().sha256


STATEMENTS: dict[str, Callable[[Session], object]] = {
    "update": lambda session: session.execute(update(Document).values(number="Q-2")),
    "delete": lambda session: session.execute(delete(Document)),
    "delete some": lambda session: session.execute(delete(Document).where(Document.id == 1)),
    "older update": lambda session: session.query(Document).update({"pdf": b"x"}),
    "older delete": lambda session: session.query(Document).delete(),
    "update by key": lambda session: session.execute(update(Document), [{"id": 1, "number": "Q-2"}]),
}


@pytest.mark.parametrize("how", STATEMENTS)
def test_no_statement_reaches_it(session: Session, printed: Document, how: str) -> None:
    with pytest.raises(WrongState):
        STATEMENTS[how](session)
    session.rollback()
    assert session.scalars(select(Document)).one().number == "Q-1"


def test_why_printing_failed_may_be_noted(session: Session, document: Document) -> None:
    document.print_problem = "The press was ended."
    session.commit()
    document.record_printing(b"%PDF-1.7", pages=1, missing=(), at=NOW)
    session.commit()
    assert document.is_printed
    assert document.print_problem == ""


def test_the_file_is_named_after_the_number(document: Document) -> None:
    assert document.filename == "Q-1.pdf"
    assert Document(number="../a/b\\c:*").filename == "-a-b-c--.pdf"
    assert Document(number="...").filename == "document.pdf"
