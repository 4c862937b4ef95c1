"""What importing a file would do, row by row: worked out before anything is done, and exactly what is done then.

Pure: what is known already is passed in. A row belongs to the record with its betterform number, else to
the one with its monday item, else to the only one with its e-mail address or catalogue number, else to the
only one of that name that has neither. Where that leaves a doubt, the row is refused.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from betterform.actions import csv_files
from betterform.actions.csv_columns import ARCHIVED, ITEM, NUMBER


class Fate(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNTOUCHED = "untouched"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Known:
    """A record that is here already; `values` as text by field, with "" for what it lacks."""

    id: int
    mid: str
    name: str
    values: Mapping[str, str]
    is_archived: bool = False
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows of one noun are read. `read` gives the value of one cell and what is wrong with it.

    `problems` looks at a whole record; `name_of` is what it is called, and is told apart by.
    """

    noun: str
    marker: str
    marker_words: str
    labels: Mapping[str, str]
    read: Callable[[str, str, Known | None], tuple[str, str]]
    problems: Callable[[Mapping[str, str]], Mapping[str, str]]
    name_of: Callable[[Mapping[str, str]], str]
    shown: Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One field from what it says to what it will say, as people read it."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """`values` are those to be written, `held` what the same fields say now."""

    line: int
    fate: Fate
    name: str
    record_id: int | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""
    values: Mapping[str, str] | None = None
    held: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row of a file, and one short text that is another as soon as anything would happen otherwise."""

    rows: tuple[PlannedRow, ...]
    fingerprint: str

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.fate.value for row in self.rows)

    def of(self, *fates: Fate) -> list[PlannedRow]:
        return [row for row in self.rows if row.fate in fates]


