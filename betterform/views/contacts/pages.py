"""The people and companies that quotes are made for: all of them, one, and what was written to one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from betterform import countries
from betterform.actions import archiving, contact_search, contacts, deliveries, history, merging, used_in
from betterform.actions.company import get_company
from betterform.actions.contact_search import ORDERS, Sought
from betterform.db import db
from betterform.errors import NotFound
from betterform.forms.contact import LANGUAGES
from betterform.models.contact import Contact
from betterform.models.user import Role
from betterform.views import access
from betterform.views.contacts.blueprint import blueprint
from betterform.views.list_addresses import address, chosen, order_of, tidied
from betterform.views.paging import page_of, typed_search

LATEST = 10  # quotes and invoices on a contact's page


def sought() -> Sought:
    """What the address asks for; what makes no sense asks for everything."""
    country = chosen("country", ["none", *(code for code, _name in countries.choices("en"))])
    return Sought(
        typed=typed_search(),
        state=chosen("state", ["archived", "all"]),
        country=country,
        language=chosen("language", ["company", *contacts.LANGUAGES]),
        board=chosen("board", ["yes", "no"]),
        order=order_of(list(ORDERS), "name"),
    )


@blueprint.get("")
@access.may(Role.VIEWER)
def index() -> ResponseReturnValue:
    """All contacts by name, or those that search and filters find, in the order asked for."""
    if (elsewhere := tidied()) is not None:
        return elsewhere
    session, wanted = db.session(), sought()
    page = page_of(session, contact_search.contacts(wanted))
    used = {*contact_search.countries_in_use(session), wanted.country} - {"", "none"}
    return render_template(
        "contacts/index.html",
        page=page,
        sought=wanted,
        is_filtered=wanted != Sought(order=wanted.order),
        nobody=not page.total and not contact_search.count(session),
        countries=[(code, name) for code, name in countries.choices("en") if code in used],
        languages=[(code, name) for code, name in LANGUAGES.items() if code],
        doubles=len(merging.addresses(session)) if current_user.may(Role.STAFF) else 0,
        address=address,
    )


@blueprint.get("/<int:contact_id>")
@access.may(Role.VIEWER)
def show(contact_id: int) -> ResponseReturnValue:
    """One contact with the latest quotes and invoices, and those of contacts that were merged into this one."""
    session = db.session()
    contact = found(contact_id)
    if contact.merged_into_id is not None:
        flash(f"{contact.display_name} was merged into this contact.", "info")
        return redirect(url_for("contacts.show", contact_id=contacts.living(session, contact).id))
    absorbed = merging.absorbed(session, contact)
    return render_template(
        "contacts/show.html",
        contact=contact,
        absorbed=[(other, history.of(session, other, limit=1)) for other in absorbed],
        quotes=used_in.latest(session, used_in.quotes_of(contact, absorbed=absorbed), limit=LATEST),
        invoices=used_in.latest(session, used_in.invoices_of(contact, absorbed=absorbed), limit=LATEST),
        deliveries=deliveries.of_record(session, "contact", contact.id),
        latest=next(iter(history.of(session, contact, limit=1)), None),
        archived_here=archiving.is_archived_here(session, contact),
        company=get_company(session),
    )


@blueprint.get("/<int:contact_id>/quotes")
@access.may(Role.VIEWER)
def quotes(contact_id: int) -> ResponseReturnValue:
    """All quotes of one contact."""
    return _papers(contact_id, "quotes")


@blueprint.get("/<int:contact_id>/invoices")
@access.may(Role.VIEWER)
def invoices(contact_id: int) -> ResponseReturnValue:
    """All invoices and credit notes of one contact."""
    return _papers(contact_id, "invoices")


def _papers(contact_id: int, noun: str) -> ResponseReturnValue:
    session, contact = db.session(), found(contact_id)
    if contact.merged_into_id is not None:
        living = contacts.living(session, contact)
        return redirect(url_for(f"contacts.{noun}", contact_id=living.id))
    of_contact = used_in.quotes_of if noun == "quotes" else used_in.invoices_of
    return render_template(
        "contacts/papers.html",
        title=f"{noun.capitalize()} of {contact.display_name}",
        noun=noun,
        contact=contact,
        page=page_of(session, of_contact(contact, absorbed=merging.absorbed(session, contact))),
        company=get_company(session),
    )


def found(contact_id: int) -> Contact:
    """The contact, merged into another one or not. Raises NotFound."""
    contact = db.session.get(Contact, contact_id)
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact
