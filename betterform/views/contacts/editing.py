"""A contact is added, corrected, archived and brought back, here and on its board."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from betterform import clock
from betterform.actions import archiving, contact_import, contacts, history, once
from betterform.db import db, transaction
from betterform.errors import NotFound
from betterform.forms.contact import ContactForm
from betterform.forms.fields import clean
from betterform.models.contact import Contact
from betterform.models.user import Role
from betterform.views import access, second_look
from betterform.views.contacts.blueprint import blueprint
from betterform.views.contacts.pages import found
from betterform.views.second_look import SecondLook

ARCHIVED = "This contact is archived: restore it first, then change it."


@blueprint.route("/new", methods=["GET", "POST"])
@access.may(Role.STAFF)
def new() -> ResponseReturnValue:
    """A contact that is not known yet: added here and to its board. Pressing twice adds one."""
    form = ContactForm()
    key = clean(request.form.get("once"))[:40] or once.new_key()
    if request.method == "GET" or not form.validate():
        page = render_template("contacts/new.html", title="New contact", form=form, once=key)
        return page, 422 if form.errors else 200
    try:
        contact_id = _added(form.values(), key)
    except IntegrityError:  # the same form came twice at the same moment, and the other was first
        contact_id = _added(form.values(), key)
    flash("The contact is added.", "success")
    return redirect(url_for("contacts.show", contact_id=contact_id))


def _added(values: dict[str, str], key: str) -> int:
    author, now = access.author(), clock.now()
    with transaction() as session:
        contact = once.made_by(session, key, Contact)
        if contact is None:
            contact = contacts.add(session, values, by=author, at=now)
            once.remember(session, key, contact, at=now)
        return contact.id


@blueprint.route("/<int:contact_id>/edit", methods=["GET", "POST"])
@access.may(Role.STAFF)
def edit(contact_id: int) -> ResponseReturnValue:
    """Correct a contact, here and on its board."""
    contact = found(contact_id)
    if request.method == "GET":
        if contact.merged_into_id is not None:
            return redirect(url_for("contacts.edit", contact_id=contacts.living(db.session(), contact).id))
        if contact.archived_at is not None:
            flash(ARCHIVED, "warning")
            return redirect(url_for("contacts.show", contact_id=contact_id))
        return _form(contact, ContactForm(obj=contact), contact_import.held(contact))
    form, author = ContactForm(), access.author()
    if not form.validate():
        return _form(contact, form, second_look.was(), read=second_look.read_edition(), status=422)
    with transaction() as session:
        newest = contacts.locked(session, contact_id)
        gone = newest is None or newest.archived_at is not None
        now = contact_import.held(newest) if newest is not None else {}
        stale = form.values() != now and second_look.read_edition() != contacts.edition_of(contact)
        if newest is not None and not gone and not stale:
            contacts.change(session, newest, form.values(), by=author, at=clock.now())
    if gone:
        read = second_look.read_edition()
        return _form(found(contact_id), form, second_look.was(), read=read, status=409, gone=True)
    if stale:
        looked = second_look.look(form.values(), now)
        again = ContactForm(formdata=None, data=looked.values)
        return _form(found(contact_id), again, now, looked=looked, status=409)
    flash("The contact is saved.", "success")
    return redirect(url_for("contacts.show", contact_id=contact_id))


def _form(
    contact: Contact,
    form: ContactForm,
    was: dict[str, str],
    *,
    read: str = "",
    looked: SecondLook | None = None,
    gone: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "contacts/edit.html",
        title=f"Edit {contact.display_name}",
        contact=contact,
        form=form,
        read=read or contacts.edition_of(contact),
        was=second_look.filled_with(was),
        looked=looked,
        gone=gone,
        theirs=next(iter(history.of(db.session(), contact, limit=1)), None) if looked or gone else None,
    )
    return page, status


@blueprint.post("/<int:contact_id>/archive")
@access.may(Role.STAFF)
def archive(contact_id: int) -> ResponseReturnValue:
    """Offer the contact no more; quotes and invoices keep it."""
    author = access.author()
    with transaction() as session:
        contact = _locked(contact_id)
        done = archiving.archive(session, contact, by=author, at=clock.now())
    flash(
        "The contact is archived." if done else "The contact was archived already.",
        "success" if done else "info",
    )
    return redirect(url_for("contacts.show", contact_id=contact_id))


@blueprint.post("/<int:contact_id>/restore")
@access.may(Role.STAFF)
def restore(contact_id: int) -> ResponseReturnValue:
    """Offer the contact again."""
    author = access.author()
    with transaction() as session:
        contact = _locked(contact_id)
        done = archiving.restore(session, contact, by=author, at=clock.now())
    flash(
        "The contact is in use again." if done else "The contact is in use already.",
        "success" if done else "info",
    )
    return redirect(url_for("contacts.show", contact_id=contact_id))


def _locked(contact_id: int) -> Contact:
    """In full: restoring may take the item away, which is a unique key."""
    contact = db.session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact
