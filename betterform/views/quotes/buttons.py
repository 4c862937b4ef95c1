"""What the buttons of the quote form ask for: `verb` or `verb:argument:…` in the field `action`."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import contacts, quote_lines
from betterform.errors import InvalidInput, NotFound
from betterform.forms.quote import MOST_LINES
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote

# What a button changes, by the names that history uses. The others leave the draft as it was typed.
CHANGES = {
    "add-line": "lines",
    "remove-line": "lines",
    "move-up": "lines",
    "move-down": "lines",
    "choose-product": "lines",
    "catalogue-prices": "lines",
    "choose-contact": "contact_id",
    "remove-contact": "contact_id",
}
QUIET = {"save", "keep-mine", "issue", "find-contact", "find-product"}
UNKNOWN = "This page does not know that button."


def pressed(typed: list[str]) -> tuple[str, list[str]]:
    """The verb and its arguments; the pressed button comes last in the form. Raises InvalidInput."""
    verb, *arguments = (typed or ["save"])[-1].split(":")
    if verb not in CHANGES and verb not in QUIET:
        raise InvalidInput(UNKNOWN)
    return verb, arguments


def press(session: Session, verb: str, arguments: list[str], quote: Quote, company: Company) -> str:
    """Do what the button asks for. Returns the key of the line to look at next, if any."""
    if verb == "add-line":
        if len(quote.lines) >= MOST_LINES:
            raise InvalidInput(f"A quote has at most {MOST_LINES} lines.")
        return quote_lines.add(quote, company).key
    if verb in ("move-up", "move-down"):
        quote_lines.move(quote, argument(arguments, 0), by=-1 if verb == "move-up" else 1)
        return arguments[0]
    if verb == "choose-product":
        product = _chosen_product(session, argument(arguments, 1))
        return quote_lines.choose_product(quote, arguments[0], product).key
    if verb == "find-product":
        return quote_lines.line_of(quote, argument(arguments, 0)).key
    if verb == "remove-line":
        quote_lines.remove(quote, argument(arguments, 0))
    elif verb == "choose-contact":
        quote.contact_id = _chosen_contact(session, argument(arguments, 0)).id
    elif verb == "remove-contact":
        quote.contact_id = None
    elif verb == "catalogue-prices":
        only = arguments[0] if arguments else None
        quote_lines.take_catalogue_prices(quote, products_of(session, quote), only=only)
    return ""


def argument(arguments: list[str], place: int) -> str:
    """Raises InvalidInput where the button did not name what it is about."""
    if len(arguments) <= place:
        raise InvalidInput(UNKNOWN)
    return arguments[place]


def number(typed: str) -> int:
    """A record's id or version. Raises InvalidInput for anything that cannot be one."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise InvalidInput(UNKNOWN)
    return int(typed)


def products_of(session: Session, quote: Quote) -> dict[int, Product]:
    """The products that the quote's lines were filled from, by id."""
    ids = {line.product_id for line in quote.lines if line.product_id is not None}
    if not ids:
        return {}
    return {product.id: product for product in session.scalars(select(Product).where(Product.id.in_(ids)))}


def _chosen_product(session: Session, typed: str) -> Product:
    product = session.get(Product, number(typed))
    if product is None:
        raise NotFound("This product is not in the catalogue any more.")
    return product


def _chosen_contact(session: Session, typed: str) -> Contact:
    contact = session.get(Contact, number(typed))
    if contact is None:
        raise NotFound("This contact is not there any more.")
    return contacts.living(session, contact)
