"""The catalogue: what is sold and for how much in each currency, and who was offered it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from betterform.actions import archiving, deliveries, history, product_search, products, used_in
from betterform.actions.company import get_company
from betterform.actions.product_search import BY_PRICE, ORDERS, Sought
from betterform.db import db
from betterform.errors import NotFound
from betterform.models.product import Product
from betterform.models.user import Role
from betterform.views import access
from betterform.views.list_addresses import address, argument, chosen, order_of, tidied
from betterform.views.paging import page_of, typed_search
from betterform.views.products.blueprint import blueprint

LATEST = 10  # quotes and invoices on a product's page


def sought(currencies: list[str]) -> Sought:
    """What the address asks for; what makes no sense asks for everything."""
    return Sought(
        typed=typed_search(),
        state=chosen("state", ["archived", "all"]),
        kind=argument("kind"),
        priced=chosen("priced", currencies),
        unpriced=chosen("unpriced", currencies),
        board=chosen("board", ["yes", "no"]),
        order=order_of([*ORDERS, *(f"{BY_PRICE}{currency}" for currency in currencies)], "name"),
    )


@blueprint.get("")
@access.may(Role.VIEWER)
def index() -> ResponseReturnValue:
    """All products by name, or those that search and filters find, in the order asked for."""
    if (elsewhere := tidied()) is not None:
        return elsewhere
    session = db.session()
    currencies = product_search.currencies_in_use(session)
    wanted = sought(currencies)
    page = page_of(session, product_search.products(wanted))
    kinds = dict.fromkeys([*product_search.kinds_in_use(session), *filter(None, [wanted.kind])])
    return render_template(
        "products/index.html",
        page=page,
        sought=wanted,
        is_filtered=wanted != Sought(order=wanted.order),
        nothing=not page.total and not product_search.count(session),
        kinds=[("", "Any"), *((kind, kind) for kind in kinds)],
        currencies=currencies,
        doubles=products.same_numbers(session),
        company=get_company(session),
        address=address,
    )


@blueprint.get("/<int:product_id>")
@access.may(Role.VIEWER)
def show(product_id: int) -> ResponseReturnValue:
    """One product with the latest quotes that offer it and invoices that charge it."""
    session, product = db.session(), found(product_id)
    return render_template(
        "products/show.html",
        product=product,
        quotes=used_in.latest(session, used_in.quotes_of(product), limit=LATEST),
        invoices=used_in.latest(session, used_in.invoices_of(product), limit=LATEST),
        deliveries=deliveries.of_record(session, "product", product.id),
        latest=next(iter(history.of(session, product, limit=1)), None),
        archived_here=archiving.is_archived_here(session, product),
        company=get_company(session),
    )


@blueprint.get("/<int:product_id>/quotes")
@access.may(Role.VIEWER)
def quotes(product_id: int) -> ResponseReturnValue:
    """All quotes that offer one product."""
    return _papers(product_id, "quotes")


@blueprint.get("/<int:product_id>/invoices")
@access.may(Role.VIEWER)
def invoices(product_id: int) -> ResponseReturnValue:
    """All invoices and credit notes with one product."""
    return _papers(product_id, "invoices")


def _papers(product_id: int, noun: str) -> ResponseReturnValue:
    session, product = db.session(), found(product_id)
    of_product = used_in.quotes_of if noun == "quotes" else used_in.invoices_of
    return render_template(
        "products/papers.html",
        title=f"{noun.capitalize()} with {product.name}",
        noun=noun,
        product=product,
        page=page_of(session, of_product(product)),
        company=get_company(session),
    )


def found(product_id: int) -> Product:
    """The product with its tax rate. Raises NotFound."""
    product = db.session.get(Product, product_id, options=[joinedload(Product.tax_rate)])
    if product is None:
        raise NotFound("There is no such product.")
    return product
