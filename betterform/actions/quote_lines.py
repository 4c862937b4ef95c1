"""Changing a draft's lines and contact one step at a time, as the buttons of the form do."""

from __future__ import annotations

from collections.abc import Mapping

from betterform.actions.quotes import blank_line
from betterform.errors import NotFound
from betterform.models.company import Company
from betterform.models.product import Product
from betterform.models.quote import LineKind, Quote, QuoteLine


def line_of(quote: Quote, key: str) -> QuoteLine:
    """The line called `key`. Raises NotFound."""
    for line in quote.lines:
        if line.key == key:
            return line
    raise NotFound("This line is not there any more.")


def add(quote: Quote, company: Company) -> QuoteLine:
    """A new empty line at the end."""
    line = blank_line(company, len(quote.lines))
    quote.lines.append(line)
    return line


def remove(quote: Quote, key: str) -> None:
    """Take a line out, with what could not be read in it; the others close up."""
    quote.lines.remove(line_of(quote, key))
    quote.unparsed = {
        name: typed for name, typed in quote.unparsed.items() if not name.startswith(f"lines-{key}-")
    }
    _renumber(quote)


def move(quote: Quote, key: str, *, by: int) -> None:
    """Move a line `by` places down (negative: up), no further than the ends."""
    line = line_of(quote, key)
    place = quote.lines.index(line)
    quote.lines.insert(max(0, min(place + by, len(quote.lines) - 1)), quote.lines.pop(place))
    _renumber(quote)


def choose_product(quote: Quote, key: str, product: Product) -> QuoteLine:
    """Fill a line from the catalogue: texts, unit, tax rate and the price in the quote's currency.

    Where the catalogue has no price in that currency the price is left empty, to be asked for.
    """
    line = line_of(quote, key)
    line.product = product
    line.product_id = product.id
    line.name = product.name
    line.catalogue_number = product.catalogue_number
    line.description = product.description
    line.unit = product.unit
    line.unit_price = product.price_in(quote.currency)
    if product.tax_rate_id is not None:
        line.tax_rate_id = product.tax_rate_id
    filled = {f"lines-{key}-{name}" for name in ("name", "description", "unit", "unit_price", "tax_rate_id")}
    quote.unparsed = {name: typed for name, typed in quote.unparsed.items() if name not in filled}
    return line


def catalogue_offers(quote: Quote, products: Mapping[int, Product]) -> dict[str, Product]:
    """Lines by key whose catalogue price in the quote's currency differs from the line's price."""
    offers = {}
    for line in quote.lines:
        product = products.get(line.product_id) if line.product_id is not None else None
        if line.kind != LineKind.ITEM or product is None:
            continue
        price = product.price_in(quote.currency)
        if price is not None and price != line.unit_price:
            offers[line.key] = product
    return offers


def take_catalogue_prices(quote: Quote, products: Mapping[int, Product], *, only: str | None = None) -> int:
    """Give lines of the catalogue their price in the quote's currency, or one of them, by its key.

    Returns how many changed.
    """
    offers = catalogue_offers(quote, products)
    if only is not None:
        offers = {key: product for key, product in offers.items() if key == only}
    for key, product in offers.items():
        line_of(quote, key).unit_price = product.price_in(quote.currency)
    taken = {f"lines-{key}-unit_price" for key in offers}
    quote.unparsed = {name: typed for name, typed in quote.unparsed.items() if name not in taken}
    return len(offers)


def _renumber(quote: Quote) -> None:
    for position, line in enumerate(quote.lines):
        line.position = position
