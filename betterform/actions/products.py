"""Products: added by staff, here and on their board."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
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


def search(session: Session, typed: str, *, limit: int = 8) -> list[Product]:
    """Products whose name or catalogue number holds every word of `typed`."""
    wanted = (
        select(Product)
        .where(Product.archived_at.is_(None), holds_words(typed, Product.name, Product.catalogue_number))
        .order_by(Product.name, Product.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))
