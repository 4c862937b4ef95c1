"""Finding contacts: by what a person types, by where they are, in the order asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from betterform.actions.matching import holds_words
from betterform.models.contact import Contact

SEARCHED = (Contact.first_name, Contact.last_name, Contact.company, Contact.email, Contact.city)
ORDERS: dict[str, tuple[InstrumentedAttribute[Any], ...]] = {
    "name": (Contact.last_name, Contact.first_name, Contact.company),
    "company": (Contact.company, Contact.last_name, Contact.first_name),
    "email": (Contact.email,),
    "town": (Contact.city, Contact.country_code),
    "changed": (Contact.updated_at,),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; empty texts ask for everything.

    `state` is "" (in use), "archived" or "all"; `board` is "yes" or "no"; `order` is one of ORDERS, with a
    minus before it from the end; `language` may be "company" for contacts that have none of their own.
    """

    typed: str = ""
    state: str = ""
    country: str = ""
    language: str = ""
    board: str = ""
    order: str = "name"


def contacts(sought: Sought) -> Select[Contact]:
    """The contacts sought, those that were merged into others left out."""
    return select(Contact).where(*_conditions(sought)).order_by(*_order(sought.order))


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Contact.merged_into_id.is_(None)]
    if sought.state != "all":
        is_archived = Contact.archived_at.is_not(None)
        conditions.append(is_archived if sought.state == "archived" else ~is_archived)
    if sought.typed:
        conditions.append(holds_words(sought.typed, *SEARCHED))
    if sought.country:
        conditions.append(Contact.country_code == ("" if sought.country == "none" else sought.country))
    if sought.language:
        conditions.append(Contact.language == ("" if sought.language == "company" else sought.language))
    if sought.board:
        has_item = Contact.mid.is_not(None)
        conditions.append(has_item if sought.board == "yes" else ~has_item)
    return conditions


def _order(order: str) -> list[Any]:
    columns = ORDERS.get(order.removeprefix("-"), ORDERS["name"])
    return [*(column.desc() if order.startswith("-") else column for column in columns), Contact.id]


def countries_in_use(session: Session) -> list[str]:
    """The codes of all countries that contacts are in."""
    return list(session.scalars(select(Contact.country_code).where(Contact.country_code != "").distinct()))


def count(session: Session) -> int:
    """How many contacts there are in all, archived ones included: none means that nobody has begun."""
    return session.scalar(select(func.count()).select_from(Contact)) or 0
