"""Rules that a board sets for its columns: required ones, and ones whose text must have a form."""

from __future__ import annotations

import re
from typing import Any

from betterform.monday.sandbox.cells import CELLS
from betterform.monday.sandbox.errors import InvalidRecord
from betterform.monday.sandbox.records import Board


def check_rules(board: Board, cells: dict[str, Any], *, item_id: str | None = None) -> None:
    """Hold raw values by column id against the board's rules. Raises InvalidRecord.

    For a new item (without `item_id`) every rule counts, for a change those of the columns that it names.
    """
    faults = []
    for rule in board.rules:
        column = board.column(rule["column_id"])
        if column is None or (item_id is not None and column.id not in cells):
            continue
        text = CELLS[column.type].text(column, cells.get(column.id)) or ""
        if not text or not re.fullmatch(rule["pattern"], text, re.DOTALL):
            faults.append((column.id, rule["message"]))
    if faults:
        raise InvalidRecord(item_id, faults)
