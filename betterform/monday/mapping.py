"""Between our records and a board's columns, as the mapping in the database says.

Our side is text by field ("total": "1240.50", "country_code": "CH"), so that what was written can be
compared with what is read. How a text becomes a column's value depends on the column's type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any

from betterform.actions.board_mapping import label_index, label_text
from betterform.models.board import Board, BoardColumn, BoardRole, WritePolicy
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.monday.columns import (
    READ_ONLY,
    Country,
    File,
    Label,
    Link,
    Person,
    Phone,
    Value,
    as_held,
    from_column_value,
    to_column_value,
)
from betterform.monday.fields import FIELDS
from betterform.monday.places import calling_country, country_code, country_name, language_code, language_name

CONTACT_FIELDS = tuple(field.name for field in FIELDS[BoardRole.CONTACTS])
PRODUCT_FIELDS = tuple(field.name for field in FIELDS[BoardRole.PRODUCTS] if field.name != "tax_rate")
LINK_TEXTS = {"form_link": "Open quote form", "customer_link": "Customer's page"}
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be written: the JSON by column id, whether labels may have to be made, and what the
    board will hold, as text by field.
    """

    values: dict[str, Any]
    with_labels: bool
    held: dict[str, str]


def of_quote(quote: Quote, *, form_url: str, customer_url: str | None) -> dict[str, str]:
    """A quote's fields on the DEALS board. A draft has its form link and its state only.

    `customer_url` is "" where no link is open; None, where its address is unknown, leaves the column alone.
    """
    values = {"form_link": form_url, "status": quote.state}
    if quote.number and quote.total is not None:
        values |= {
            "number": quote.number,
            "date": str(quote.date),
            "expiry": str(quote.expiry),
            "currency": quote.currency,
            "total": f"{quote.total:f}",
        }
        if customer_url is not None:
            values["customer_link"] = customer_url
    return values


def of_contact(contact: Contact) -> dict[str, str]:
    """A contact's fields, and its item's name as "name"."""
    values = {name: str(getattr(contact, name) or "") for name in CONTACT_FIELDS}
    return {**values, "name": item_name(contact.display_name)}


def of_product(product: Product) -> dict[str, str]:
    """A product's fields, its prices as "price_CHF", and its item's name as "name"."""
    values = {name: str(getattr(product, name) or "") for name in PRODUCT_FIELDS}
    values |= {f"price_{price.currency}": f"{price.amount:f}" for price in product.prices}
    if product.tax_rate is not None:
        values["tax_rate"] = f"{product.tax_rate.percent:f}"
    return {**values, "name": item_name(product.name)}


def item_name(name: str) -> str:
    """A name that monday takes: 1 to 255 characters."""
    return name.strip()[:LONGEST_NAME] or "Without a name"


def written(
    board: Board,
    values: Mapping[str, str],
    *,
    facts: Mapping[str, str] | None = None,
    current: Mapping[str, str] | None = None,
) -> Written:
    """The write JSON for those fields of `values` that are mapped and may be written.

    `facts` are the record's other fields, which a value may need (a phone number its country);
    `current` is what the item holds, for fields that are written only where it holds nothing. Raises
    ValueError naming the column when a value cannot be made to fit.
    """
    facts = {**(facts or {}), **values}
    found: dict[str, Any] = {}
    held: dict[str, str] = {}
    with_labels = False
    for name, text in values.items():
        column = board.column(name)
        if column is None or not may_be_written(column):
            continue
        if column.policy == WritePolicy.IF_EMPTY and (current or {}).get(name):
            continue
        try:
            value = value_for(column, text, facts)
            if value is None and text:
                continue
            found[column.column_id] = to_column_value(column.column_type, value)
        except ValueError as error:
            raise ValueError(
                f"“{column.title or column.column_id}” cannot take {text!r}: {error}."
            ) from error
        held[name] = as_held(column.column_type, text)
        with_labels = with_labels or _may_be_new(value)
    return Written(found, with_labels, held)


