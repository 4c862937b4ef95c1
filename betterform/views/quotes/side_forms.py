"""Contacts and products added or corrected without leaving the quote: in a dialog, or on a page without JavaScript."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from betterform import clock
from betterform.actions import contacts, once, products, quote_drafts, quote_lines, quotes
from betterform.db import db, transaction
from betterform.errors import NotFound, OutOfDate
from betterform.forms.contact import ContactForm
from betterform.forms.fields import clean
from betterform.forms.product import ProductForm
from betterform.models.contact import Contact
from betterform.models.product import Product
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
        contact = once.made_by(session, _once(), Contact)
        if contact is None:
            contact = contacts.add(session, form.values(), by=author, at=now)
            once.remember(session, _once(), contact, at=now)
        is_current = _is_current(quote)
        quote.contact_id = contact.id
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
        read = request.form.get("read") or contacts.edition_of(quote.contact)
        return _contact_form(quote, form, "Edit contact", "Save the contact", read=read)
    edited = quote.contact.id
    with transaction() as session:
        contact = session.get_one(Contact, edited, with_for_update={"key_share": True})
        if contacts.edition_of(contact) != request.form.get("read"):
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
        # The window sends what it shows: the last word typed may not be stored yet.
        shown = {name: request.args.get(f"lines-{key}-{name}") for name in ("name", "description", "unit")}
        known = {
            name: getattr(line, name) if typed is None else clean(typed) for name, typed in shown.items()
        }
        form = ProductForm(rates=rates, **known)
        price, typed_price = f"price_{quote.currency.lower()}", request.args.get(f"lines-{key}-unit_price")
        if price in form and typed_price is not None:
            form[price].process_formdata([typed_price])
        elif price in form:
            form[price].process_data(line.unit_price)
    if request.method == "GET" or not form.validate():
        return page_or_fragment(
            "quotes/product_form.html",
            "quotes/_product_form.html",
            422 if form.errors else 200,
            title="New product",
            quote=quote,
            form=form,
            key=key,
            once=_once() or once.new_key(),
        )
    with transaction() as session:
        quote = quotes.find(session, quote_id, lock=True)
        quote.ensure_draft()
        author, now = access.author(), clock.now()
        product = once.made_by(session, _once(), Product)
        if product is None:
            product = products.add(session, form.values(), form.prices(), by=author, at=now)
            once.remember(session, _once(), product, at=now)
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


def _once() -> str:
    """The key of the form that was sent."""
    return clean(request.form.get("once"))[:40]


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
        once=_once() or once.new_key(),
        **more,
    )


def _typed_version() -> str:
    """The edition that the window behind the dialog was showing."""
    return clean(request.form.get("version"))[:40]


def _is_current(quote: Quote) -> bool:
    return quote_drafts.edition_of(quote) == _typed_version()


def _version_for_window(quote: Quote, was_current: bool) -> str:
    """The new edition for a window that showed the quote as it was; a stale window stays stale.

    Else its next save would overwrite what another window had saved, as if it had seen it.
    """
    return quote_drafts.edition_of(quote) if was_current else _typed_version()


def _back(quote_id: int, version: str, *, focus: str = "") -> ResponseReturnValue:
    """To the quote's form, which shows what was added."""
    if wants_fragment():
        return editing.refreshed(quote_id, version, focus=focus)
    return redirect(
        url_for("quotes.edit", quote_id=quote_id, _anchor=f"line-{focus}" if focus else "contact")
    )
