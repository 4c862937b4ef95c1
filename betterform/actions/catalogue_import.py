"""Contacts or products from a file: planned, and done as planned, all in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import ModuleType
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from betterform.actions import (
    boards,
    contact_import,
    csv_files,
    delivery_batches,
    history,
    import_plan,
    product_import,
)
from betterform.actions.import_plan import Fate, Plan, PlannedRow, Reading
from betterform.errors import OutOfDate
from betterform.models.board import BoardRole
from betterform.models.company import Company
from betterform.models.delivery import Target
from betterform.models.history import Author, HistoryEntry
from betterform.models.tax_rate import TaxRate

AT_ONCE = 500
STALE = "Something has changed since you looked: here is what importing would do now. Nothing was imported."


class Noun(StrEnum):
    """What can be imported."""

    CONTACTS = "contacts"
    PRODUCTS = "products"

    @property
    def target(self) -> Target:
        return Target.CONTACT if self is Noun.CONTACTS else Target.PRODUCT


WRITING: Mapping[Noun, ModuleType] = {Noun.CONTACTS: contact_import, Noun.PRODUCTS: product_import}


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for: a file, what each of its columns holds, and what empty cells mean."""

    noun: Noun
    file_name: str
    table: csv_files.Table
    fields: tuple[str, ...]
    clears: bool
    locale: str
    currencies: tuple[str, ...]


def reading_for(session: Session, order: Order) -> Reading:
    """How the rows of this order are read."""
    if order.noun is Noun.CONTACTS:
        return contact_import.reading()
    rates = session.scalars(select(TaxRate).order_by(TaxRate.position, TaxRate.id)).all()
    return product_import.reading(rates, order.locale, order.currencies)


def plan(session: Session, order: Order) -> Plan:
    """What importing would do as things stand now."""
    known = WRITING[order.noun].known(session)
    return import_plan.plan(
        reading_for(session, order), known, order.table, order.fields, clears=order.clears
    )


def do(
    session: Session, order: Order, *, fingerprint: str, by: Author, at: datetime
) -> tuple[Company, Counter[str]]:
    """Do what the plan with this fingerprint said, all of it or nothing. Returns how many rows met each fate.

    Raises OutOfDate where things have changed since. Two imports never run side by side: the second waits
    for the first, and finds that its plan is another now. The company's history says who imported what.
    """
    company = session.get_one(Company, 1, with_for_update={"key_share": True})
    planned = plan(session, order)
    if planned.fingerprint != fingerprint:
        raise OutOfDate(STALE)
    changed = _change(session, order, planned.of(Fate.CHANGED), by=by, at=at)
    added = _add(session, order, planned.of(Fate.ADDED), by=by, at=at)
    board = boards.of_role(session, BoardRole(order.noun.value))
    if board is not None:
        delivery_batches.want_all(session, order.noun.target, [*changed, *added], at=at)
    counts = Counter({fate.value: planned.counts[fate.value] for fate in Fate if planned.counts[fate.value]})
    history.record(
        session, company, f"imported {order.noun}", by=by, at=at, file=order.file_name, counts=dict(counts)
    )
    return company, counts


def latest(session: Session, noun: Noun, *, limit: int = 5) -> list[HistoryEntry]:
    """The last imports, newest first."""
    wanted = select(HistoryEntry).where(
        HistoryEntry.record_type == "company", HistoryEntry.event == f"imported {noun}"
    )
    return list(session.scalars(wanted.order_by(HistoryEntry.id.desc()).limit(limit)))


def _change(
    session: Session, order: Order, rows: Sequence[PlannedRow], *, by: Author, at: datetime
) -> list[int]:
    """Write the changes, in the order of the records' ids. Returns the ids."""
    writing = WRITING[order.noun]
    rows = sorted(rows, key=lambda row: row.record_id or 0)
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        found = {record.id: record for record in writing.locked(session, [row.record_id for row in batch])}
        for row in batch:
            record = found.get(row.record_id)
            if (
                record is None
                or record.archived_at is not None
                or not _is_as_planned(writing.held(record), row)
            ):
                raise OutOfDate(STALE)
            writing.write(record, row.values)
            record.updated_at = at
        session.flush()
        _note(session, order, "edited", {row.record_id or 0: _told(row) for row in batch}, by=by, at=at)
    return [row.record_id for row in rows if row.record_id is not None]


def _is_as_planned(held: Mapping[str, str], row: PlannedRow) -> bool:
    return all(held.get(field, "") == before for field, before in (row.held or {}).items())


def _told(row: PlannedRow) -> dict[str, Any]:
    """What history says of a change."""
    held, values = row.held or {}, row.values or {}
    return {"fields": sorted(values), "changes": history.changes_between(held, values)}


def _add(
    session: Session, order: Order, rows: Sequence[PlannedRow], *, by: Author, at: datetime
) -> list[int]:
    """Make the new records, in the order of the file. Returns their ids."""
    ids: list[int] = []
    for start in range(0, len(rows), AT_ONCE):
        batch: list[Any] = [
            WRITING[order.noun].made(row.values or {}) for row in rows[start : start + AT_ONCE]
        ]
        session.add_all(batch)
        session.flush()
        new = [record.id for record in batch]
        _note(session, order, "created", {id_: {} for id_ in new}, by=by, at=at)
        ids += new
    return ids


def _note(
    session: Session,
    order: Order,
    event: str,
    told: Mapping[int, dict[str, Any]],
    *,
    by: Author,
    at: datetime,
) -> None:
    """One line in the history of each record, as history.record writes it for one; with the file's name."""
    rows = [
        {
            "record_type": order.noun.target.value,
            "record_id": id_,
            "at": at,
            "author_kind": by.kind.value,
            "author_id": by.id,
            "author_name": by.name,
            "event": event,
            "details": {"file": order.file_name, **details},
        }
        for id_, details in told.items()
    ]
    session.execute(insert(HistoryEntry), rows)
