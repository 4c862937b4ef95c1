"""Where issued PDFs are kept: in the database, beside the data they were printed from."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from betterform import clock
from betterform.db import db, transaction
from betterform.documents.pdf import print_pdf
from betterform.errors import NotFound, PrintingError
from betterform.models.document import Document

log = logging.getLogger(__name__)

AT_ONCE = 20


def ensure_printed(document_id: int) -> Document:
    """The document with its PDF, printed now if it was not yet.

    Printing happens outside a transaction, so that nobody waits for it; PDF and SHA-256 are stored
    in one. Two who print at once make the same bytes, and the first to store them wins. Raises
    NotFound or PrintingError; the reason of the latter is kept with the document.
    """
    document = _find(db.session(), document_id)
    if document.is_printed:
        return document
    paper = document.paper
    db.session.rollback()  # no read transaction stays open while the paper is printed
    try:
        printed = print_pdf(paper)
    except PrintingError as error:
        with transaction() as session:
            _find(session, document_id, lock=True).print_problem = error.message
        raise
    with transaction() as session:
        document = _find(session, document_id, lock=True)
        if not document.is_printed:
            document.record_printing(
                printed.data, pages=printed.pages, missing=printed.missing, at=clock.now()
            )
    return _find(db.session(), document_id)


def print_waiting(*, issued_before: datetime) -> int:
    """Print what was issued before that instant and has no PDF yet. Returns how many were printed.

    Long documents are left to the worker, and so are those whose request was killed in between.
    """
    wanted = (
        select(Document.id)
        .where(Document.sha256.is_(None), Document.issued_at < issued_before)
        .order_by(Document.id)
        .limit(AT_ONCE)
    )
    printed = 0
    for document_id in db.session.scalars(wanted).all():
        try:
            ensure_printed(document_id)
            printed += 1
        except PrintingError as error:
            log.warning("document %s could not be printed: %s", document_id, error.message)
    return printed


def _find(session: Session, document_id: int, *, lock: bool = False) -> Document:
    wanted = select(Document).where(Document.id == document_id).options(undefer(Document.pdf))
    if lock:
        wanted = wanted.with_for_update(of=Document, key_share=True).execution_options(populate_existing=True)
    document = session.scalar(wanted)
    if document is None:
        raise NotFound("There is no such document.")
    return document
