"""What the pages of the set-up do with boards: list them, choose one, look at it, keep its mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from betterform import clock
from betterform.actions import board_mapping, boards, deliveries
from betterform.db import db, transaction
from betterform.errors import InvalidInput, NotFound
from betterform.models.board import Board, BoardRole
from betterform.models.history import Author
from betterform.monday import board_pages, board_rows, connect, guessing, items, new_columns, webhooks
from betterform.monday.board_rows import NEW, Row
from betterform.monday.board_view import BoardView
from betterform.monday.client import Client
from betterform.monday.columns import labels_by_index
from betterform.monday.errors import Refusal
from betterform.monday.guessing import ShownColumn

UNFIT = "Not everything fits yet: the messages stand beside the fields. Nothing was saved."


@dataclass(frozen=True, slots=True)
class ListedBoard:
    """A board of the account. `items_count` is None where monday does not say."""

    id: str
    name: str
    items_count: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A board offered for a part: which part it plays now ("" for none), and whether it is the best guess."""

    board: ListedBoard
    plays: str
    is_guess: bool


@dataclass(frozen=True, slots=True)
class Hanging:
    """Why a board is not exchanged without being asked once more: so many of our records have an item on it."""

    count: int


class Unmade(InvalidInput):
    """monday did not make a column; `refusal` says why. What was made before is chosen in its row."""

    def __init__(self, row: Row, refusal: Refusal) -> None:
        super().__init__(f"The column for {row.field.title.lower()} was not made. {refusal.message}")
        self.refusal = refusal


def listed(client: Client) -> list[ListedBoard]:
    """The account's boards, most recently used first. One call for each hundred of them."""
    return [
        ListedBoard(str(board["id"]), str(board["name"]), board.get("items_count"))
        for board in items.boards(client)
    ]


def offers(role: BoardRole, found: list[ListedBoard], *, words: str = "") -> list[Offer]:
    """The boards whose names or ids hold all `words`: the guess first, then those that play no part yet."""
    plays = {board.board_id: board.role for board in boards.every(db.session())}
    free = [(board.id, board.name) for board in found if plays.get(board.id, role.value) == role.value]
    guess = guessing.roles_of(free).get(role)
    typed = words.casefold().split()
    offered = [
        Offer(board, plays.get(board.id, ""), board.id == guess)
        for board in found
        if all(word in f"{board.name} {board.id}".casefold() for word in typed)
    ]
    return sorted(
        offered,
        key=lambda offer: (offer.plays != role.value, not offer.is_guess, bool(offer.plays)),
    )


def choose(client: Client, role: BoardRole, board_id: str, *, confirmed: bool) -> Board | Hanging:
    """Let a board play a part, its columns guessed. One call, and to ask once more one for each 500 items.

    Returns Hanging, and does nothing, where records of ours have items on the board that plays the part now
    and the change is not confirmed. Raises InvalidInput, NotFound for a board that monday does not show.
    """
    now = boards.of_role(db.session(), role)
    if now is not None and now.board_id == board_id:
        return now
    other = boards.of_monday_id(db.session(), board_id)
    if other is not None:
        raise InvalidInput(f"“{other.name}” is your {other.role.upper()} board already.")
    if now is not None and not confirmed and (count := _records_on(client, role, now.board_id)):
        return Hanging(count)
    shown = items.columns(client, [board_id]).get(board_id)
    if shown is None or shown.get("state") not in (None, "active"):
        raise NotFound("monday.com shows us no such board: choose one from the list.")
    planned = connect.planned(role, shown, contacts_board=contacts_board())
    webhooks.leave(client, role, board_id)
    with transaction() as session:
        return connect.store_board(session, planned)


def _records_on(client: Client, role: BoardRole, board_id: str) -> int:
    """How many of our records have an item on the board: some may have come from a board chosen before."""
    ours = board_mapping.item_ids(db.session(), role)
    there: set[str] = set()
    for page in board_pages.pages_of_ids(client, board_id) if ours else ():
        there |= page & ours
        if len(there) == len(ours):
            break
    return len(there)


def contacts_board() -> str:
    """The id of the CONTACTS board, "" where none is chosen."""
    board = boards.of_role(db.session(), BoardRole.CONTACTS)
    return board.board_id if board is not None else ""


def board_of(role: BoardRole) -> Board:
    """The board that plays a part. Raises NotFound where none is chosen."""
    board = boards.of_role(db.session(), role)
    if board is None:
        raise NotFound(f"No {role.value.upper()} board is chosen yet.")
    return board


def note_labels(role: BoardRole, columns: Iterable[ShownColumn]) -> None:
    """Keep the ids of labels that a write made, or that were chosen before ids were kept."""
    board = boards.of_role(db.session(), role)
    shown = {column.id: labels_by_index(column.settings) for column in columns if column.settings}
    if board is not None and board_mapping.lacks_label_ids(board, shown):
        with transaction() as session:
            board_mapping.note_label_ids(board_mapping.locked(session, role), shown)


def save(
    client: Client, role: BoardRole, rows: list[Row], view: BoardView, *, seen: str, key: str, by: Author
) -> list[str]:
    """Have the missing columns made, then keep the mapping in one transaction. Returns the titles made.

    `view` is the board as it is now. `key` is of the page, so that a page sent twice makes a column once.
    Raises OutOfDate, InvalidInput (the rows carry the messages), Unmade where monday makes no column.
    """
    board = board_of(role)
    board_mapping.must_be_unchanged(board, seen)
    if not board_rows.check(rows, view):
        raise InvalidInput(UNFIT)
    made = [_make(client, board.board_id, row, view, key=key) for row in rows if row.column_id == NEW]
    if not board_rows.check(rows, view):
        raise InvalidInput(UNFIT)
    choices = [choice for row in rows if (choice := board_rows.choice_of(row)) is not None]
    fields = {row.field.name for row in rows}
    with transaction() as session:
        board = board_mapping.replace(session, role, choices, seen=seen, fields=fields, by=by, at=clock.now())
        board.name = view.name[:255]
        # What waited for a column that was wrong goes on.
        deliveries.retry_parked(session, at=clock.now())
    return made


def _make(client: Client, board_id: str, row: Row, view: BoardView, *, key: str) -> str:
    """Make the column of one row, choose it in the row and add it to the view. Returns its title."""
    once = hashlib.sha256(f"{key} {board_id} {row.field.name}".encode()).hexdigest()
    try:
        column = new_columns.make(client, board_id, row.field, contacts_board=contacts_board(), key=once)
    except Refusal as refusal:
        raise Unmade(row, refusal) from refusal
    view.columns.append(column)
    row.options.append(column)
    row.column_id = column.id
    row.labels[column.id] = board_rows.usual_labels(row.field, column)
    return column.title
