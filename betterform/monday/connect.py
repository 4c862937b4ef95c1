"""Choosing boards and mapping columns: shown boards in, guesses and stored choices out.

The command line and the settings page both call these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import boards
from betterform.actions.boards import ColumnChoice
from betterform.db import transaction
from betterform.errors import InvalidInput
from betterform.models.board import BoardRole
from betterform.monday import documents, guessing, items
from betterform.monday.client import API_VERSION, Client
from betterform.monday.fields import FIELDS
from betterform.monday.guessing import Guess, ShownColumn

ROLES = (BoardRole.DEALS, BoardRole.CONTACTS, BoardRole.PRODUCTS)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom monday takes us for."""

    user_id: str
    user_name: str
    account_id: str
    account_name: str
    version: str
    version_kind: str
    daily_limit: int | None

    @property
    def is_current(self) -> bool:
        """Whether monday serves the version that we pinned, as its current one."""
        return self.version == API_VERSION and self.version_kind == "current"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be stored for one board."""

    role: BoardRole
    board_id: str
    name: str
    guesses: list[Guess]
    present: frozenset[str]  # the ids of all columns of the board

    @property
    def unmapped(self) -> list[str]:
        """The titles of the fields that found no column."""
        found = {guess.field.name for guess in self.guesses}
        return [field.title for field in FIELDS[self.role] if field.name not in found]


def who_am_i(client: Client) -> Identity:
    """Ask monday whose token it is. One call; raises Refusal, FixSettings for a token that is not good."""
    data = client.ask(documents.WHO_AM_I)
    me, version = data.get("me") or {}, data.get("version") or {}
    account = me.get("account") or {}
    limit = ((data.get("platform_api") or {}).get("daily_limit") or {}).get("total")
    return Identity(
        user_id=str(me.get("id") or ""),
        user_name=str(me.get("name") or ""),
        account_id=str(account.get("id") or ""),
        account_name=str(account.get("name") or ""),
        version=str(version.get("value") or ""),
        version_kind=str(version.get("kind") or ""),
        daily_limit=limit if isinstance(limit, int) else None,
    )


def plan(client: Client, chosen: Mapping[BoardRole, str]) -> list[Plan]:
    """Look at the boards, guessing those that are not in `chosen`, and guess their columns.

    Raises InvalidInput naming the roles for which no board is found.
    """
    wanted = dict(chosen)
    if len(wanted) < len(ROLES):
        named = [(str(board["id"]), str(board["name"])) for board in items.boards(client)]
        named = [entry for entry in named if entry[0] not in wanted.values()]
        for role, board_id in guessing.roles_of(named).items():
            wanted.setdefault(role, board_id)
    shown = items.columns(client, list(wanted.values()))
    missing = {
        role.value: f"No board was found for {role.value.upper()}: name it with --{role.value} ID."
        for role in ROLES
        if wanted.get(role) not in shown
    }
    if missing:
        raise InvalidInput("Not all boards were found.", missing)
    return [_planned(role, shown[wanted[role]], wanted[BoardRole.CONTACTS]) for role in ROLES]


def _planned(role: BoardRole, shown: Mapping[str, Any], contacts_board: str) -> Plan:
    columns = [ShownColumn.read(column) for column in shown["columns"]]
    guesses = guessing.columns_of(role, columns, contacts_board=contacts_board)
    present = frozenset(column.id for column in columns)
    return Plan(role, str(shown["id"]), str(shown["name"]), guesses, present)


def store(identity: Identity, plans: Iterable[Plan]) -> None:
    """Keep the choice of boards and columns, in one transaction."""
    with transaction() as session:
        now = clock.now()
        boards.remember_account(
            session,
            account_id=identity.account_id,
            account_name=identity.account_name,
            user_id=identity.user_id,
            user_name=identity.user_name,
            daily_limit=identity.daily_limit,
            at=now,
        )
        for planned in plans:
            _store_board(session, planned)


def _store_board(session: Session, planned: Plan) -> None:
    board = boards.choose(session, planned.role, board_id=planned.board_id, name=planned.name)
    boards.forget_lost_columns(session, board, planned.present)
    boards.map_columns(
        session,
        board,
        [
            ColumnChoice(
                field=guess.field.name,
                column_id=guess.column.id,
                title=guess.column.title,
                column_type=guess.column.type,
                labels=guess.labels,
            )
            for guess in planned.guesses
        ],
    )


def add_column(client: Client, planned: Plan, field_name: str) -> ShownColumn:
    """Have monday make the column that a field lacks, of the type that fits best. One call."""
    wanted = next((field for field in FIELDS[planned.role] if field.name == field_name), None)
    if wanted is None:
        raise InvalidInput(f"There is no field {field_name}.")
    asked = {"board": planned.board_id, "title": wanted.title, "type": wanted.types[0]}
    return ShownColumn.read(client.ask(documents.CREATE_COLUMN, asked)["create_column"])
