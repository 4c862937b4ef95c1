"""A product with all its prices is added, corrected, archived and brought back, here and on its board."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from betterform import clock, money
from betterform.actions import archiving, history, once, product_import, products
from betterform.actions.csv_columns import PRICE
from betterform.db import db, transaction
from betterform.errors import NotFound
from betterform.forms.fields import clean
from betterform.forms.product import (
    CATALOGUE_CURRENCIES,
    ProductPageForm,
    currencies_typed,
    product_page_form,
)
from betterform.models.product import Product
from betterform.models.user import Role
from betterform.views import access, office, second_look
from betterform.views.products.blueprint import blueprint
from betterform.views.products.pages import found
from betterform.views.second_look import SecondLook

ARCHIVED = "This product is archived: restore it first, then change it."


@blueprint.route("/new", methods=["GET", "POST"])
@access.may(Role.STAFF)
def new() -> ResponseReturnValue:
    """A product that is not in the catalogue yet: added here and to its board. Pressing twice adds one."""
    form = _typed_form()
    key = clean(request.form.get("once"))[:40] or once.new_key()
    if _asks_for_a_row():
        form = _with_another_row(form)
    elif request.method == "POST" and form.validate():
        try:
            product_id = _added(form, key)
        except IntegrityError:  # the same form came twice at the same moment, and the other was first
            product_id = _added(form, key)
        flash("The product is added.", "success")
        return redirect(url_for("products.show", product_id=product_id))
    page = render_template("products/new.html", title="New product", form=form, once=key)
    return page, 422 if form.errors else 200


def _added(form: ProductPageForm, key: str) -> int:
    author, now = access.author(), clock.now()
    prices = {currency: amount for currency, amount in form.prices().items() if amount is not None}
    with transaction() as session:
        product = once.made_by(session, key, Product)
        if product is None:
            product = products.add(session, form.values(), prices, by=author, at=now)
            once.remember(session, key, product, at=now)
        return product.id


@blueprint.route("/<int:product_id>/edit", methods=["GET", "POST"])
@access.may(Role.STAFF)
def edit(product_id: int) -> ResponseReturnValue:
    """Correct a product and its prices, here and on its board."""
    product = found(product_id)
    if request.method == "GET":
        if product.archived_at is not None:
            flash(ARCHIVED, "warning")
            return redirect(url_for("products.show", product_id=product_id))
        held = product_import.held(product)
        return _form(product, _filled_form(held, product.tax_rate_id), held)
    form, author, read = _typed_form(product.tax_rate_id), access.author(), second_look.read_edition()
    if _asks_for_a_row():
        return _form(product, _with_another_row(form, product.tax_rate_id), second_look.was(), read=read)
    if not form.validate():
        return _form(product, form, second_look.was(), read=read, status=422)
    with transaction() as session:
        newest = products.locked(session, product_id)
        gone = newest is None or newest.archived_at is not None
        now = product_import.held(newest) if newest is not None else {}
        stale = newest is not None and read != products.edition_of(newest) and not _is_saved(form, now)
        if newest is not None and not gone and not stale:
            products.change(session, newest, form.values(), form.prices(), by=author, at=clock.now())
    if gone:
        return _form(found(product_id), form, second_look.was(), read=read, status=409, gone=True)
    if stale:
        looked = second_look.look(form.typed(), now, shown=_words)
        again = _filled_form(looked.values, product.tax_rate_id)
        return _form(found(product_id), again, now, looked=looked, status=409)
    flash("The product is saved.", "success")
    return redirect(url_for("products.show", product_id=product_id))


def _is_saved(form: ProductPageForm, now: Mapping[str, str]) -> bool:
    """Whether the product says already what was typed, as after pressing twice."""
    typed = form.typed()
    return all(typed.get(name, "") == now.get(name, "") for name in {*typed, *now})


def _typed_form(rate_id: int | None = None) -> ProductPageForm:
    """The form as it was sent, or an empty one."""
    company = office.company()
    usual = (*CATALOGUE_CURRENCIES, company.default_currency)
    sent = currencies_typed(request.form) if request.method == "POST" else []
    made = product_page_form(list(dict.fromkeys(sent or usual)), company.locale)
    return made(rates=_rates(rate_id))


def _filled_form(values: Mapping[str, str], rate_id: int | None) -> ProductPageForm:
    """The form with these values, as product_import.held tells them: a row for each price, and the usual ones."""
    company = office.company()
    prices = {
        name.removeprefix(PRICE): Decimal(value) if value else None
        for name, value in values.items()
        if name.startswith(PRICE)
    }
    currencies = dict.fromkeys((*CATALOGUE_CURRENCIES, company.default_currency, *sorted(prices)))
    facts: dict[str, Any] = {name: values.get(name, "") for name in products.FIELDS}
    amounts = {f"price_{currency.lower()}": amount for currency, amount in prices.items()}
    made = product_page_form(list(currencies), company.locale)
    return made(formdata=None, data=facts | amounts, rates=_rates(rate_id))


def _asks_for_a_row() -> bool:
    return request.method == "POST" and request.form.get("action") == "add-currency"


def _with_another_row(form: ProductPageForm, rate_id: int | None = None) -> ProductPageForm:
    """What was typed, with a row for the currency that was chosen, and an empty one again."""
    code = form.new_currency.data or ""
    if not money.is_currency(code):
        form.new_currency.errors = ["Choose a currency."]
        return form
    typed = request.form.copy()
    typed[f"price_{code.lower()}"] = typed.get("new_price", "")
    typed["new_currency"] = typed["new_price"] = ""
    made = product_page_form([*form.currencies, code], office.company().locale)
    return made(formdata=typed, rates=_rates(rate_id))


def _rates(used: int | None) -> tuple[tuple[int, str], ...]:
    """The tax rates that are offered, and an archived one that the product has already."""
    return office.choices(office.rates(), office.company().locale, used={used}).rates


def _words(name: str, value: str) -> str:
    """A value as people read it."""
    if name == "tax_rate_id" and value:
        rate = office.rates().get(int(value))
        return office.rate_label(rate, office.company().locale) if rate is not None else value
    if name.startswith(PRICE) and value:
        currency = name.removeprefix(PRICE)
        return money.format_price(Decimal(value), currency, office.company().locale)
    return value


def _form(
    product: Product,
    form: ProductPageForm,
    was: Mapping[str, str],
    *,
    read: str = "",
    looked: SecondLook | None = None,
    gone: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "products/edit.html",
        title=f"Edit {product.name}",
        product=product,
        form=form,
        read=read or products.edition_of(product),
        was=second_look.filled_with(was),
        looked=looked,
        gone=gone,
        theirs=next(iter(history.of(db.session(), product, limit=1)), None) if looked or gone else None,
    )
    return page, status


@blueprint.post("/<int:product_id>/archive")
@access.may(Role.STAFF)
def archive(product_id: int) -> ResponseReturnValue:
    """Offer the product no more; quotes and invoices keep it."""
    author = access.author()
    with transaction() as session:
        done = archiving.archive(session, _locked(product_id), by=author, at=clock.now())
    flash(
        "The product is archived." if done else "The product was archived already.",
        "success" if done else "info",
    )
    return redirect(url_for("products.show", product_id=product_id))


@blueprint.post("/<int:product_id>/restore")
@access.may(Role.STAFF)
def restore(product_id: int) -> ResponseReturnValue:
    """Offer the product again."""
    author = access.author()
    with transaction() as session:
        done = archiving.restore(session, _locked(product_id), by=author, at=clock.now())
    flash(
        "The product is in use again." if done else "The product is in use already.",
        "success" if done else "info",
    )
    return redirect(url_for("products.show", product_id=product_id))


def _locked(product_id: int) -> Product:
    """In full: restoring may take the item away, which is a unique key."""
    product = db.session.get(Product, product_id, with_for_update=True, populate_existing=True)
    if product is None:
        raise NotFound("There is no such product.")
    return product
