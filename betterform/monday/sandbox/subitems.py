"""Subitems: items of a board of their own, made the first time one is needed, as monday does."""

from __future__ import annotations

from typing import Any

from betterform.monday.sandbox.files import FileVerbs
from betterform.monday.sandbox.items import check_name
from betterform.monday.sandbox.records import Board, Column, Group, Item
from betterform.monday.sandbox.webhooks import payloads

COLUMN_ID = "subitems"


class SubitemVerbs(FileVerbs):
    def create_subitem(self, parent_id: str, name: str, *, by: str | None = None) -> Item:
        """A subitem below an active item. Told twice: as a subitem, and as a change of its parent."""
        with self.changing():
            parent = self.item(parent_id)
            board = self.boards[parent.board_id]
            self.refuse_when_locked(board)
            check_name(name)
            home = self._subitem_board(board)
            now, who = self.now(), str(by or self.first_person())
            item = Item(
                id=self.new_id(), board_id=home.id, group_id=home.groups[0].id, name=name, creator_id=who,
                created_at=now, updated_at=now, parent_id=parent.id,
            )  # fmt: skip
            before = self._told_of(parent)
            self.items[item.id] = item
            self.touch(parent)
            self.tell(home, "create_item", payloads.create_pulse(home, home.groups[0], item), by=who)
            change = payloads.subitems_changed(
                board, parent, before, self._told_of(parent), at=self.clock.now().timestamp()
            )
            self.tell(board, "change_column_value", change, by=who, column_id=COLUMN_ID)
            return item

    def _told_of(self, parent: Item) -> dict[str, Any] | None:
        ids = [int(item.id) for item in self.subitems_of(parent.id)]
        return {"linkedPulseIds": [{"linkedPulseId": item_id} for item_id in ids]} if ids else None

    def _subitem_board(self, board: Board) -> Board:
        for candidate in self.boards.values():
            if candidate.parent_board_id == board.id:
                return candidate
        now = self.now()
        home = Board(
            self.new_id(),
            f"Subitems of {board.name}",
            created_at=now,
            updated_at=now,
            parent_board_id=board.id,
        )
        home.columns.append(Column("name", "Name", "name"))
        home.groups.append(Group("topics", "Subitems"))
        self.boards[home.id] = home
        return home
