"""What a person decided about a board's columns, kept in one go, unless somebody else decided meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import boards, history
from betterform.actions.boards import ColumnChoice
from betterform.errors import NotFound, OutOfDate
from betterform.models.board import Board, BoardColumn, BoardRole
from betterform.models.contact import Contact
from betterform.models.history import Author, HistoryEntry
from betterform.models.product import Product
from betterform.models.quote import Quote

SAVED = "columns saved"
MEANWHILE = (
    "Somebody changed these columns while you were working on them, so nothing was saved. What you chose is kept "
    "below, and what is saved now is said beside it: look at both, then save again."
)


def known_label(index: int, words: str) -> dict[str, Any]:
    """A label of the board as the mapping keeps it: by its id, so that a rename there is followed."""
    return {"index": index, "label": words}


def label_text(label: Any) -> str:
    """The words of a label as the mapping keeps it: {"index", "label"}, or its words alone where its id is unknown."""
    return str(label.get("label") or "") if isinstance(label, dict) else str(label)


def label_index(label: Any) -> int | None:
    """The id of a label as the mapping keeps it, which monday calls its index; None where it is unknown."""
    return int(label["index"]) if isinstance(label, dict) else None


def stamp(board: Board) -> str:
    """What the mapping is now, in short: another stamp means that somebody changed it.

    That the id of a label became known, or its new name, is nobody's decision.
    """
    text = json.dumps([board.board_id, _decisions(board)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _decisions(board: Board) -> dict[str, list[Any]]:
    """Column, policy and labels by field."""
    found = {}
    for column in board.columns:
        labels = {ours: label_text(label) or label for ours, label in column.labels.items()}
        found[column.field] = [column.column_id, column.policy, labels]
    return found


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
    by: Author,
    at: datetime,
) -> Board:
    """Set the columns of all `fields`; one that is not among the choices is mapped to none.

    `seen` is the stamp of what the person saw. Raises OutOfDate, NotFound where no board is chosen.
    """
    board = locked(session, role)
    must_be_unchanged(board, seen)
    before = _decisions(board)
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
    after = _decisions(board)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed:
        history.record(session, board, SAVED, by=by, at=at, board=board.board_id, fields=changed)
    return board


def note_label_ids(board: Board, shown: Mapping[str, Mapping[int, str]]) -> None:
    """Keep the ids of labels that were known by their words alone; from then on a rename there is followed.

    `shown` are the labels on the board by their ids, column by column.
    """
    for column in board.columns:
        column.labels = {**column.labels, **_found_ids(column, shown)}


def lacks_label_ids(board: Board, shown: Mapping[str, Mapping[int, str]]) -> bool:
    """Whether there is anything for `note_label_ids` to note."""
    return any(_found_ids(column, shown) for column in board.columns)


def _found_ids(column: BoardColumn, shown: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
    ids = {words: index for index, words in shown.get(column.column_id, {}).items()}
    return {
        ours: known_label(ids[label], label)
        for ours, label in column.labels.items()
        if isinstance(label, str) and label in ids
    }


def last_changes(session: Session, board: Board) -> dict[str, HistoryEntry]:
    """Who changed the column of a field last, and when, by field; none for what was only ever guessed."""
    found: dict[str, HistoryEntry] = {}
    for entry in history.of(session, board):
        if entry.event == SAVED and entry.details.get("board") == board.board_id:
            for name in entry.details.get("fields", []):
                found.setdefault(name, entry)
    return found


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


def item_ids(session: Session, role: BoardRole) -> set[str]:
    """The items that our records of that part belong to: of the board that plays it now, or of a former one."""
    kind: Any = {BoardRole.DEALS: Quote, BoardRole.CONTACTS: Contact, BoardRole.PRODUCTS: Product}[role]
    return set(session.scalars(select(kind.mid).where(kind.mid.is_not(None))))
