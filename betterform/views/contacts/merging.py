"""Contacts with one e-mail address: made one by a person, kept apart, or taken apart again."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from betterform import clock
from betterform.actions import merge_choices, merging
from betterform.actions.company import get_company
from betterform.db import db, transaction
from betterform.errors import NotFound, OutOfDate
from betterform.models.contact import Contact
from betterform.models.user import Role
from betterform.views import access
from betterform.views.contacts.blueprint import blueprint
from betterform.views.paging import Page, number_asked_for

AT_ONCE = 10  # groups on a page


@blueprint.get("/duplicates")
@access.may(Role.STAFF)
def duplicates() -> ResponseReturnValue:
    """Every address that several contacts use, with those contacts side by side."""
    total, number = len(merging.addresses(db.session())), number_asked_for()
    groups = merging.groups(db.session(), first=(number - 1) * AT_ONCE, most=AT_ONCE)
    shown = [contact for group in groups for contact in group.contacts]
    return render_template(
        "contacts/duplicates.html",
        title="One address, several contacts",
        page=Page(rows=groups, number=number, total=total, size=AT_ONCE),
        footprints=merge_choices.footprints(db.session(), shown),
        summary=merge_choices.summary,
        edition_of=merging.edition_of,
        company=get_company(db.session()),
    )


@blueprint.get("/<int:contact_id>/merge")
@access.may(Role.STAFF)
def merge(contact_id: int) -> ResponseReturnValue:
    """What merging others into this contact will do, with a choice wherever they disagree."""
    survivor = db.session.get(Contact, contact_id)
    if survivor is None:
        raise NotFound("There is no such contact.")
    alike = [] if survivor.archived_at is not None else merging.others_like(db.session(), survivor)
    asked = _ids(request.args.getlist("with"))
    if not alike or ("with" in request.args and not asked & {other.id for other in alike}):
        flash("There is nothing to merge here any more: somebody has dealt with it.", "info")
        return redirect(url_for("contacts.duplicates"))
    others = [other for other in alike if not asked or other.id in asked]
    found = merge_choices.choices(survivor, others, request.args)
    return render_template(
        "contacts/merge.html",
        title=f"Merge into {survivor.display_name}",
        survivor=survivor,
        others=others,
        choices=found,
        footprints=merge_choices.footprints(db.session(), others),
        editions=[merging.edition_of(contact) for contact in (survivor, *others)],
    )


@blueprint.post("/<int:contact_id>/merge")
@access.may(Role.STAFF)
def merge_now(contact_id: int) -> ResponseReturnValue:
    """Merge as the page said. Pressing twice merges once."""
    others, read = _ids(request.form.getlist("with")), request.form.getlist("read")
    try:
        with transaction() as session:
            values = _values(contact_id, others, request.form)
            survivor = merging.merge(
                session, contact_id, others, values, read=read, by=access.author(), at=clock.now()
            )
            name = survivor.display_name
    except OutOfDate as error:
        return _not_merged(contact_id, others, error)
    flash(f"Merged into {name}.", "success")
    return redirect(url_for("contacts.show", contact_id=contact_id))


def _not_merged(contact_id: int, others: set[int], error: OutOfDate) -> ResponseReturnValue:
    """Who pressed twice, or came back to the page and pressed again, has what was wanted."""
    survivor = db.session.get(Contact, contact_id)
    if survivor is not None and merging.are_one(db.session(), survivor, others):
        flash(f"Merged into {survivor.display_name} already: nothing was changed again.", "info")
        return redirect(url_for("contacts.show", contact_id=contact_id))
    flash(error.message, "warning")
    return redirect(url_for("contacts.duplicates"))


@blueprint.post("/shared-addresses")
@access.may(Role.STAFF)
def keep_apart() -> ResponseReturnValue:
    """These are different people, who share an address."""
    ids, read = _ids(request.form.getlist("contact")), request.form.getlist("read")
    try:
        with transaction() as session:
            email = merging.keep_apart(session, ids, read=read, by=access.author(), at=clock.now())
    except OutOfDate as error:
        flash(error.message, "warning")
    else:
        flash(f"Noted: {email} belongs to {len(ids)} different contacts.", "success")
    return redirect(url_for("contacts.duplicates"))


@blueprint.post("/<int:contact_id>/separation")
@access.may(Role.STAFF)
def split(contact_id: int) -> ResponseReturnValue:
    """Undo a merge."""
    try:
        with transaction() as session:
            contact, survivor = merging.split(session, contact_id, by=access.author(), at=clock.now())
            name, taken_from = contact.display_name, survivor.display_name
    except OutOfDate as error:
        flash(error.message, "info")
    else:
        flash(f"{name} is a contact of its own again. All quotes stayed with {taken_from}.", "success")
    return redirect(url_for("contacts.show", contact_id=contact_id))


def _values(survivor_id: int, other_ids: set[int], typed: Mapping[str, str]) -> dict[str, str]:
    """The values that were chosen. Who is missing meanwhile is for the merging itself to refuse."""
    survivor = db.session.get(Contact, survivor_id)
    others = [other for id_ in sorted(other_ids) if (other := db.session.get(Contact, id_)) is not None]
    return merge_choices.values_of(merge_choices.choices(survivor, others, typed)) if survivor else {}


def _ids(typed: list[str]) -> set[int]:
    """The ids among what an address or a form says; anything else in there is no contact's."""
    return {int(text) for text in typed if text.isascii() and text.isdigit() and len(text) < 10}
