"""The catalogue: what is sold, and for how much in each currency."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from betterform.actions import deliveries, history, products
from betterform.actions.company import get_company
from betterform.actions.matching import holds_words
from betterform.db import db
from betterform.errors import NotFound
from betterform.models.product import Product
from betterform.models.quote import Quote, QuoteLine
from betterform.models.user import Role
from betterform.views import access
from betterform.views.paging import page_of, typed_search

blueprint = Blueprint("products", __name__, url_prefix="/products")

SEARCHED = (Product.name, Product.catalogue_number, Product.kind)


@blueprint.get("")
@access.may(Role.VIEWER)
def index() -> ResponseReturnValue:
    """All products by name, or those that the search finds."""
    typed = typed_search()
    wanted = select(Product).where(Product.archived_at.is_(None), holds_words(typed, *SEARCHED))
    page = page_of(db.session(), wanted.order_by(Product.name, Product.id))
    currencies = sorted({price.currency for product in page.rows for price in product.prices})
    return render_template(
        "products/index.html",
        page=page,
        typed=typed,
        currencies=currencies,
        doubles=products.same_numbers(db.session()),
        company=get_company(db.session()),
    )


@blueprint.get("/<int:product_id>")
@access.may(Role.VIEWER)
def show(product_id: int) -> ResponseReturnValue:
    """One product with the quotes that offer it."""
    product = db.session.get(Product, product_id, options=[joinedload(Product.tax_rate)])
    if product is None:
        raise NotFound("There is no such product.")
    offering = select(QuoteLine.quote_id).where(QuoteLine.product_id == product.id)
    quotes = (
        select(Quote).where(Quote.id.in_(offering)).options(joinedload(Quote.contact), lazyload(Quote.lines))
    )
    page = page_of(db.session(), quotes.order_by(Quote.date.desc(), Quote.id.desc()))
    return render_template(
        "products/show.html",
        product=product,
        page=page,
        deliveries=deliveries.of_record(db.session(), "product", product.id),
        latest=next(iter(history.of(db.session(), product, limit=1)), None),
        company=get_company(db.session()),
    )
