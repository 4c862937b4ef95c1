"""Contacts and products added or corrected without leaving the quote: in a dialog, or on a page without JavaScript."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from betterform import clock
from betterform.actions import contacts, products, quote_drafts, quote_lines, quotes
from betterform.db import db, transaction
from betterform.errors import NotFound, OutOfDate
from betterform.forms.contact import ContactForm
from betterform.forms.fields import clean, int_or_zero
from betterform.forms.product import ProductForm
from betterform.models.contact import Contact
from betterform.models.quote import Quote
from betterform.models.user import Role
from betterform.views import access, office
from betterform.views.quotes import editing
from betterform.views.quotes.blueprint import blueprint
from betterform.views.rendering import page_or_fragment, wants_fragment


@blueprint.route("/quotes/<int:quote_id>/contact/new", methods=["GET", "POST"])
@access.may(Role.STAFF)
def new_contact(quote_id: int) -> ResponseReturnValue:
    """A contact that is not known yet: added here, on its board and to the quote."""
    quote = _draft(quote_id)
    form = (
        ContactForm(formdata=request.form)
        if request.method == "POST"
        else _prefilled(clean(request.args.get("contact_query")))
    )
    if request.method == "GET" or not form.validate():
        return _contact_form(quote, form, "New contact", "Add the contact")
    with transaction() as session:
        quote = quotes.find(session, quote_id, lock=True)
        quote.ensure_draft()
        author, now = access.author(), clock.now()
        quote.contact_id = contacts.add(session, form.values(), by=author, at=now).id
        is_current = _is_current(quote)
        quote_drafts.note_change(session, quote, ["contact_id"], by=author, at=now)
        session.flush()
        version = _version_for_window(quote, is_current)
    return _back(quote_id, version)


@blueprint.route("/quotes/<int:quote_id>/contact/edit", methods=["GET", "POST"])
@access.may(Role.STAFF)
def edit_contact(quote_id: int) -> ResponseReturnValue:
    """Correct the quote's contact, here and on its board."""
    quote = _draft(quote_id)
    if quote.contact is None:
        raise NotFound("This quote has no contact yet.")
    form = ContactForm(formdata=request.form) if request.method == "POST" else ContactForm(obj=quote.contact)
    if request.method == "GET" or not form.validate():
        read = request.form.get("read_version") or quote.contact.version
        return _contact_form(quote, form, "Edit contact", "Save the contact", read_version=read)
    edited = quote.contact.id
    with transaction() as session:
        contact = session.get_one(Contact, edited, with_for_update=True)
        if contact.version != int_or_zero(request.form.get("read_version")):
            raise OutOfDate("Somebody else changed this contact in the meantime: close, and open it again.")
        contacts.change(session, contact, form.values(), by=access.author(), at=clock.now())
    return _back(quote_id, _typed_version())  # the quote itself is as it was


@blueprint.route("/quotes/<int:quote_id>/lines/<key>/product/new", methods=["GET", "POST"])
@access.may(Role.STAFF)
def new_product(quote_id: int, key: str) -> ResponseReturnValue:
    """A product that is not in the catalogue yet: added here, on its board and to the line."""
    quote = _draft(quote_id)
    line = quote_lines.line_of(quote, key)
    rates = office.choices(office.rates(), office.company().locale).rates
    if request.method == "POST":
        form = ProductForm(formdata=request.form, rates=rates)
    else:
        form = ProductForm(rates=rates, name=line.name, description=line.description, unit=line.unit)
        if hasattr(form, f"price_{quote.currency.lower()}"):
            form[f"price_{quote.currency.lower()}"].process_data(line.unit_price)
    if request.method == "GET" or not form.validate():
        return page_or_fragment(
            "quotes/product_form.html",
            "quotes/_product_form.html",
            422 if form.errors else 200,
            title="New product",
            quote=quote,
            form=form,
            key=key,
        )
    with transaction() as session:
        quote = quotes.find(session, quote_id, lock=True)
        quote.ensure_draft()
        author, now = access.author(), clock.now()
        product = products.add(session, form.values(), form.prices(), by=author, at=now)
        is_current = _is_current(quote)
        typed = quote_lines.line_of(quote, key).unit_price
        line = quote_lines.choose_product(quote, key, product)
        if line.unit_price is None:
            line.unit_price = typed  # no catalogue price in this currency: what was typed stays
        quote_drafts.note_change(session, quote, ["lines"], by=author, at=now)
        quotes.priced(quote, office.company(), office.rates())
        session.flush()
        version = _version_for_window(quote, is_current)
    return _back(quote_id, version, focus=key)


def _draft(quote_id: int) -> Quote:
    quote = quotes.find(db.session(), quote_id)
    quote.ensure_draft()
    return quote


def _prefilled(typed: str) -> ContactForm:
    """A form that starts with what was searched for: an address, or a name."""
    typed = typed.strip()
    if "@" in typed:
        return ContactForm(formdata=None, data={"email": typed})
    first, _, last = typed.rpartition(" ")
    return ContactForm(formdata=None, data={"first_name": first, "last_name": last})


def _contact_form(
    quote: Quote, form: ContactForm, title: str, submit: str, **more: object
) -> ResponseReturnValue:
    return page_or_fragment(
        "quotes/contact_form.html",
        "quotes/_contact_form.html",
        422 if form.errors else 200,
        title=title,
        quote=quote,
        form=form,
        submit=submit,
        action=request.path,
        **more,
    )


def _typed_version() -> int:
    """The version that the window behind the dialog was showing."""
    return int_or_zero(request.form.get("version"))


def _is_current(quote: Quote) -> bool:
    return quote.version == _typed_version()


def _version_for_window(quote: Quote, was_current: bool) -> int:
    """The new version for a window that showed the quote as it was; a stale window stays stale.

    Else its next save would overwrite what another window had saved, as if it had seen it.
    """
    return quote.version if was_current else _typed_version()


def _back(quote_id: int, version: int, *, focus: str = "") -> ResponseReturnValue:
    """To the quote's form, which shows what was added."""
    if wants_fragment():
        return editing.refreshed(quote_id, version, focus=focus)
    return redirect(
        url_for("quotes.edit", quote_id=quote_id, _anchor=f"line-{focus}" if focus else "contact")
    )
