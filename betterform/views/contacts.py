"""The people and companies that quotes are made for."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from betterform.actions.company import get_company
from betterform.actions.matching import holds_words
from betterform.db import db
from betterform.errors import NotFound
from betterform.models.contact import Contact
from betterform.models.quote import Quote
from betterform.models.user import Role
from betterform.views import access
from betterform.views.paging import page_of, typed_search

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")

SEARCHED = (Contact.first_name, Contact.last_name, Contact.company, Contact.email, Contact.city)


@blueprint.get("")
@access.may(Role.VIEWER)
def index() -> ResponseReturnValue:
    """All contacts by name, or those that the search finds."""
    typed = typed_search()
    wanted = select(Contact).where(Contact.archived_at.is_(None), holds_words(typed, *SEARCHED))
    page = page_of(
        db.session(), wanted.order_by(Contact.last_name, Contact.first_name, Contact.company, Contact.id)
    )
    return render_template("contacts/index.html", page=page, typed=typed)


@blueprint.get("/<int:contact_id>")
@access.may(Role.VIEWER)
def show(contact_id: int) -> ResponseReturnValue:
    """One contact with their quotes."""
    contact = db.session.get(Contact, contact_id)
    if contact is None:
        raise NotFound("There is no such contact.")
    quotes = select(Quote).where(Quote.contact_id == contact.id).options(lazyload(Quote.lines))
    page = page_of(db.session(), quotes.order_by(Quote.date.desc(), Quote.id.desc()))
    return render_template(
        "contacts/show.html", contact=contact, page=page, company=get_company(db.session())
    )