def mistakes_in(fields: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """Why rows cannot be read with these columns: nothing chosen, or one field chosen twice."""
    twice = [name for name, times in Counter(filter(None, fields)).items() if times > 1]
    found = [f"“{labels[name]}” is chosen for several columns: choose it for one." for name in twice]
    if not any(name in labels and name not in (NUMBER.name, ITEM.name, ARCHIVED.name) for name in fields):
        found.append("Say for at least one column what it holds.")
    return found


def plan(
    reading: Reading,
    known: Iterable[Known],
    table: csv_files.Table,
    fields: Sequence[str],
    *,
    clears: bool,
) -> Plan:
    """What each row does. `fields` names each column's field, "" for columns to be left out.

    With `clears`, an empty cell empties the field; without, it leaves the field alone.
    """
    search = _Search(reading, known)
    rows = tuple(_planned(reading, search, row, fields, clears=clears) for row in table.rows)
    facts = [
        (row.line, row.fate.value, row.record_id, row.reason, row.values and sorted(row.values.items()), row.changes)
        for row in rows
    ]  # fmt: skip
    fingerprint = hashlib.sha256(repr((list(fields), clears, facts)).encode()).hexdigest()[:32]
    return Plan(rows, fingerprint)


def _planned(
    reading: Reading, search: _Search, row: csv_files.Row, fields: Sequence[str], *, clears: bool
) -> PlannedRow:
    cells = {field: _tidy(field, cell) for field, cell in zip(fields, row.cells, strict=False) if field}
    given = {name: cell for name, cell in cells.items() if name in reading.labels and (cell or clears)}
    name = reading.name_of(given) or cells.get(NUMBER.name, "") or cells.get(ITEM.name, "")

    def refused(reason: str, known: Known | None = None) -> PlannedRow:
        return PlannedRow(row.line, Fate.REFUSED, name, known.id if known else None, reason=reason)

    if any(cell.strip() for cell in row.cells[len(fields) :]):
        return refused("It has more cells than the header has columns.")
    known, doubt = search.record_of(cells, given)
    if doubt:
        return refused(doubt)
    values, troubles = {}, []
    for field, cell in given.items():
        values[field], trouble = reading.read(field, cell, known)
        if trouble:
            troubles.append(f"{reading.labels[field]}: {trouble}")
    if troubles:
        return refused(" ".join(troubles), known)
    if known is None:
        return _new(reading, search, row, name, values)
    return _known(reading, search, row, known, values)


def _new(
    reading: Reading, search: _Search, row: csv_files.Row, name: str, values: dict[str, str]
) -> PlannedRow:
    found = reading.problems(values)
    if found:
        reason = " ".join(f"{reading.labels.get(field, field)}: {words}" for field, words in found.items())
        return PlannedRow(row.line, Fate.REFUSED, name, reason=reason)
    earlier = search.taken_by_new(values, row.line)
    if earlier is not None:
        reason = f"It is the same {reading.noun} as in line {earlier}."
        return PlannedRow(row.line, Fate.REFUSED, name, reason=reason)
    filled = {field: value for field, value in values.items() if value}
    changes = tuple(
        Change(field, reading.labels[field], "", reading.shown(field, value))
        for field, value in filled.items()
    )
    return PlannedRow(row.line, Fate.ADDED, name, changes=changes, values=filled)


def _known(
    reading: Reading, search: _Search, row: csv_files.Row, known: Known, values: dict[str, str]
) -> PlannedRow:
    changed = {
        field: value
        for field, value in values.items()
        if value != known.values.get(field, "") and value != _tidy(field, known.values.get(field, ""))
    }
    earlier = search.taken.setdefault(known.id, row.line)
    if earlier != row.line:
        reason = f"It is the same {reading.noun} as in line {earlier}."
        return PlannedRow(row.line, Fate.REFUSED, known.name, known.id, reason=reason)
    if not changed:
        return PlannedRow(row.line, Fate.UNTOUCHED, known.name, known.id)
    if known.is_archived:
        reason = f"This {reading.noun} is archived: restore it first."
        return PlannedRow(row.line, Fate.REFUSED, known.name, known.id, reason=reason)
    before = reading.problems(known.values)
    found = {
        field: words
        for field, words in reading.problems({**known.values, **values}).items()
        if field in changed or field not in before  # what was wrong already is nobody's fault here
    }
    if found:
        reason = " ".join(f"{reading.labels.get(field, field)}: {words}" for field, words in found.items())
        return PlannedRow(row.line, Fate.REFUSED, known.name, known.id, reason=reason)
    held = {field: known.values.get(field, "") for field in changed}
    changes = tuple(
        Change(field, reading.labels[field], reading.shown(field, held[field]), reading.shown(field, value))
        for field, value in changed.items()
    )
    return PlannedRow(row.line, Fate.CHANGED, known.name, known.id, changes, values=changed, held=held)


class _Search:
    """The records that are here, by everything that a row may know them by, and the rows that have them."""

    def __init__(self, reading: Reading, known: Iterable[Known]) -> None:
        self.reading = reading
        self.by_id: dict[int, Known] = {}
        self.by_mid: dict[str, Known] = {}
        self.by_marker: dict[str, list[Known]] = defaultdict(list)
        self.by_name: dict[str, list[Known]] = defaultdict(list)
        self.taken: dict[int, int] = {}
        self.new: dict[str, int] = {}
        for record in known:
            self.by_id[record.id] = record
            if record.mid:
                self.by_mid[record.mid] = record
            if record.is_merged:
                continue
            if marker := self._marker(record.values):
                self.by_marker[marker].append(record)
            else:
                self.by_name[reading.name_of(record.values).casefold()].append(record)

    def record_of(self, cells: Mapping[str, str], given: Mapping[str, str]) -> tuple[Known | None, str]:
        """The record that a row is about, None for a new one; and why nobody can tell."""
        number, mid = cells.get(NUMBER.name, ""), cells.get(ITEM.name, "")
        if number or mid:
            return self._by_number(number, mid)
        if marker := self._marker(given):
            return self._only(self.by_marker.get(marker, []), f"this {self.reading.marker_words}")
        name = self.reading.name_of(given).casefold()
        return self._only(self.by_name.get(name, []) if name else [], "this name")

    def _by_number(self, number: str, mid: str) -> tuple[Known | None, str]:
        noun, found = self.reading.noun, []
        if number:
            digits = number.isascii() and number.isdigit() and len(number) < 10
            found.append(self.by_id.get(int(number)) if digits else None)
            if found[-1] is None:
                return None, f"There is no {noun} with the betterform no. {number}."
        if mid:
            found.append(self.by_mid.get(mid))
            if found[-1] is None:
                return (
                    None,
                    f"No {noun} with the monday item {mid} is known here: fetch from monday.com first.",
                )
        if found[0] is not found[-1]:
            return None, f"The betterform no. and the monday item are those of two different {noun}s."
        record = found[0]
        if record is not None and record.is_merged:
            return None, f"This {noun} was merged into another one."
        return record, ""

    def _only(self, found: Sequence[Known], shared: str) -> tuple[Known | None, str]:
        living = [record for record in found if not record.is_archived] or found
        if len(living) > 1:
            numbers = ", ".join(str(record.id) for record in living[:5])
            return None, (
                f"{len(living)} {self.reading.noun}s have {shared}: say which in a column “{NUMBER.label}” ({numbers})."
            )
        return (living[0] if living else None), ""

    def taken_by_new(self, values: Mapping[str, str], line: int) -> int | None:
        """The earlier line that makes the same record, if there is one."""
        key = self._marker(values) or f"name {self.reading.name_of(values).casefold()}"
        earlier = self.new.setdefault(key, line)
        return earlier if earlier != line else None

    def _marker(self, values: Mapping[str, str]) -> str:
        return values.get(self.reading.marker, "").strip().casefold()


def _tidy(field: str, cell: str) -> str:
    """A cell as it is stored: without outer blanks, and on one line but for a description."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    return cell if field == "description" else " ".join(cell.split("\n"))