def _may_be_new(value: Value) -> bool:
    """Whether monday may have to make a label for it: one whose id is known is there."""
    labels = value if isinstance(value, list) else [value]
    return any(isinstance(label, Label) and label.id is None for label in labels)


def may_be_written(column: BoardColumn) -> bool:
    """Whether we may write into the column at all."""
    return column.policy != WritePolicy.NEVER and column.column_type not in READ_ONLY


def value_for(column: BoardColumn, text: str, facts: Mapping[str, str]) -> Value:
    """What `text` is in a column of that type; None for nothing, or where it cannot be said in that type."""
    if text == "":
        return None
    if column.column_type in ("status", "dropdown"):
        return _label(column, text)
    if column.field == "country_code":
        name = country_name(text)
        return Country(text, name) if column.column_type == "country" else name
    match column.column_type:
        case "numbers":
            return _number(text)
        case "date":
            return date.fromisoformat(text)
        case "link":
            return Link(text, LINK_TEXTS.get(column.field, ""))
        case "phone":
            country = facts.get("country_code") or calling_country(text)
            return Phone(text, country) if country else None
        case _:
            return text


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("it is not a number") from None


def _label(column: BoardColumn, text: str) -> Label | list[Label]:
    usual = language_name(text) if column.field == "language" else text
    usual = country_name(text) if column.field == "country_code" else usual
    chosen = column.labels.get(text, usual)
    label = Label(label_text(chosen), label_index(chosen))
    return [label] if column.column_type == "dropdown" else label


def must_look_first(board: Board, names: Iterable[str]) -> bool:
    """Whether one of these fields is written only where the item holds nothing."""
    columns = (board.column(name) for name in names)
    return any(column is not None and column.policy == WritePolicy.IF_EMPTY for column in columns)


def read(board: Board, cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The mapped fields that hold text, from an item's cells."""
    by_column = {str(cell["id"]): cell for cell in cells}
    found = {}
    for column in board.columns:
        cell = by_column.get(column.column_id)
        if cell is not None:
            found[column.field] = text_of(column, from_column_value(cell))
    return found


def text_of(column: BoardColumn, value: Value) -> str:
    """A value read from a column, as text of ours."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, Country):
        return value.code
    if isinstance(value, Phone):
        return value.number
    if isinstance(value, Link):
        return value.url
    if isinstance(value, Label):
        return _ours(column, value.text, value.id)
    if isinstance(value, list):
        return ", ".join(_entry_text(column, entry) for entry in value)
    return _ours(column, (value or "").strip())


def _entry_text(column: BoardColumn, entry: str | Label | Person | File) -> str:
    if isinstance(entry, Label):
        return _ours(column, entry.text, entry.id)
    if isinstance(entry, Person):
        return entry.id
    return entry.name if isinstance(entry, File) else entry


def _ours(column: BoardColumn, text: str, label_id: int | None = None) -> str:
    """Our word for what the board calls `text`: known by the label's id, which a rename leaves, else by its words."""
    if column.field == "country_code":
        return country_code(text)
    labels = column.labels.items()
    by_id = (ours for ours, label in labels if label_id is not None and label_index(label) == label_id)
    by_words = (ours for ours, label in labels if text and label_text(label) == text)
    ours = next(chain(by_id, by_words), text)
    return language_code(ours) if column.field == "language" else ours


def contact_values(board: Board, name: str, cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A contact from its item. Where the board has no column for names, the item's name is taken apart."""
    values = read(board, cells)
    values.pop("name", None)
    if not values.get("first_name") and not values.get("last_name") and name.strip() not in values.values():
        values["first_name"], values["last_name"] = _parted(name)
    return values


def _parted(name: str) -> tuple[str, str]:
    """First and last name: the last word is the last name."""
    first, _, last = name.strip().rpartition(" ")
    return first, last


def product_values(board: Board, name: str, cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A product from its item."""
    return {**read(board, cells), "name": name.strip()}


def columns_to_read(board: Board | None) -> list[str]:
    """The ids of all mapped columns."""
    return [column.column_id for column in board.columns] if board is not None else []
