"""Updates: the notes people leave on an item."""

from __future__ import annotations

from betterform.monday.sandbox.account import Account
from betterform.monday.sandbox.errors import ApiError
from betterform.monday.sandbox.records import Update
from betterform.monday.sandbox.webhooks import payloads


class UpdateVerbs(Account):
    def create_update(self, item_id: str, body: str, *, by: str) -> Update:
        with self.changing():
            item = self.item(item_id)
            now = self.now()
            update = Update(self.new_id(), item.id, body, by, now, now)
            self.updates[update.id] = update
            self._tell(update, "create_update", by)
            return update

    def edit_update(self, update_id: str, body: str, *, by: str) -> Update:
        with self.changing():
            update = self._update(update_id)
            update.body, update.updated_at = body, self.now()
            self._tell(update, "edit_update", by)
            return update

    def delete_update(self, update_id: str, *, by: str) -> Update:
        with self.changing():
            update = self._update(update_id)
            del self.updates[update.id]
            self._tell(update, "delete_update", by)
            return update

    def _update(self, update_id: str) -> Update:
        if update := self.updates.get(str(update_id)):
            return update
        raise ApiError("Update not found", "ResourceNotFoundException", status_code=404)

    def _tell(self, update: Update, event: str, by: str) -> None:
        item = self.items[update.item_id]
        board = self.boards[item.board_id]
        self.tell(board, event, payloads.update_note(event, board, item, update), by=by)
