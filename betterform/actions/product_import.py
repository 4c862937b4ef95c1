"""How products with their prices are read from a file, and written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform import money
from betterform.actions import products
from betterform.actions.csv_columns import ARCHIVED, ITEM, NUMBER, PRICE, PRODUCT_COLUMNS, price_column
from betterform.actions.import_plan import Known, Reading
from betterform.errors import InvalidInput
from betterform.models.product import Product, ProductPrice
from betterform.models.tax_rate import TaxRate

LABELS = {column.name: column.label for column in PRODUCT_COLUMNS if column not in (NUMBER, ITEM, ARCHIVED)}


def known(session: Session) -> list[Known]:
    """Every product there is, its prices as "price_CHF": "12.5"."""
    prices: dict[int, dict[str, str]] = defaultdict(dict)
    for product_id, currency, amount in session.execute(
        select(ProductPrice.product_id, ProductPrice.currency, ProductPrice.amount)
    ):
        prices[product_id][f"{PRICE}{currency}"] = money.plain(amount)
    columns = [getattr(Product, name) for name in products.FIELDS]
    rows = session.execute(
        select(Product.id, Product.mid, Product.archived_at, *columns).order_by(Product.id)
    )
    found = []
    for id_, mid, archived_at, *facts in rows:
        values = dict(zip(products.FIELDS, (str(fact or "") for fact in facts), strict=True))
        values |= prices.get(id_, {})
        found.append(Known(id_, mid or "", values["name"], values, is_archived=archived_at is not None))
    return found


def reading(rates: Sequence[TaxRate], locale: str, currencies: Iterable[str]) -> Reading:
    """How a row is read as a product; figures as the company's locale writes them."""
    labels = {**LABELS, **{(column := price_column(code)).name: column.label for code in currencies}}
    names = {str(rate.id): rate_words(rate) for rate in rates}

    def read(field: str, cell: str, record: Known | None) -> tuple[str, str]:
        if not cell:
            return "", ""
        if field == "tax_rate_id":
            return _rate(rates, cell, record)
        return _price(field, cell, locale) if field.startswith(PRICE) else (cell, "")

    def shown(field: str, value: str) -> str:
        if not value:
            return ""
        if field == "tax_rate_id":
            return names.get(value, value)
        if field.startswith(PRICE):
            return money.format_price(Decimal(value), field.removeprefix(PRICE), locale)
        return value

    return Reading(
        noun="product",
        marker="catalogue_number",
        marker_words="catalogue number",
        labels=labels,
        read=read,
        problems=_problems,
        name_of=lambda values: values.get("name", ""),
        shown=shown,
    )


def rate_words(rate: TaxRate) -> str:
    """A tax rate as exports name it: "8.1% MWST"."""
    return f"{money.plain(rate.percent)}% {rate.name}".strip()


def made(values: Mapping[str, str]) -> Product:
    """A new product."""
    product = Product(name="")
    write(product, values)
    return product


def locked(session: Session, ids: Collection[int]) -> list[Product]:
    """These products as they are now, under lock, always in the same order."""
    wanted = select(Product).where(Product.id.in_(ids)).order_by(Product.id)
    found = session.scalars(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    return list(found)


def held(product: Product) -> dict[str, str]:
    """What the product says, by field."""
    values = {name: str(getattr(product, name) or "") for name in products.FIELDS}
    return values | {f"{PRICE}{price.currency}": money.plain(price.amount) for price in product.prices}


def write(product: Product, values: Mapping[str, str]) -> None:
    """Write the fields in `values`; an empty price is taken away."""
    for name, value in values.items():
        if name.startswith(PRICE):
            product.set_price(name.removeprefix(PRICE), Decimal(value) if value else None)
        elif name == "tax_rate_id":
            product.tax_rate_id = int(value) if value else None
        else:
            setattr(product, name, value)


def _problems(values: Mapping[str, str]) -> dict[str, str]:
    prices = {
        name.removeprefix(PRICE): Decimal(value) for name, value in values.items() if name.startswith(PRICE) and value
    }  # fmt: skip
    return products.problems(values, prices)


def _price(field: str, cell: str, locale: str) -> tuple[str, str]:
    """The amount; the column's currency may stand beside it."""
    bare = cell.replace(field.removeprefix(PRICE), "").strip("€$£ \u00a0\u202f")
    try:
        amount = money.parse_decimal(bare, locale)
    except InvalidInput as error:
        return "", f"“{cell[:40]}”: {error.message}"
    if amount < 0:
        return "", "A price cannot be negative."
    return money.plain(amount), ""


def _rate(rates: Sequence[TaxRate], cell: str, record: Known | None) -> tuple[str, str]:
    """The rate of that name, percentage or both. One that the product has already is taken where several fit."""
    typed = cell.casefold()
    percent = _percent(cell)
    fitting = [
        rate
        for rate in rates
        if typed in (rate_words(rate).casefold(), rate.name.casefold()) or rate.percent == percent
    ]
    exact = [rate for rate in fitting if typed == rate_words(rate).casefold()]
    fitting = exact or fitting
    has_now = record.values.get("tax_rate_id", "") if record is not None else ""
    if any(str(rate.id) == has_now for rate in fitting):
        return has_now, ""
    offered = [rate for rate in fitting if not rate.archived]
    if len(offered) == 1:
        return str(offered[0].id), ""
    if offered:
        return (
            "",
            f"“{cell[:40]}” may be one of {len(offered)} tax rates: {', '.join(map(rate_words, offered))}.",
        )
    return "", f"“{cell[:40]}” is no tax rate that is in use here."


def _percent(cell: str) -> Decimal | None:
    try:
        return money.parse_decimal(cell.rstrip("% \u00a0"), "en")
    except InvalidInput:
        return None
