"""Issuing a quote, and its customer's link."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from betterform import clock, snapshot
from betterform.actions import quotes
from betterform.actions.quote_completeness import problems_of
from betterform.db import db, transaction
from betterform.documents import printable, storage
from betterform.documents.rendering import render_screen
from betterform.errors import InvalidInput, PrintingError
from betterform.models.user import Role
from betterform.views import access, office
from betterform.views.quotes.blueprint import blueprint

LINES_PRINTED_AT_ONCE = 150  # longer papers are printed by the worker


@blueprint.get("/quotes/<int:quote_id>/issue")
@access.may(Role.STAFF)
def issue(quote_id: int) -> ResponseReturnValue:
    """Look once more, then issue."""
    quote = quotes.find(db.session(), quote_id)
    if not quote.is_draft:
        return redirect(url_for("quotes.show", quote_id=quote.id))
    company, rates = office.company(), office.rates()
    if problems_of(quote, company, rates, today=office.today()):
        return redirect(url_for("quotes.edit", quote_id=quote.id, problems=1, _anchor="problems"))
    paper = snapshot.quote_paper(quote, company, rates)
    return render_template(
        "quotes/issue.html",
        title="Issue this quote?",
        quote=quote,
        company=company,
        facts=paper,
        seen=paper.fingerprint(),
        unprintable=printable.unprintable(paper),
        paper=render_screen(paper),
    )


@blueprint.post("/quotes/<int:quote_id>/issue")
@access.may(Role.STAFF)
def issue_now(quote_id: int) -> ResponseReturnValue:
    """Number, freeze, print; the boards follow through the outbox. Pressing twice issues once."""
    try:
        with transaction() as session:
            quote = quotes.find(session, quote_id, lock=True)
            if not quote.is_draft:
                flash(f"{quote.display_name} has been issued already.", "info")
                return redirect(url_for("quotes.show", quote_id=quote_id))
            company, rates = office.company(), office.rates()
            if snapshot.quote_paper(quote, company, rates).fingerprint() != request.form.get("seen"):
                flash(
                    "Something on this quote has changed since you looked. Please look once more.", "warning"
                )
                return redirect(url_for("quotes.issue", quote_id=quote_id))
            document = quotes.issue(
                session,
                quote,
                company,
                rates,
                link_secret=current_app.config["SECRET_KEY"],
                by=access.author(),
                at=clock.now(),
                today=office.today(),
            )
            lines = len(quote.lines)
    except InvalidInput:
        return redirect(url_for("quotes.edit", quote_id=quote_id, problems=1, _anchor="problems"))
    if lines <= LINES_PRINTED_AT_ONCE:
        _print(document.id)
    flash(f"{quote.number} is issued.", "success")
    return redirect(url_for("quotes.show", quote_id=quote_id))


def _print(document_id: int) -> None:
    """Print now; where that fails the worker tries again, and the quote is issued all the same."""
    try:
        document = storage.ensure_printed(document_id)
    except PrintingError as error:
        flash(f"The PDF could not be made yet: {error.message} It will be tried again.", "warning")
        return
    if document.missing_glyphs:
        flash(f"These characters could not be printed: {' '.join(document.missing_glyphs)}", "warning")


@blueprint.post("/quotes/<int:quote_id>/link")
@access.may(Role.STAFF)
def renew_link(quote_id: int) -> ResponseReturnValue:
    """Close the customer's link and make a new one, which the board gets as well."""
    with transaction() as session:
        quote = quotes.find(session, quote_id, lock=True)
        quotes.renew_link(
            session, quote, link_secret=current_app.config["SECRET_KEY"], by=access.author(), at=clock.now()
        )
    flash("The old link is closed. The new one is shown below and goes to the board.", "success")
    return redirect(url_for("quotes.show", quote_id=quote_id))


@blueprint.post("/quotes/<int:quote_id>/link/revocation")
@access.may(Role.STAFF)
def revoke_link(quote_id: int) -> ResponseReturnValue:
    """Close the customer's link."""
    with transaction() as session:
        quote = quotes.find(session, quote_id, lock=True)
        quotes.revoke_link(session, quote, by=access.author(), at=clock.now())
    flash("The link is closed: whoever opens it finds nothing.", "success")
    return redirect(url_for("quotes.show", quote_id=quote_id))
