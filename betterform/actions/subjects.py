"""What rows of inbox and outbox are about, by name: the quote, contact or product behind an id or an item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from betterform.actions.matching import holds_words
from betterform.models.board import Board, BoardRole
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery
from betterform.models.product import Product
from betterform.models.quote import Quote

# The columns by which a person would look for each, and the board on which its item is.
LOOKED_FOR: Mapping[str, tuple[type, tuple[InstrumentedAttribute, ...]]] = {
    "quote": (Quote, (Quote.number, Quote.subject)),
    "contact": (Contact, (Contact.first_name, Contact.last_name, Contact.company, Contact.email)),
    "product": (Product, (Product.name, Product.catalogue_number)),
}
BOARDS = {"quote": BoardRole.DEALS, "contact": BoardRole.CONTACTS, "product": BoardRole.PRODUCTS}


@dataclass(frozen=True, slots=True)
class Subject:
    """A record as a link shows it. `kind` is "quote", "contact" or "product"; `mid` its item, "" for none."""

    kind: str
    id: int
    name: str
    mid: str


def of_deliveries(session: Session, deliveries: Iterable[Delivery]) -> dict[tuple[str, int], Subject]:
    """The subjects of deliveries by record type and id, in at most three queries."""
    wanted: dict[str, set[int]] = {}
    for delivery in deliveries:
        wanted.setdefault(delivery.record_type, set()).add(delivery.record_id)
    found: dict[tuple[str, int], Subject] = {}
    for kind, ids in wanted.items():
        if kind in LOOKED_FOR:
            model = LOOKED_FOR[kind][0]
            for subject in _subjects(session, kind, model.id.in_(ids)):  # type: ignore[attr-defined]
                found[kind, subject.id] = subject
    return found


def of_items(session: Session, items: Iterable[str]) -> dict[str, Subject]:
    """The subjects whose items these are, by item id, in three queries."""
    mids = {item for item in items if item}
    if not mids:
        return {}
    return {
        subject.mid: subject
        for kind, (model, _columns) in LOOKED_FOR.items()
        for subject in _subjects(session, kind, model.mid.in_(mids))  # type: ignore[attr-defined]
    }


def _subjects(session: Session, kind: str, condition: ColumnElement[bool]) -> list[Subject]:
    model, columns = LOOKED_FOR[kind]
    rows = session.execute(select(model.id, model.mid, *columns).where(condition))  # type: ignore[attr-defined]
    return [Subject(kind, id_, _name(kind, id_, values), mid or "") for id_, mid, *values in rows]


def _name(kind: str, id_: int, values: list[str | None]) -> str:
    """As the record's own page calls it."""
    if kind == "contact":
        first, last, company, email = (value or "" for value in values)
        return f"{first} {last}".strip() or company or email or f"Contact {id_}"
    return next((value for value in values if value), f"{kind.capitalize()} {id_}")


def looked_for(typed: str) -> list[tuple[str, type, ColumnElement[bool]]]:
    """For each kind the condition under which a record is what a person typed: its item's id, or its words."""
    return [
        (kind, model, (model.mid == typed) | holds_words(typed, *columns))  # type: ignore[attr-defined]
        for kind, (model, columns) in LOOKED_FOR.items()
    ]


def board_ids(session: Session) -> dict[str, str]:
    """monday's board id by the kind of record whose items it holds."""
    by_role = {board.role: board.board_id for board in session.scalars(select(Board))}
    return {kind: by_role[role.value] for kind, role in BOARDS.items() if role.value in by_role}
