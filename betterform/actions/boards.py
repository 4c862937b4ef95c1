"""The mapping: which board plays which part, and which column holds which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from dataclasses import field as settled
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Session

from betterform.errors import InvalidInput
from betterform.models.board import ApiCallDay, Board, BoardColumn, BoardRole, WritePolicy
from betterform.models.monday_account import MondayAccount


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The column chosen for a field; `labels` are our values to monday's labels."""

    field: str
    column_id: str
    title: str
    column_type: str
    policy: WritePolicy = WritePolicy.OVERWRITE
    labels: Mapping[str, Any] = settled(default_factory=dict)


def of_role(session: Session, role: BoardRole) -> Board | None:
    """The board that plays that part, or None."""
    return session.scalar(select(Board).where(Board.role == role.value))


def of_monday_id(session: Session, board_id: str) -> Board | None:
    """Our row for monday's board, or None for one that plays no part."""
    return session.scalar(select(Board).where(Board.board_id == board_id))


def every(session: Session) -> list[Board]:
    """All boards that play a part."""
    return list(session.scalars(select(Board).order_by(Board.id)))


def choose(session: Session, role: BoardRole, *, board_id: str, name: str) -> Board:
    """Let a board play a part. Another board in that part loses its columns and webhooks' rows.

    Raises InvalidInput where the board plays another part already.
    """
    other = of_monday_id(session, board_id)
    if other is not None and other.role != role.value:
        raise InvalidInput(
            f"“{other.name}” is your {other.role.upper()} board already: a board plays one part only."
        )
    board = of_role(session, role)
    if board is None:
        board = Board(role=role.value, board_id=board_id)
        session.add(board)
    elif board.board_id != board_id:
        board.columns.clear()
        board.webhooks.clear()
        board.board_id = board_id
        board.reconciled_at = board.listed_at = None
    board.name = name[:255]
    session.flush()
    return board


def map_columns(session: Session, board: Board, choices: Iterable[ColumnChoice]) -> None:
    """Set the columns of the fields named in `choices`; others stay as they are.

    What a person decided about a field (policy, labels) stays when the column stays.
    """
    for choice in choices:
        column = board.column(choice.field)
        if column is None:
            column = BoardColumn(field=choice.field, policy=choice.policy.value, labels=dict(choice.labels))
            board.columns.append(column)
        elif column.column_id != choice.column_id:
            column.policy, column.labels = choice.policy.value, dict(choice.labels)
        column.column_id = choice.column_id
        column.title = choice.title[:255]
        column.column_type = choice.column_type
    session.flush()


def forget_lost_columns(session: Session, board: Board, present: AbstractSet[str]) -> list[str]:
    """Unmap the fields whose column is no longer on the board. Returns their names."""
    lost = [column.field for column in board.columns if column.column_id not in present]
    for name in lost:
        unmap(session, board, name)
    return lost


def unmap(session: Session, board: Board, name: str) -> None:
    """Map a field to no column."""
    column = board.column(name)
    if column is not None:
        board.columns.remove(column)
        session.flush()


def account(session: Session) -> MondayAccount | None:
    """Whom monday takes us for, or None before the boards were connected."""
    return session.get(MondayAccount, 1)


def remember_account(
    session: Session,
    *,
    account_id: str,
    account_name: str,
    user_id: str,
    user_name: str,
    daily_limit: int | None,
    at: datetime,
    version: str = "",
    version_kind: str = "",
) -> None:
    """Keep what monday said about token, plan and the API version that it served."""
    row = account(session)
    if row is None:
        row = MondayAccount(id=1)
        session.add(row)
    row.account_id, row.account_name = account_id, account_name[:200]
    row.user_id, row.user_name = user_id, user_name[:200]
    row.daily_limit, row.checked_at = daily_limit, at
    row.version, row.version_kind = version[:20], version_kind[:30]
    session.flush()


def count_calls(session: Session, *, day: date, calls: Decimal) -> None:
    """Add API calls to a day (UTC); a rate-limited call counts a tenth.

    In one statement: on MariaDB, whoever tried to insert and then locks the row could deadlock with
    another who did the same.
    """
    table = ApiCallDay.__table__
    more = {"calls": table.c.calls + calls}
    values = {"day": day, "calls": calls}
    match session.get_bind().dialect.name:
        case "mysql" | "mariadb":
            session.execute(mysql.insert(ApiCallDay).values(values).on_duplicate_key_update(more))
        case "postgresql":
            inserted = postgresql.insert(ApiCallDay).values(values)
            session.execute(inserted.on_conflict_do_update(index_elements=["day"], set_=more))
        case _:
            added = sqlite.insert(ApiCallDay).values(values)
            session.execute(added.on_conflict_do_update(index_elements=["day"], set_=more))


def calls_on(session: Session, day: date) -> Decimal:
    """How many API calls were made on a day (UTC)."""
    return session.scalar(select(ApiCallDay.calls).where(ApiCallDay.day == day)) or Decimal(0)
