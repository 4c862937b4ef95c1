"""Finding records by what a person types."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

MOST_WORDS = 6


def holds_words(typed: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """A condition: every word of `typed` occurs in one of `columns`, whatever the case."""
    return and_(
        true(),
        *(
            or_(*(column.ilike(f"%{_literally(word)}%", escape="!") for column in columns))
            for word in typed.split()[:MOST_WORDS]
        ),
    )


def _literally(word: str) -> str:
    """`word` for LIKE, with its wildcards taken as they stand. (A backslash would not travel to MariaDB.)"""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
