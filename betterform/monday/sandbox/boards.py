"""Boards, their columns and groups: made, changed and broken."""

from __future__ import annotations

import json
import random
import string
from typing import Any

from betterform.monday.sandbox.account import Account
from betterform.monday.sandbox.cells import CELLS
from betterform.monday.sandbox.cells.labels import add_label, label_by_name
from betterform.monday.sandbox.errors import ApiError, no_such_column
from betterform.monday.sandbox.records import Board, Column, Group
from betterform.monday.sandbox.webhooks import payloads


class BoardVerbs(Account):
    def create_board(self, name: str, *, description: str | None = None, kind: str = "public") -> Board:
        """A board with a name column and one group."""
        with self.changing():
            now = self.now()
            board = Board(
                self.new_id(), name, description=description, kind=kind, created_at=now, updated_at=now
            )
            board.columns.append(Column("name", "Name", "name"))
            board.groups.append(Group("topics", "Group Title"))
            self.boards[board.id] = board
            return board

    def create_group(self, board_id: str, title: str, *, color: str = "#579bfc") -> Group:
        with self.changing():
            board = self.board(board_id)
            group = Group(self._opaque_id("group", {group.id for group in board.groups}), title, color)
            board.groups.append(group)
            return group

    def create_column(
        self,
        board_id: str,
        title: str,
        column_type: str,
        *,
        settings: dict[str, Any] | None = None,
        column_id: str | None = None,
        description: str | None = None,
        after: str | None = None,
        by: str = "",
    ) -> Column:
        """A column at the end, or after another. Its id is opaque unless one is given. Raises ApiError."""
        if column_type not in CELLS:
            raise ApiError(f"Columns of type {column_type} are not supported", "InvalidColumnTypeException")
        with self.changing():
            board = self.board(board_id)
            self.refuse_when_locked(board)
            if column_id and board.column(column_id):
                raise ApiError("A column with this ID already exists", "InvalidColumnIdException")
            taken = {column.id for column in board.columns}
            column = Column(
                column_id or self._opaque_id(self._prefix(column_type), taken),
                title,
                column_type,
                settings_from(column_type, settings or {}),
                description,
            )
            place = next(
                (i + 1 for i, other in enumerate(board.columns) if other.id == after), len(board.columns)
            )
            board.columns.insert(place, column)
            if by:
                self.tell(board, "create_column", payloads.create_column(board, column), by=by)
            return column

    def delete_column(self, board: str, column: str) -> None:
        """The column, by id or title, and what stood in it."""
        with self.changing():
            found = self.board(board)
            gone = self._column(found, column)
            found.columns.remove(gone)
            for item in self.items_of(found.id, state="all"):
                item.cells.pop(gone.id, None)

    def change_label(self, board: str, column: str, old: str, new: str) -> None:
        """Rename a label of a status or dropdown column, as an administrator of the board might."""
        with self.changing():
            found = self._column(self.board(board), column)
            label = label_by_name(found, old)
            if label is None:
                raise ApiError(f"There is no label {old}", "InvalidArgumentException")
            label["label"] = new

    def lock_board(self, board: str, *, locked: bool = True) -> None:
        """While a board is locked, writes to it are answered with 423."""
        with self.changing():
            self.board(board).locked = locked

    def set_rule(
        self, board: str, column: str, message: str = "This column is required", *, pattern: str = ".+"
    ) -> None:
        """From now on the column's text must match `pattern` whole; writes that break it are answered with 422."""
        with self.changing():
            found = self.board(board)
            column_id = self._column(found, column).id
            found.rules.append({"column_id": column_id, "message": message, "pattern": pattern})

    def drop_rules(self, board: str) -> None:
        with self.changing():
            self.board(board).rules.clear()

    def column(self, board: str, column: str) -> Column:
        """A column by its id or its title. Raises ApiError."""
        return self._column(self.board(board), column)

    def _column(self, board: Board, key: str) -> Column:
        found = board.column(key)
        for column in board.columns:
            if found is None and column.title == key:
                found = column
        if found is None:
            raise no_such_column(key)
        return found

    def _prefix(self, column_type: str) -> str:
        return {
            "status": "color",
            "numbers": "numeric",
            "people": "multiple_person",
            "checkbox": "boolean",
        }.get(column_type, column_type)

    def _opaque_id(self, prefix: str, taken: set[str]) -> str:
        # Seeded by the account's row of numbers, so that a seed gives the same ids on every machine.
        dice = random.Random(int(self.new_id()))  # made to look random, not to be secret
        while True:
            candidate = f"{prefix}_mk" + "".join(dice.choices(string.ascii_lowercase + string.digits, k=6))
            if candidate not in taken:
                return candidate


def settings_from(column_type: str, given: dict[str, Any]) -> dict[str, Any]:
    """Column settings in the API's shape, from what `create_column` accepts as `defaults`.

    Labels come as a list of objects, a list of names, or the older mapping of id to name.
    """
    settings = dict(given)
    if column_type not in ("status", "dropdown"):
        return settings
    labels = settings.pop("labels", None)
    if labels is None and column_type == "status":
        labels = {0: "Working on it", 1: "Done", 2: "Stuck"}
    column = Column("", "", column_type, settings | {"labels": []})
    for number, label in _numbered_labels(labels or []):
        made = add_label(column, label["label"] if isinstance(label, dict) else str(label))
        made |= {key: value for key, value in label.items() if key != "id"} if isinstance(label, dict) else {}
        if number is not None:
            made["id"] = number
    return column.settings


def _numbered_labels(labels: Any) -> list[tuple[int | None, Any]]:
    if isinstance(labels, str):
        labels = json.loads(labels)
    if isinstance(labels, dict):
        return [(int(number), label) for number, label in labels.items()]
    return [(label.get("id") if isinstance(label, dict) else None, label) for label in labels]
