"""Contacts and products as rows of a file, with everything that importing it again would need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Select
from sqlalchemy.orm import Session

from betterform import money
from betterform.actions import contacts, product_import, products
from betterform.actions.csv_columns import ARCHIVED, CONTACT_COLUMNS, PRODUCT_COLUMNS, price_column
from betterform.models.contact import Contact
from betterform.models.product import Product

AT_ONCE = 1000


def contact_header() -> list[str]:
    """The titles of the columns, as importing recognises them."""
    return [column.label for column in (*CONTACT_COLUMNS, ARCHIVED)]


def contact_rows(session: Session, wanted: Select[Contact]) -> Iterator[list[str]]:
    """A row for each of the contacts that are wanted, read while they are written."""
    texts = [column.name for column in CONTACT_COLUMNS if column.name in contacts.FIELDS]
    for contact in session.scalars(wanted.execution_options(yield_per=AT_ONCE)):
        yield [
            str(contact.id),
            contact.mid or "",
            *(getattr(contact, name) for name in texts),
            "yes" if contact.archived_at is not None else "",
        ]


def product_header(currencies: Sequence[str]) -> list[str]:
    """The titles of the columns, one a currency among them."""
    return [column.label for column in (*PRODUCT_COLUMNS, *map(price_column, currencies), ARCHIVED)]


def product_rows(
    session: Session, wanted: Select[Product], currencies: Sequence[str], locale: str
) -> Iterator[list[str]]:
    """A row for each of the products that are wanted, figures as the locale writes them."""
    texts = [column.name for column in PRODUCT_COLUMNS if column.name in products.FIELDS]
    for product in session.scalars(wanted.execution_options(yield_per=AT_ONCE)):
        rate = product_import.rate_words(product.tax_rate) if product.tax_rate is not None else ""
        prices = (product.price_in(currency) for currency in currencies)
        yield [
            str(product.id),
            product.mid or "",
            *(rate if name == "tax_rate_id" else getattr(product, name) for name in texts),
            *("" if price is None else money.format_for_editing(price, locale) for price in prices),
            "yes" if product.archived_at is not None else "",
        ]
