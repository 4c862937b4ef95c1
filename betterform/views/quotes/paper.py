"""The PDF: of an issued quote as it was frozen, of a draft a watermarked preview."""

from __future__ import annotations

import io

from flask import redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from betterform.actions import quotes
from betterform.db import db
from betterform.documents import pdf, storage
from betterform.models.user import Role
from betterform.snapshot import quote_paper
from betterform.views import access, office
from betterform.views.quotes.blueprint import blueprint


@blueprint.get("/quotes/<int:quote_id>/pdf")
@access.may(Role.VIEWER)
def pdf_file(quote_id: int) -> ResponseReturnValue:
    """The PDF itself, shown in the browser under its own file name."""
    quote = quotes.find(db.session(), quote_id)
    document = quotes.document_of(db.session(), quote)
    if document is None:
        paper = quote_paper(quote, office.company(), office.rates())
        db.session.rollback()  # nobody waits for a read that lasts as long as the printing
        printed = pdf.print_pdf(paper)
        return send_file(
            io.BytesIO(printed.data), mimetype="application/pdf", download_name=f"draft-{quote_id}.pdf"
        )
    return sent(document.id)


@blueprint.get("/pdf/quotes/<int:quote_id>")
@access.may(Role.VIEWER)
def older_address(quote_id: int) -> ResponseReturnValue:
    """The older system's address."""
    return redirect(url_for("quotes.pdf_file", quote_id=quote_id), code=301)


def sent(document_id: int, *, as_attachment: bool = False) -> ResponseReturnValue:
    """The stored PDF, printed first if nobody got to it yet, with its SHA-256 as ETag."""
    document = storage.ensure_printed(document_id)
    return send_file(
        io.BytesIO(document.pdf or b""),
        mimetype="application/pdf",
        download_name=document.filename,
        as_attachment=as_attachment,
        etag=str(document.sha256),
    )
