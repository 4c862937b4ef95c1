"""Products: added by staff, here and on their board."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform.actions import deliveries, history
from betterform.actions.matching import holds_words
from betterform.models.delivery import Target
from betterform.models.history import Author
from betterform.models.product import Product

FIELDS = ("name", "catalogue_number", "kind", "unit", "description", "tax_rate_id")


def add(
    session: Session, values: dict[str, object], prices: dict[str, Decimal], *, by: Author, at: datetime
) -> Product:
    """A new product with `prices` by currency; its board gets it through the outbox."""
    product = Product(**{name: values[name] for name in FIELDS if name in values})
    for currency, amount in prices.items():
        product.set_price(currency, amount)
    session.add(product)
    history.record(session, product, "created", by=by, at=at)
    deliveries.want(session, Target.PRODUCT, record_type="product", record_id=product.id, at=at)
    return product


def same_numbers(session: Session, *, limit: int = 5) -> dict[str, list[Product]]:
    """Catalogue numbers that several products carry, with those products: `limit` of them, to be shown."""
    twice = (
        select(Product.catalogue_number)
        .where(Product.archived_at.is_(None), Product.catalogue_number != "")
        .group_by(Product.catalogue_number)
        .having(func.count() > 1)
        .order_by(Product.catalogue_number)
        .limit(limit)
    )
    numbers = session.scalars(twice).all()
    found: dict[str, list[Product]] = {number: [] for number in numbers}
    rows = session.scalars(
        select(Product)
        .where(Product.archived_at.is_(None), Product.catalogue_number.in_(numbers))
        .order_by(Product.name, Product.id)
    )
    for product in rows if numbers else ():
        found.setdefault(product.catalogue_number, []).append(product)
    return {number: products for number, products in found.items() if len(products) > 1}


def search(session: Session, typed: str, *, limit: int = 8) -> list[Product]:
    """Products whose name or catalogue number holds every word of `typed`."""
    wanted = (
        select(Product)
        .where(Product.archived_at.is_(None), holds_words(typed, Product.name, Product.catalogue_number))
        .order_by(Product.name, Product.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))
