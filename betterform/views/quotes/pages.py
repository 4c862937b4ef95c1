"""The list of quotes, a new one, one quote to look at, and the door from monday's link."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, lazyload

from betterform import clock
from betterform.actions import boards, history, once, quotes, share_links, sync_state
from betterform.actions.matching import LONGEST, holds_words
from betterform.db import db, transaction
from betterform.documents.rendering import render_screen
from betterform.errors import NotFound, WrongState
from betterform.forms.fields import clean
from betterform.models.board import BoardRole
from betterform.models.contact import Contact
from betterform.models.document import Document
from betterform.models.quote import Quote, QuoteState
from betterform.models.user import Role
from betterform.snapshot import quote_paper
from betterform.views import access, office
from betterform.views.item_links import item_address
from betterform.views.quotes.blueprint import blueprint
from betterform.views.rendering import page_or_fragment

PAGE_SIZE = 25
FURTHEST_PAGE = 100_000


@blueprint.get("/quotes")
@access.may(Role.VIEWER)
def index() -> ResponseReturnValue:
    """Quotes, newest first; `q` searches, `state` filters, `page` turns the pages."""
    typed, state = clean(request.args.get("q"))[:LONGEST], request.args.get("state", "")
    page = min(max(1, request.args.get("page", 1, type=int)), FURTHEST_PAGE)
    wanted = select(Quote).outerjoin(Quote.contact)
    if state in {known.value for known in QuoteState}:
        wanted = wanted.where(Quote.state == state)
    if typed:
        wanted = wanted.where(
            holds_words(
                typed,
                Quote.number,
                Quote.subject,
                Quote.mid,
                Contact.company,
                Contact.first_name,
                Contact.last_name,
                Contact.email,
            )
        )
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = db.session.scalars(
        wanted.options(joinedload(Quote.contact), lazyload(Quote.lines))
        .order_by(Quote.id.desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    return page_or_fragment(
        "quotes/index.html",
        "quotes/_table.html",
        title="Quotes",
        quotes=rows,
        syncs=sync_state.of_quotes(db.session(), rows, at=clock.now()),
        typed=typed,
        state=state,
        states=list(QuoteState),
        number=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        total=total,
        today=office.today(),
        company=office.company(),
    )


@blueprint.get("/quotes/new")
@access.may(Role.STAFF)
def new() -> ResponseReturnValue:
    """A quote without a deal on the board: asked for by POST, so that no link makes one."""
    return render_template("quotes/new.html", title="New quote", once=once.new_key())


@blueprint.post("/quotes/new")
@access.may(Role.STAFF)
def create() -> ResponseReturnValue:
    """Start a draft and lead to its form."""
    key = clean(request.form.get("once"))[:40]
    try:
        quote_id = _started(key)
    except IntegrityError:  # the same form came twice at the same moment, and the other was first
        quote_id = _started(key)
    return redirect(url_for("quotes.edit", quote_id=quote_id))


def _started(key: str) -> int:
    """The id of the draft that the form with this key makes, or has made already."""
    company, today, author, email = office.company(), office.today(), access.author(), current_user.email
    subject = " ".join(clean(request.form.get("subject")).split())
    with transaction() as session:
        quote = once.made_by(session, key, Quote)
        if quote is None:
            now = clock.now()
            quote = quotes.start(session, company, subject=subject, by=author, at=now, today=today)
            quote.owner_email = email
            once.remember(session, key, quote, at=now)
        return quote.id


@blueprint.get("/form/<mid>")
@access.may(Role.VIEWER)
def form(mid: str) -> ResponseReturnValue:
    """Where the link in the board's column leads: the form of a draft, the page of an issued quote."""
    quote = quotes.find_by_item(db.session(), mid)
    if quote is None:
        raise NotFound(
            "There is no quote for this item yet. It is made a moment after the item appears on the deals board."
        )
    if quote.is_draft and current_user.may(Role.STAFF):
        return redirect(url_for("quotes.edit", quote_id=quote.id))
    return redirect(url_for("quotes.show", quote_id=quote.id))


@blueprint.get("/quotes/<int:quote_id>")
@access.may(Role.VIEWER)
def show(quote_id: int) -> ResponseReturnValue:
    """One quote: the paper, where it stands, its link, its deliveries, its history."""
    quote = quotes.find(db.session(), quote_id)
    company = office.company()
    document = quotes.document_of(db.session(), quote)
    paper = document.paper if document else quote_paper(quote, company, office.rates())
    return render_template(
        "quotes/show.html",
        title=f"Quote {quote.number}" if quote.number else quote.display_name,
        paper=render_screen(paper),
        customer_url=_customer_url(quote),
        link_is_open=share_links.is_open(db.session(), quote),
        history=history.of(db.session(), quote, limit=50),
        today=office.today(),
        **_sync_of(quote, document),
    )


@blueprint.get("/quotes/<int:quote_id>/deliveries")
@access.may(Role.VIEWER)
def deliveries(quote_id: int) -> ResponseReturnValue:
    """How far the boards are, for the page to ask again; nothing at all while nothing has changed."""
    quote = quotes.find(db.session(), quote_id)
    facts = _sync_of(quote, quotes.document_of(db.session(), quote))
    said, _, seen = request.headers.get("X-Seen", "").partition(":")
    if seen == facts["sync"].seen:
        return "", 204
    return render_template("quotes/_sync_news.html", is_news=said != facts["sync"].said, **facts)


@blueprint.post("/quotes/<int:quote_id>/deliveries/retry")
@access.may(Role.STAFF)
def try_again(quote_id: int) -> ResponseReturnValue:
    """Have the board written once more, after a person put the value right."""
    try:
        with transaction() as session:
            quote = quotes.find(session, quote_id)
            sync_state.try_again(session, quote, by=access.author(), at=clock.now())
    except WrongState as overtaken:
        flash(overtaken.message, "warning")
    else:
        flash("It is tried again in a moment.", "success")
    return redirect(url_for("quotes.show", quote_id=quote_id))


def _sync_of(quote: Quote, document: Document | None) -> dict[str, Any]:
    """How far the boards are, and where the quote's item is, for the page and for its news."""
    session, company = db.session(), office.company()
    board = boards.of_role(session, BoardRole.DEALS)
    item = item_address(board.board_id if board else "", quote.mid or "")
    sync = sync_state.of_quote(session, quote, document, at=clock.now())
    return {"quote": quote, "document": document, "company": company, "sync": sync, "item_address": item}


def _customer_url(quote: Quote) -> str | None:
    config = current_app.config
    return share_links.customer_url(
        db.session(), quote, public_url=config["PUBLIC_URL"], secret=config["SECRET_KEY"]
    )
