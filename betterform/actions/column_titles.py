"""Titles of columns in place of their ids, which tell people nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.models.board import BoardColumn

# "color_mk1" and "date4" are ids wherever they stand; "status" and "name" are words of any sentence.
SURELY_AN_ID = re.compile(r"(?=\w*[0-9_])\w+")


def known(session: Session) -> dict[str, str]:
    """The titles of mapped columns by id, without ids that mean another column on another board."""
    titles: dict[str, set[str]] = {}
    for column_id, title in session.execute(select(BoardColumn.column_id, BoardColumn.title)):
        titles.setdefault(column_id, set()).add(title)
    return {column_id: named.pop() for column_id, named in titles.items() if len(named) == 1}


def told(text: str, titles: Mapping[str, str]) -> str:
    """`text` with the titles of columns for their ids: "color_mk1: no label" as "“Deal status”: no label"."""
    return SURELY_AN_ID.sub(lambda found: f"“{titles[found[0]]}”" if titles.get(found[0]) else found[0], text)
