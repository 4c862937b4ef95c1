"""Choosing boards and mapping columns: shown boards in, guesses and stored choices out.

The command line and the settings page both call these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, boards
from betterform.actions.boards import ColumnChoice
from betterform.db import db, transaction
from betterform.errors import InvalidInput
from betterform.models.board import Board, BoardRole, WritePolicy
from betterform.monday import documents, guessing, items, new_columns
from betterform.monday.client import API_VERSION, Client
from betterform.monday.errors import FixSettings
from betterform.monday.fields import FIELDS, field_named
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
    """What would be stored for one board. `rivals` are other boards whose name fits as well: id and name."""

    role: BoardRole
    board_id: str
    name: str
    guesses: list[Guess]
    columns: tuple[ShownColumn, ...]
    rivals: tuple[tuple[str, str], ...] = ()

    @property
    def present(self) -> frozenset[str]:
        """The ids of all columns of the board."""
        return frozenset(column.id for column in self.columns)

    @property
    def missing(self) -> list[str]:
        """The names of the fields that found no column."""
        found = {guess.field.name for guess in self.guesses}
        return [field.name for field in FIELDS[self.role] if field.name not in found]

    def with_column(self, name: str, column: ShownColumn) -> Plan:
        """The same with a field's column chosen. Raises InvalidInput where its type does not fit."""
        wanted = field_named(self.role, name)
        if wanted is None:
            raise InvalidInput(f"{self.role.value.upper()} have no field {name}.")
        if column.type not in wanted.types:
            fitting = " or ".join(wanted.types)
            raise InvalidInput(
                f"“{column.title}” is of type {column.type}; {wanted.title.lower()} needs {fitting}."
            )
        others = [guess for guess in self.guesses if guess.field != wanted and guess.column.id != column.id]
        mine = Guess(wanted, column, guessing.labels_for(name, column))
        columns = self.columns if column.id in self.present else (*self.columns, column)
        return replace(self, guesses=[*others, mine], columns=columns)


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


def refresh(client: Client) -> tuple[Identity, int]:
    """Ask who we are and keep the answer. Returns it, and how much goes on that had waited for it.

    A token of another account than the boards is noted before FixSettings is raised, as the client notes
    one that is refused, so that everything keeps its place. One call; raises Refusal.
    """
    identity = who_am_i(client)
    try:
        _same_account(identity)
    except FixSettings as refusal:
        with transaction() as session:
            account_health.note_problem(session, refusal.message, at=clock.now())
        raise
    with transaction() as session:
        return identity, remember(session, identity)


def _same_account(identity: Identity) -> None:
    known = boards.account(db.session())
    if known is None or not known.account_id or not boards.every(db.session()):
        return
    if identity.account_id not in ("", known.account_id):
        raise FixSettings(
            f"The token is of {identity.user_name} in the account {identity.account_name}, but the boards were "
            f"connected in the account {known.account_name}. Put a token of that account into MONDAY_API_TOKEN and "
            "restart the web server and the worker, or connect the boards anew with “flask monday connect”.",
            whole_account=True,
        )


def remember(session: Session, identity: Identity) -> int:
    """Keep whom monday takes us for; everything held back goes on. Returns how much that is."""
    now = clock.now()
    boards.remember_account(
        session,
        account_id=identity.account_id,
        account_name=identity.account_name,
        user_id=identity.user_id,
        user_name=identity.user_name,
        daily_limit=identity.daily_limit,
        version=identity.version,
        version_kind=identity.version_kind,
        at=now,
    )
    return account_health.cleared(session, at=now)


def plan(client: Client, chosen: Mapping[BoardRole, str]) -> list[Plan]:
    """Look at the boards and find their columns: what is mapped already stays, the rest is guessed.

    A board that is not in `chosen` is the one that plays the part now, else it is guessed by its name.
    Raises InvalidInput naming the roles for which no board is found.
    """
    wanted = {**_playing(), **chosen}
    shown = items.columns(client, [board for board in wanted.values() if board.isdecimal()])
    # A board that is gone, or of another account, plays no part any more.
    wanted = {role: board for role, board in wanted.items() if role in chosen or board in shown}
    rivals: dict[BoardRole, list[tuple[str, str]]] = {}
    if len(wanted) < len(ROLES):
        named = [(str(board["id"]), str(board["name"])) for board in items.boards(client)]
        named = [entry for entry in named if entry[0] not in wanted.values()]
        guessed = {role: id_ for role, id_ in guessing.roles_of(named).items() if role not in wanted}
        rivals = {role: guessing.rivals_of(role, id_, named) for role, id_ in guessed.items()}
        shown |= items.columns(client, list(guessed.values()))
        wanted |= guessed
    missing = {
        role.value: _why_missing(role, chosen.get(role)) for role in ROLES if wanted.get(role) not in shown
    }
    if missing:
        raise InvalidInput("Not all boards were found.", missing)
    return [
        planned(role, shown[wanted[role]], contacts_board=wanted[BoardRole.CONTACTS], rivals=rivals.get(role))
        for role in ROLES
    ]


