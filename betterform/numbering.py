"""The next number of a series: gapless, never twice, under any load.

The row of the series is locked in the transaction that issues; when that rolls back, so does the
number. On SQLite transaction() holds the write lock already.
"""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.errors import InvalidInput
from betterform.models.number_series import NumberSeries, Series

DEFAULT_PATTERNS = {
    Series.QUOTE: "Q-{year}-{number:04d}",
    Series.INVOICE: "INV-{year}-{number:04d}",
    Series.CREDIT_NOTE: "CN-{year}-{number:04d}",
}

LONGEST_NUMBER = 12  # digits, leading zeros included
_PLACE = re.compile(r"\{(year|yy|month|number)(?::0?(\d{1,2})d)?\}")


def next_number(session: Session, series: Series, *, on: date) -> str:
    """Take the next number of `series` for a document dated `on`.

    Call it last before the commit: the row stays locked until then.
    """
    row = session.scalar(
        select(NumberSeries)
        .where(NumberSeries.kind == series.value)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise InvalidInput(f"There is no number series for a {series.value}.")
    if row.yearly_reset and row.year < on.year:
        # A series that was never used begins where the settings say, such as after an older system's last.
        row.next_number = 1 if row.year else row.next_number
        row.year = on.year
    number = formatted(row.pattern, row.next_number, on=on, year=row.year if row.yearly_reset else on.year)
    row.next_number += 1
    session.flush()
    return number


def formatted(pattern: str, number: int, *, on: date, year: int | None = None) -> str:
    """`number` in `pattern`: formatted("Q-{year}-{number:04d}", 14, on=date(2026, 3, 1)) is Q-2026-0014."""
    year = year or on.year
    facts = {"year": f"{year:04d}", "yy": f"{year % 100:02d}", "month": f"{on.month:02d}"}

    def fill(place: re.Match[str]) -> str:
        name, width = place.groups()
        return f"{number:0{int(width or 1)}d}" if name == "number" else facts[name]

    return _PLACE.sub(fill, pattern)


def check_pattern(pattern: str, *, yearly_reset: bool) -> None:
    """Raises InvalidInput for a pattern that could give the same number twice."""
    names = [match.group(1) for match in _PLACE.finditer(pattern)]
    if "number" not in names:
        raise InvalidInput("The pattern needs {number}.", {"pattern": "The pattern needs {number}."})
    if yearly_reset and not {"year", "yy"} & set(names):
        message = "A series that starts again each year needs {year} or {yy} in its pattern."
        raise InvalidInput(message, {"pattern": message})
    if any(int(match.group(2) or 1) > LONGEST_NUMBER for match in _PLACE.finditer(pattern)):
        message = f"A number has at most {LONGEST_NUMBER} digits."
        raise InvalidInput(message, {"pattern": message})
    if "{" in _PLACE.sub("", pattern) or "}" in _PLACE.sub("", pattern):
        message = "Only {year}, {yy}, {month} and {number} or {number:04d} are known."
        raise InvalidInput(message, {"pattern": message})
