"""The people and companies that quotes are made for: all of them, and one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from betterform.actions import contacts, deliveries, history, merging
from betterform.actions.company import get_company
from betterform.actions.matching import holds_words
from betterform.db import db
from betterform.errors import NotFound
from betterform.models.contact import Contact
from betterform.models.quote import Quote
from betterform.models.user import Role
from betterform.views import access
from betterform.views.contacts.blueprint import blueprint
from betterform.views.paging import page_of, typed_search

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
    doubles = len(merging.addresses(db.session())) if current_user.may(Role.STAFF) else 0
    return render_template("contacts/index.html", page=page, typed=typed, doubles=doubles)


@blueprint.get("/<int:contact_id>")
@access.may(Role.VIEWER)
def show(contact_id: int) -> ResponseReturnValue:
    """One contact with their quotes, and those of the contacts that were merged into this one."""
    session = db.session()
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise NotFound("There is no such contact.")
    if contact.merged_into_id is not None:
        living = contacts.living(session, contact)
        flash(f"{contact.display_name} was merged into this contact.", "info")
        return redirect(url_for("contacts.show", contact_id=living.id))
    absorbed = merging.absorbed(session, contact)
    ids = [contact.id, *(other.id for other in absorbed)]
    quotes = select(Quote).where(Quote.contact_id.in_(ids)).options(lazyload(Quote.lines))
    page = page_of(session, quotes.order_by(Quote.date.desc(), Quote.id.desc()))
    return render_template(
        "contacts/show.html",
        contact=contact,
        absorbed=[(other, history.of(session, other, limit=1)) for other in absorbed],
        page=page,
        deliveries=deliveries.of_record(session, "contact", contact.id),
        latest=next(iter(history.of(session, contact, limit=1)), None),
        company=get_company(session),
    )