def _why_missing(role: BoardRole, named: str | None) -> str:
    """Why there is no board for the part: none was `named` or guessed, or monday does not show it."""
    if named is None:
        return f"No board was found for {role.value.upper()}: name it with --{role.value} ID."
    return (
        f"--{role.value} {named}: monday.com shows us no board with this number. It is the number after /boards/"
        " in the board's address; the board may not be archived, and the user of the token has to be able to"
        " see it."
    )


def _playing() -> dict[BoardRole, str]:
    """The boards that play a part now."""
    return {BoardRole(board.role): board.board_id for board in boards.every(db.session())}


def planned(
    role: BoardRole,
    shown: Mapping[str, Any],
    *,
    contacts_board: str | None,
    rivals: Sequence[tuple[str, str]] | None = None,
) -> Plan:
    """The plan for one board as monday shows it."""
    columns = tuple(ShownColumn.read(column) for column in shown["columns"])
    board = boards.of_role(db.session(), role)
    kept = _kept(role, board, columns) if board is not None and board.board_id == str(shown["id"]) else []
    guesses = list(kept)
    for guess in guessing.columns_of(role, columns, contacts_board=contacts_board):
        if not any(guess.field == other.field or guess.column.id == other.column.id for other in kept):
            guesses.append(guess)
    return Plan(role, str(shown["id"]), str(shown["name"]), guesses, columns, tuple(rivals or ()))


def _kept(role: BoardRole, board: Board, columns: Sequence[ShownColumn]) -> list[Guess]:
    """The fields whose column is still there and fits: nobody's decision is undone by a guess."""
    by_id = {column.id: column for column in columns}
    found = []
    for mapped in board.columns:
        field, column = field_named(role, mapped.field), by_id.get(mapped.column_id)
        if field is not None and column is not None and column.type in field.types:
            found.append(Guess(field, column, dict(mapped.labels)))
    return found


def remapped(plans: Iterable[Plan], wanted: Mapping[str, str]) -> list[Plan]:
    """The plans with the columns that a person names: column ids by field.

    Raises InvalidInput for an unknown field or column, and for a type that does not fit.
    """
    done = list(plans)
    for name, column_id in wanted.items():
        place = place_of(done, name)
        column = next((column for column in done[place].columns if column.id == column_id), None)
        if column is None:
            raise InvalidInput(f"The board “{done[place].name}” has no column {column_id}.")
        done[place] = done[place].with_column(name, column)
    return done


def place_of(plans: Sequence[Plan], name: str) -> int:
    """Which of the plans has the field of that name. Raises InvalidInput."""
    for place, one in enumerate(plans):
        if field_named(one.role, name) is not None:
            return place
    raise InvalidInput(f"There is no field {name}.")


def check_policies(plans: Sequence[Plan], policies: Iterable[str], *, made: bool) -> None:
    """Raises InvalidInput for a field that is only read, is unknown, or has no column and gets none `made`."""
    for name in policies:
        one = plans[place_of(plans, name)]
        field = field_named(one.role, name)
        if field is not None and field.is_read:
            raise InvalidInput(f"{field.title} is read from the board and never written: it has no policy.")
        is_mapped = any(guess.field.name == name for guess in one.guesses)
        if not is_mapped and not (made and name in one.missing):
            raise InvalidInput(f"No column holds {title_of(one.role, name).lower()}: choose one with --map.")


def title_of(role: BoardRole, name: str) -> str:
    """What people call a field."""
    field = field_named(role, name)
    return field.title if field is not None else name


def with_missing(client: Client, plans: Iterable[Plan]) -> list[Plan]:
    """The plans with every missing column made by monday, one call each. Raises Refusal."""
    done = list(plans)
    contacts = next((one.board_id for one in done if one.role is BoardRole.CONTACTS), "")
    for place, one in enumerate(done):
        for name in one.missing:
            field = field_named(one.role, name)
            if field is not None:
                column = new_columns.make(client, one.board_id, field, contacts_board=contacts)
                done[place] = done[place].with_column(name, column)
    return done


def store(
    identity: Identity, plans: Iterable[Plan], *, policies: Mapping[str, WritePolicy] | None = None
) -> None:
    """Keep the choice of boards and columns, in one transaction. Everything held back goes on."""
    with transaction() as session:
        remember(session, identity)
        for one in plans:
            board = store_board(session, one)
            for name, policy in (policies or {}).items():
                column = board.column(name)
                if column is not None:
                    column.policy = policy.value


def store_board(session: Session, one: Plan) -> Board:
    """Keep the choice of one board with its columns. Raises InvalidInput where it plays another part."""
    board = boards.choose(session, one.role, board_id=one.board_id, name=one.name)
    boards.forget_lost_columns(session, board, one.present)
    boards.map_columns(session, board, [choice_of(guess) for guess in one.guesses])
    return board


def choice_of(guess: Guess) -> ColumnChoice:
    """What is stored for a guess: what is read from the board is never written there."""
    return ColumnChoice(
        field=guess.field.name,
        column_id=guess.column.id,
        title=guess.column.title,
        column_type=guess.column.type,
        policy=WritePolicy.NEVER if guess.field.is_read else WritePolicy.OVERWRITE,
        labels=guess.labels,
    )
