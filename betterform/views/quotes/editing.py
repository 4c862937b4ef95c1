"""The quote form: shown, calculated while typing, saved, and its buttons."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import lazyload

from betterform import clock
from betterform.actions import contacts, history, products, quote_drafts, quote_lines, quotes
from betterform.actions.matching import LONGEST
from betterform.actions.quote_completeness import problems_of
from betterform.db import db, transaction
from betterform.documents import pdf
from betterform.documents.rendering import render_screen
from betterform.errors import InvalidInput, NotFound, OutOfDate
from betterform.forms.fields import clean
from betterform.forms.quote import TOO_MANY_LINES, Choices, QuoteForm
from betterform.models.company import Company
from betterform.models.history import HistoryEntry
from betterform.models.quote import Quote
from betterform.models.tax_rate import TaxRate
from betterform.models.user import Role
from betterform.snapshot import quote_paper
from betterform.views import access, office
from betterform.views.quotes import buttons
from betterform.views.quotes.blueprint import blueprint
from betterform.views.quotes.live import live_of
from betterform.views.rendering import wants_fragment


@blueprint.get("/quotes/<int:quote_id>/edit")
@access.may(Role.STAFF)
def edit(quote_id: int) -> ResponseReturnValue:
    """The form as the draft is stored."""
    quote = quotes.find(db.session(), quote_id)
    if not quote.is_draft:
        return redirect(url_for("quotes.show", quote_id=quote.id))
    pdf.warm_up()  # whoever opens the form will print soon
    company, rates = office.company(), office.rates()
    form = QuoteForm.of(quote, _choices(quote, company, rates))
    problems = problems_of(quote, company, rates, today=office.today()) if "problems" in request.args else {}
    return _page(quote, form, company, rates, problems=problems, status=422 if problems else 200)


@blueprint.post("/quotes/<int:quote_id>/totals")
@access.may(Role.STAFF)
def totals(quote_id: int) -> ResponseReturnValue:
    """Compute what is typed, storing nothing."""
    quote = db.session.get(Quote, quote_id, options=[lazyload(Quote.lines)])
    if quote is None:
        raise NotFound("There is no such quote.")
    company, rates = office.company(), office.rates()
    form = QuoteForm(request.form, office.choices(rates, company.locale))
    form.validate_typed()
    return render_template("quotes/_live.html", live=live_of(form.facts(quote), company, rates, form))


@blueprint.post("/quotes/<int:quote_id>/edit")
@access.may(Role.STAFF)
def save(quote_id: int) -> ResponseReturnValue:
    """Save what is typed, then do what the button says.

    With htmx the answer holds the parts of the page that changed; without it the page is fetched
    again, and holds everything that was typed, readable or not.
    """
    verb, arguments = buttons.pressed(request.form.getlist("action"))
    form = QuoteForm(request.form, _all_choices())
    form.validate_typed()
    if form.has_too_many_lines:
        return _too_many_lines(quote_id, form)
    read = buttons.argument(arguments, 0) if verb == "keep-mine" else str(form.version.data or "")
    author, now = access.author(), clock.now()
    try:
        with transaction() as session:
            quote = quotes.find(session, quote_id, lock=True)
            company, rates = office.company(), office.rates()
            facts = quote_drafts.with_known_records(session, form.facts(quote))
            before = quote.currency
            quote_drafts.save(session, quote, facts, read=read, by=author, at=now)
            focus = buttons.press(session, verb, arguments, quote, company)
            if verb in buttons.CHANGES:
                quote_drafts.note_change(session, quote, [buttons.CHANGES[verb]], by=author, at=now)
            quotes.priced(quote, company, rates)
            currency_changed = quote.currency != before
            session.flush()
            version = quote_drafts.edition_of(quote)  # of what was saved here, whatever others save now
    except OutOfDate as error:
        return _conflict(quote_id, form, error)
    if verb == "issue":
        return _to_issuing(quotes.find(db.session(), quote_id), version)
    return _answer(verb, quote_id, form, version=version, focus=focus, currency_changed=currency_changed)


def _too_many_lines(quote_id: int, form: QuoteForm) -> ResponseReturnValue:
    """Nothing is saved, and nothing is left out silently."""
    if wants_fragment():
        raise InvalidInput(TOO_MANY_LINES)
    quote = quotes.find(db.session(), quote_id)
    quote.ensure_draft()
    return _page(quote, form, office.company(), office.rates(), status=422)


def _answer(
    verb: str, quote_id: int, form: QuoteForm, *, version: str, focus: str, currency_changed: bool
) -> ResponseReturnValue:
    if not wants_fragment():
        anchor = f"line-{focus}" if focus else None
        arguments: dict[str, Any] = {"currency_changed": "1"} if currency_changed else {}
        if verb == "find-contact":
            typed = clean(request.form.get("contact_query"))[:LONGEST]
            arguments, anchor = {"find": "contact", "q": typed}, "contact"
        elif verb == "find-product":
            arguments = {"find": focus}
        return redirect(url_for("quotes.edit", quote_id=quote_id, _anchor=anchor, **arguments))
    # Where nothing but what was typed is stored, the form need not be built from the record again.
    typed_form = form if verb == "save" else None
    return _parts(
        quote_id, typed_form, version=version, verb=verb, focus=focus, currency_changed=currency_changed
    )


def _parts(
    quote_id: int,
    form: QuoteForm | None = None,
    *,
    version: str,
    verb: str,
    focus: str,
    currency_changed: bool = False,
    **more: bool,
) -> str:
    """The parts of the page that a save or a dialog changed.

    `version` is that of the save itself: were a later one's sent, this window would overwrite what
    another one saved in between without ever having shown it.
    """
    quote = quotes.find(db.session(), quote_id)
    company, rates = office.company(), office.rates()
    if form is None:
        form = QuoteForm.of(quote, _choices(quote, company, rates))
    facts = _facts(quote, form, company, rates)
    # A list of what is missing, once shown, follows what is put right.
    shows_problems = "shows_problems" in request.form
    problems = problems_of(quote, company, rates, today=office.today()) if shows_problems else {}
    return render_template(
        "quotes/_saved.html",
        shows_problems=shows_problems,
        problems=problems,
        **facts,
        version=version,
        verb=verb,
        focus=focus,
        currency_changed=currency_changed,
        **more,
    )


def _conflict(quote_id: int, form: QuoteForm, error: OutOfDate) -> ResponseReturnValue:
    quote = quotes.find(db.session(), quote_id)
    if wants_fragment():
        theirs = _latest_change(quote)
        facts = {"quote": quote, "message": error.message, "theirs": theirs}
        return render_template("quotes/_conflict.html", edition=quote_drafts.edition_of(quote), **facts), 409
    company, rates = office.company(), office.rates()
    return _page(quote, form, company, rates, conflict=error.message, status=409)


def _latest_change(quote: Quote) -> HistoryEntry | None:
    """Who changed what last: what a person whose save was refused wants to know."""
    return next(iter(history.of(db.session(), quote, limit=1)), None)


def _to_issuing(quote: Quote, version: str) -> ResponseReturnValue:
    problems = problems_of(quote, office.company(), office.rates(), today=office.today())
    if not problems:
        return _go(url_for("quotes.issue", quote_id=quote.id))
    if wants_fragment():
        numbers = _line_numbers(quote)
        return (
            render_template(
                "quotes/_problems.html",
                quote=quote,
                version=version,
                problems=problems,
                line_numbers=numbers,
            ),
            422,
        )
    return redirect(url_for("quotes.edit", quote_id=quote.id, problems=1, _anchor="problems"))


def _page(
    quote: Quote,
    form: QuoteForm,
    company: Company,
    rates: dict[int, TaxRate],
    *,
    problems: dict[str, str] | None = None,
    conflict: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    return (
        render_template(
            "quotes/edit.html",
            title=f"Quote {quote.display_name}" if quote.number else (quote.subject or "New quote"),
            **_facts(quote, form, company, rates),
            problems=problems or {},
            conflict=conflict,
            edition=quote_drafts.edition_of(quote),
            theirs=_latest_change(quote) if conflict else None,
            currency_changed="currency_changed" in request.args,
            focus="",
            **_found(quote),
        ),
        status,
    )


def _found(quote: Quote) -> dict[str, object]:
    """What a search without JavaScript found: contacts, or products for one line."""
    what = request.args.get("find", "")
    if what == "contact":
        return {"found_contacts": contacts.search(db.session(), request.args.get("q", ""))}
    line = next((line for line in quote.lines if line.key == what), None)
    if line is None:
        return {}
    return {"found_products": products.search(db.session(), line.name), "found_for": line.key}


def _facts(quote: Quote, form: QuoteForm, company: Company, rates: dict[int, TaxRate]) -> dict[str, object]:
    """What the form's page and its fragments show."""
    live = live_of(quote, company, rates, form)
    known = buttons.products_of(db.session(), quote)
    return {
        "quote": quote,
        "form": form,
        "live": live,
        "nets": {line.key: line.net for line in live.lines},
        "products": known,
        "offers": quote_lines.catalogue_offers(quote, known),
        "paper": render_screen(quote_paper(quote, company, rates, live.totals)),
        "company": company,
        "line_numbers": _line_numbers(quote),
    }


def _line_numbers(quote: Quote) -> dict[str, int]:
    return {line.key: number for number, line in enumerate(quote.lines, 1)}


def _all_choices() -> Choices:
    """Archived rates as well: what was chosen before must not fall out of a form that is shown again."""
    rates = office.rates()
    return office.choices(rates, office.company().locale, used=set(rates))


def _choices(quote: Quote, company: Company, rates: dict[int, TaxRate]) -> Choices:
    used = {quote.shipping_tax_rate_id, *(line.tax_rate_id for line in quote.lines)}
    return office.choices(rates, company.locale, used=used)


def _go(address: str) -> Response:
    """Lead the browser on, whether htmx asked or not."""
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, code=303)  # type: ignore[return-value]


def refreshed(quote_id: int, version: str, *, focus: str = "") -> ResponseReturnValue:
    """The parts of the form's page after a dialog added something: contact, the line, totals, paper."""
    verb = "choose-product" if focus else "choose-contact"
    return _parts(quote_id, version=version, verb=verb, focus=focus, close_dialog=True)
