"""What a person decided about a board's columns, kept in one go, unless somebody else decided meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform.actions import boards
from betterform.actions.boards import ColumnChoice
from betterform.errors import NotFound, OutOfDate
from betterform.models.board import Board, BoardColumn, BoardRole
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote

MEANWHILE = (
    "Somebody changed these columns while you were working on them. What you chose is kept below, and "
    "what is saved now is said beside it: look at both, then save again."
)


def stamp(board: Board) -> str:
    """What the mapping is now, in short: another stamp means that somebody changed it."""
    facts = [
        [column.field, column.column_id, column.policy, column.labels]
        for column in sorted(board.columns, key=lambda column: column.field)
    ]
    text = json.dumps([board.board_id, facts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def must_be_unchanged(board: Board, seen: str) -> None:
    """Raises OutOfDate where the mapping is no longer what the person saw."""
    if stamp(board) != seen:
        raise OutOfDate(MEANWHILE)


def replace(
    session: Session,
    role: BoardRole,
    choices: Iterable[ColumnChoice],
    *,
    seen: str,
    fields: Collection[str],
) -> Board:
    """Set the columns of all `fields`; one that is not among the choices is mapped to none.

    `seen` is the stamp of what the person saw. Raises OutOfDate, NotFound where no board is chosen.
    """
    board = locked(session, role)
    must_be_unchanged(board, seen)
    wanted = {choice.field: choice for choice in choices}
    for column in list(board.columns):
        if column.field in fields and column.field not in wanted:
            board.columns.remove(column)
    session.flush()
    for choice in wanted.values():
        column = board.column(choice.field) or _added(board, choice.field)
        column.column_id, column.title = choice.column_id, choice.title[:255]
        column.column_type = choice.column_type
        column.policy, column.labels = choice.policy.value, dict(choice.labels)
    session.flush()
    return board


def _added(board: Board, field: str) -> BoardColumn:
    column = BoardColumn(field=field)
    board.columns.append(column)
    return column


def locked(session: Session, role: BoardRole) -> Board:
    """The board of that part, locked. Raises NotFound where none is chosen."""
    board = boards.of_role(session, role)
    if board is None:
        raise NotFound(f"No {role.value.upper()} board is chosen yet.")
    return session.get_one(Board, board.id, with_for_update={"key_share": True}, populate_existing=True)


def records_on(session: Session, role: BoardRole) -> int:
    """How many of our records belong to items of the board in that part."""
    kind = {BoardRole.DEALS: Quote, BoardRole.CONTACTS: Contact, BoardRole.PRODUCTS: Product}[role]
    counted = select(func.count()).select_from(kind).where(kind.mid.is_not(None))  # type: ignore[attr-defined]
    return session.scalar(counted) or 0
