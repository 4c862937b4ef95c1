"""Finding records by what a person types."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

MOST_WORDS = 6
LONGEST = 200  # characters of what is typed


def holds_words(typed: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """A condition: every word of `typed` occurs in one of `columns`, whatever the case."""
    words = unicodedata.normalize("NFC", typed[:LONGEST]).replace("\0", " ").split()[:MOST_WORDS]
    return and_(true(), *(or_(*(_holds(column, word) for column in columns)) for word in words))


def _holds(column: InstrumentedAttribute[Any], word: str) -> ColumnElement[bool]:
    """SQLite, and PostgreSQL in the C locale, know the case of ASCII letters only: others are tried in each."""
    spellings = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    tried = [word] if word.isascii() else spellings
    return or_(*(column.ilike(f"%{_literally(spelling)}%", escape="!") for spelling in tried))


def _literally(word: str) -> str:
    """`word` for LIKE, with its wildcards taken as they stand. (A backslash would not travel to MariaDB.)"""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
