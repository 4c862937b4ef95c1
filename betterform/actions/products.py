"""Products: added and corrected by staff, here and on their board; what a product may say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform import money
from betterform.actions import deliveries, history
from betterform.actions.matching import holds_words
from betterform.models.delivery import Target
from betterform.models.history import Author
from betterform.models.product import Product

FIELDS = ("name", "catalogue_number", "kind", "unit", "description", "tax_rate_id")
LARGEST_PRICE = Decimal(999_999_999_999)
LONGEST_DESCRIPTION = 10_000


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


def change(
    session: Session,
    product: Product,
    values: Mapping[str, object],
    prices: Mapping[str, Decimal | None],
    *,
    by: Author,
    at: datetime,
) -> list[str]:
    """Write `values` and `prices` (None takes one away) to the product and its board.

    Returns what changed, prices as "price_CHF". Currencies that `prices` does not name stay as they are.
    """
    changed = [name for name in FIELDS if name in values and getattr(product, name) != values[name]]
    changes = history.changes_to(product, {name: values[name] for name in changed})
    for name in changed:
        setattr(product, name, values[name])
    for currency, amount in prices.items():
        if product.price_in(currency) != amount:
            name = f"price_{currency}"
            changes |= history.changes_between({name: product.price_in(currency)}, {name: amount})
            product.set_price(currency, amount)
            changed.append(name)
    if changed:
        product.updated_at = at  # prices are rows of their own
        history.record(session, product, "edited", by=by, at=at, fields=changed, changes=changes)
        deliveries.want(session, Target.PRODUCT, record_type="product", record_id=product.id, at=at)
    return changed


def locked(session: Session, product_id: int) -> Product | None:
    """The product as it is now, under lock."""
    return session.get(Product, product_id, with_for_update={"key_share": True}, populate_existing=True)


def edition_of(product: Product) -> str:
    """What the form shows of the product, prices included, as a short hash."""
    shown = [getattr(product, name) for name in FIELDS]
    prices = sorted((price.currency, money.plain(price.amount)) for price in product.prices)
    return hashlib.sha256(repr((shown, prices)).encode()).hexdigest()[:20]


def problems(values: Mapping[str, object], prices: Mapping[str, Decimal | None]) -> dict[str, str]:
    """What keeps these from being a product: a sentence by field, prices as "price_CHF"."""
    found = {}
    for name in ("name", "catalogue_number", "kind", "unit"):
        longest: int = getattr(Product.__table__.c[name].type, "length")  # noqa: B009
        if (length := len(str(values.get(name) or ""))) > longest:
            found[name] = f"At most {longest} characters fit here; these are {length}."
    if (length := len(str(values.get("description") or ""))) > LONGEST_DESCRIPTION:
        found["description"] = f"At most {LONGEST_DESCRIPTION} characters fit here; these are {length}."
    if not values.get("name"):
        found["name"] = "Enter a name."
    for currency, amount in prices.items():
        if not money.is_currency(currency):
            found[f"price_{currency}"] = "Choose a currency."
        elif amount is not None and not 0 <= amount <= LARGEST_PRICE:
            found[f"price_{currency}"] = "A price is between 0 and 999,999,999,999."
    return found


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
