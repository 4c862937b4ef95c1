"""Finding products: by what a person types, by their type and prices, in the order asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from betterform import money
from betterform.actions.matching import holds_words
from betterform.models.product import Product, ProductPrice

SEARCHED = (Product.name, Product.catalogue_number, Product.kind)
ORDERS: dict[str, tuple[InstrumentedAttribute[Any], ...]] = {
    "name": (Product.name,),
    "number": (Product.catalogue_number, Product.name),
    "type": (Product.kind, Product.name),
    "changed": (Product.updated_at,),
}
BY_PRICE = "price-"
MOST_KINDS = 200


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; empty texts ask for everything.

    `state` is "" (in use), "archived" or "all"; `priced` a currency that there is a price in; `unpriced` one
    that there is none in; `order` is one of ORDERS or "price-CHF", with a minus before it from the end.
    """

    typed: str = ""
    state: str = ""
    kind: str = ""
    priced: str = ""
    unpriced: str = ""
    board: str = ""
    order: str = "name"


def products(sought: Sought) -> Select[Product]:
    """The products sought. Ordered by a price, those without one come last."""
    wanted = select(Product).where(*_conditions(sought)).options(joinedload(Product.tax_rate))
    name, falling = sought.order.removeprefix("-"), sought.order.startswith("-")
    currency = name.removeprefix(BY_PRICE)
    if name.startswith(BY_PRICE) and money.is_currency(currency):
        price = and_(ProductPrice.product_id == Product.id, ProductPrice.currency == currency)
        amount = ProductPrice.amount
        return wanted.outerjoin(ProductPrice, price).order_by(
            amount.is_(None), amount.desc() if falling else amount, Product.name, Product.id
        )
    columns = ORDERS.get(name, ORDERS["name"])
    return wanted.order_by(*(column.desc() if falling else column for column in columns), Product.id)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.state != "all":
        is_archived = Product.archived_at.is_not(None)
        conditions.append(is_archived if sought.state == "archived" else ~is_archived)
    if sought.typed:
        conditions.append(holds_words(sought.typed, *SEARCHED))
    if sought.kind:
        conditions.append(Product.kind == sought.kind)
    if sought.priced:
        conditions.append(_has_price(sought.priced))
    if sought.unpriced:
        conditions.append(~_has_price(sought.unpriced))
    if sought.board:
        has_item = Product.mid.is_not(None)
        conditions.append(has_item if sought.board == "yes" else ~has_item)
    return conditions


def _has_price(currency: str) -> ColumnElement[bool]:
    return (
        select(ProductPrice.id)
        .where(ProductPrice.product_id == Product.id, ProductPrice.currency == currency)
        .correlate(Product)  # the price that the list may be ordered by is another one
        .exists()
    )


def kinds_in_use(session: Session) -> list[str]:
    """What products are called by type, for a choice among them."""
    found = select(Product.kind).where(Product.kind != "").distinct().order_by(Product.kind).limit(MOST_KINDS)
    return list(session.scalars(found))


def currencies_in_use(session: Session) -> list[str]:
    """Every currency that a product has a price in."""
    return sorted(session.scalars(select(ProductPrice.currency).distinct()))


def count(session: Session) -> int:
    """How many products there are in all, archived ones included."""
    return session.scalar(select(func.count()).select_from(Product)) or 0
