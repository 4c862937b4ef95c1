"""The customer's page: no account, one document, nothing changes by looking."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import quotes, share_links
from betterform.db import db, transaction
from betterform.documents.labels import labels_for
from betterform.documents.rendering import render_screen
from betterform.models.document import Document
from betterform.models.history import Author, AuthorKind
from betterform.models.quote import QuoteState
from betterform.views import access, office
from betterform.views.quotes.paper import sent

blueprint = Blueprint("customer", __name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the document, in the document's language."""

    download: str
    expired: str
    cancelled: str


WORDS = {
    "en": Words("Download PDF", "This quote has expired.", "This quote was cancelled."),
    "de": Words("PDF herunterladen", "Die Gültigkeit ist abgelaufen.", "Dieses Angebot wurde zurückgezogen."),
    "fr": Words("Télécharger le PDF", "Cette offre a expiré.", "Cette offre a été annulée."),
    "it": Words("Scaricare il PDF", "Questa offerta è scaduta.", "Questa offerta è stata annullata."),
}


@blueprint.get("/d/<token>")
@access.public
def show(token: str) -> ResponseReturnValue:
    """The issued document as a page from the template that is printed."""
    document = _document(db.session(), token)
    if document is None:
        return _nothing_here()
    quote = document.quote
    if quote is not None and quote.viewed_at is None and _is_a_person_reading():
        with transaction() as session:
            # Two windows that open at once wait for one another; the second finds it done.
            quote = quotes.find(session, quote.id, lock=True)
            quotes.mark_viewed(session, quote, by=Author(AuthorKind.CUSTOMER), at=clock.now())
    paper = document.paper
    response = make_response(
        render_template(
            "customer/document.html",
            title=f"{labels_for(paper).title(paper.kind)} {paper.number}",
            words=WORDS.get(paper.language, WORDS["en"]),
            document=document,
            quote=quote,
            is_expired=quote is not None and quote.is_expired(on=office.today()),
            is_cancelled=quote is not None and quote.state == QuoteState.CANCELLED,
            paper=render_screen(paper, heading_level=1),
            facts=paper,
            language=paper.language,
            token=token,
        )
    )
    return _private(response)


@blueprint.get("/d/<token>/pdf")
@access.public
def pdf(token: str) -> ResponseReturnValue:
    """The document's PDF."""
    document = _document(db.session(), token)
    if document is None:
        return _nothing_here()
    return _private(make_response(sent(document.id, as_attachment="download" in request.args)))


def _document(session: Session, token: str) -> Document | None:
    """What the link leads to; None for an unknown link, a revoked one and a draft's alike."""
    link = share_links.find(session, token)
    if link is None or link.quote is None or link.quote.issued_at is None:
        return None
    return quotes.document_of(session, link.quote)


def _is_a_person_reading() -> bool:
    """Not our own staff, and not a program that looks at links in advance."""
    if current_user.is_authenticated or request.method != "GET":
        return False
    if request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or request.headers.get("X-Moz"):
        return False  # prefetched
    agent = request.headers.get("User-Agent", "").lower()
    return "mozilla" in agent and not any(
        word in agent for word in ("bot", "spider", "crawl", "preview", "scan")
    )


def _nothing_here() -> ResponseReturnValue:
    return _private(
        make_response(render_template("customer/nothing.html", title="There is nothing here"), 404)
    )


def _private(response: Response) -> Response:
    """No shared cache, no search engine and no other site learns of the link."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
