"""Items: made, filled in, renamed, moved, archived, deleted, restored. Every verb tells the webhooks."""

from __future__ import annotations

from typing import Any

from betterform.monday.sandbox.boards import BoardVerbs
from betterform.monday.sandbox.cells import CELLS
from betterform.monday.sandbox.errors import ApiError, no_such_column, no_such_item
from betterform.monday.sandbox.records import Board, Column, Item
from betterform.monday.sandbox.rules import check_rules
from betterform.monday.sandbox.webhooks import payloads

LONGEST_NAME = 255


class ItemVerbs(BoardVerbs):
    def create_item(
        self,
        board: str,
        name: str,
        values: dict[str, Any] | None = None,
        *,
        group_id: str | None = None,
        by: str | None = None,
        may_add_labels: bool = False,
    ) -> Item:
        """A new item. `values` maps column ids or titles to write JSON. Nothing is made when one does not fit."""
        with self.changing():
            home = self.board(board)
            self.refuse_when_locked(home)
            check_name(name)
            if group_id and home.group(group_id) is None:
                raise ApiError(
                    "Group not found", "InvalidArgumentException", error_data={"group_id": group_id}
                )
            cells = self._written(home, values or {}, may_add_labels)
            cells.pop("name", None)
            check_rules(home, cells)
            now = self.now()
            item = Item(
                id=self.new_id(),
                board_id=home.id,
                group_id=group_id or home.groups[0].id,
                name=name,
                creator_id=str(by or self.first_person()),
                created_at=now,
                updated_at=now,
                cells={column_id: raw for column_id, raw in cells.items() if raw is not None},
            )
            self.items[item.id] = item
            body = payloads.create_pulse(home, self.group_of(item), item)
            self.tell(home, "create_item", body, by=item.creator_id)
            return item

    def set_values(
        self, item_id: str, values: dict[str, Any], *, by: str | None = None, may_add_labels: bool = False
    ) -> Item:
        """Change cells from write JSON, by column id or title; None clears. All of them or, on an error, none."""
        with self.changing():
            item = self.item(item_id)
            board = self.boards[item.board_id]
            self.refuse_when_locked(board)
            written = self._written(board, values, may_add_labels)
            check_rules(board, written, item_id=item.id)
            if "name" in written:
                self.rename(item_id, written.pop("name"), by=by)
            for column_id, raw in written.items():
                self.put_cell(item, column_id, raw, by=by)
            return item

    def set_simple(
        self,
        item_id: str,
        column: str,
        given: str | None,
        *,
        by: str | None = None,
        may_add_labels: bool = False,
    ) -> Item:
        """Change one cell from a string, as `change_simple_column_value` and a person at the board do."""
        with self.changing():
            item = self.item(item_id)
            board = self.boards[item.board_id]
            self.refuse_when_locked(board)
            found = self._column(board, column)
            if found.id == "name":
                return self.rename(item_id, given or "", by=by)
            pen = self.pen(may_add_labels=may_add_labels)
            raw = None if given is None else CELLS[found.type].write_simple(found, given, pen)
            check_rules(board, {found.id: raw}, item_id=item.id)
            self.put_cell(item, found.id, raw, by=by)
            return item

    def put_cell(self, item: Item, column_id: str, raw: Any, *, by: str | None) -> None:
        """Store a raw value and tell the webhooks, unless nothing changes."""
        board = self.boards[item.board_id]
        column = board.column(column_id)
        if column is None:
            raise no_such_column(column_id)
        before = item.cells.get(column_id)
        if _plain(before) == _plain(raw):
            return
        if raw is None:
            item.cells.pop(column_id, None)
        else:
            item.cells[column_id] = raw
        self.touch(item)
        body = payloads.update_column_value(board, item, column, before, raw, at=self.clock.now().timestamp())
        self.tell(board, "change_column_value", body, by=by or self.first_person(), column_id=column_id)

    def rename(self, item_id: str, name: str, *, by: str | None = None) -> Item:
        with self.changing():
            item = self.item(item_id)
            board = self.boards[item.board_id]
            self.refuse_when_locked(board)
            check_name(name)
            if item.name != name:
                previous, item.name = item.name, name
                self.touch(item)
                body = payloads.update_name(board, item, previous)
                self.tell(board, "change_name", body, by=by or self.first_person())
            return item

    def move_to_group(self, item_id: str, group_id: str, *, by: str | None = None) -> Item:
        with self.changing():
            item = self.item(item_id)
            board = self.boards[item.board_id]
            self.refuse_when_locked(board)
            if board.group(group_id) is None:
                raise ApiError(
                    "Group not found", "InvalidArgumentException", error_data={"group_id": group_id}
                )
            source, item.group_id = self.group_of(item), group_id
            self.touch(item)
            body = payloads.move_pulse_into_group(board, item, source, self.group_of(item))
            self.tell(board, "item_moved_to_any_group", body, by=by or self.first_person())
            return item

    def archive_item(self, item_id: str, *, by: str | None = None) -> Item:
        return self._retire(item_id, "archived", "item_archived", "archive_pulse", by)

    def delete_item(self, item_id: str, *, by: str | None = None) -> Item:
        return self._retire(item_id, "deleted", "item_deleted", "delete_pulse", by)

    def _retire(self, item_id: str, state: str, event: str, kind: str, by: str | None) -> Item:
        with self.changing():
            item = self.item(item_id)
            board = self.boards[item.board_id]
            self.refuse_when_locked(board)
            item.state = state
            self.touch(item)
            self.tell(board, event, payloads.gone_pulse(kind, board, item), by=by or self.first_person())
            return item

    def restore_item(self, item_id: str, *, by: str | None = None) -> Item:
        """Back from the archive or the bin. Raises ApiError when the item was never there."""
        with self.changing():
            item = self.items.get(str(item_id))
            if item is None:
                raise no_such_item(item_id)
            if item.state != "active":
                board = self.boards[item.board_id]
                item.state = "active"
                self.touch(item)
                self.tell(
                    board, "item_restored", payloads.restore_pulse(board, item), by=by or self.first_person()
                )
            return item

    def first_person(self) -> str:
        """Who acts when nobody is named: the first salesperson."""
        return next(iter(self.users), "1")

    def _written(self, board: Board, values: dict[str, Any], may_add_labels: bool) -> dict[str, Any]:
        """Raw values by column id, every one of them checked before any is stored."""
        pen = self.pen(may_add_labels=may_add_labels)
        written: dict[str, Any] = {}
        for key, given in values.items():
            column = self._column(board, key)
            if column.id == "name":
                check_name(given)
                written["name"] = given
            elif given is None and column.type not in ("file", "mirror", "formula"):
                written[column.id] = None
            else:
                written[column.id] = self._cell(column, given, pen)
        return written

    def _cell(self, column: Column, given: Any, pen: Any) -> Any:
        return CELLS[column.type].write(column, given, pen)


def check_name(name: object) -> None:
    if not isinstance(name, str) or not name.strip():
        raise ApiError("Item name can't be empty", "InvalidArgumentException")
    if len(name) > LONGEST_NAME:
        raise ApiError("Item name is too long", "ItemNameTooLongException", error_data={"max": LONGEST_NAME})


def _plain(raw: Any) -> Any:
    """A raw value without the moment it was written."""
    return {key: value for key, value in raw.items() if key != "changed_at"} if isinstance(raw, dict) else raw
