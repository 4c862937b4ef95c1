"""What a reading found, for people: how far it is, how many, which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions.board_readings import NAMES
from betterform.actions.catalogue import Outcome
from betterform.models.board import BoardRole
from betterform.models.board_reading import BoardReading, ReadingState
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote


@dataclass(frozen=True, slots=True)
class Named:
    """A record that a reading added or changed. `record_id` is None where it is no longer there."""

    item_id: str
    name: str
    record_id: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A reading with its outcomes: (word, how many, the first of them by name)."""

    reading: BoardReading
    percent: int | None
    outcomes: Sequence[tuple[str, int, Sequence[Named]]]


def result_of(session: Session, reading: BoardReading) -> Result:
    """What a page shows of a reading."""
    mids = [item for outcome in Outcome for item, _name in names_of(reading, outcome)]
    kinds: dict[BoardRole, type[Contact] | type[Product]] = {
        BoardRole.CONTACTS: Contact,
        BoardRole.PRODUCTS: Product,
    }
    kind: type[Contact] | type[Product] | type[Quote] = kinds.get(BoardRole(reading.role), Quote)
    ids = {str(mid): id_ for mid, id_ in session.execute(select(kind.mid, kind.id).where(kind.mid.in_(mids)))}
    outcomes = [
        (
            outcome.value,
            count_of(reading, outcome),
            [Named(item, name, ids.get(item)) for item, name in names_of(reading, outcome)],
        )
        for outcome in Outcome
    ]
    return Result(reading, percent_of(reading), outcomes)


def count_of(reading: BoardReading, outcome: str) -> int:
    """How many items had that outcome."""
    count: Any = reading.counts.get(outcome, 0)
    return int(count)


def names_of(reading: BoardReading, outcome: str) -> list[tuple[str, str]]:
    """Item ids and names of the first that had that outcome."""
    return [(str(item), str(name)) for item, name in reading.counts.get(NAMES, {}).get(outcome, ())]


def percent_of(reading: BoardReading) -> int | None:
    """How far it is, in percent, or None where nobody knows how much there is to read."""
    if reading.state == ReadingState.DONE:
        return 100
    if not reading.items_expected:
        return None
    return min(99, reading.items_read * 100 // reading.items_expected)
