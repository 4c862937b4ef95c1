"""One monday account in memory: what is there, found by id, under one lock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from betterform.monday.sandbox.assets import AssetStore
from betterform.monday.sandbox.cells import Pen
from betterform.monday.sandbox.clock import SandboxClock, stamp
from betterform.monday.sandbox.errors import LockedBoard, no_such_board, no_such_item
from betterform.monday.sandbox.records import Asset, Board, Group, Item, Update, User, Webhook
from betterform.monday.sandbox.webhooks import payloads
from betterform.monday.sandbox.webhooks.postman import Postman

ACCOUNT_ID = "20519847"
# How an event is called by those who listen for subitems, at their parent's board.
SUBITEM_EVENTS = {
    "create_item": "create_subitem",
    "change_column_value": "change_subitem_column_value",
    "change_name": "change_subitem_name",
    "item_archived": "subitem_archived",
    "item_deleted": "subitem_deleted",
}
FIRST_ID = 9_575_061_505


class Account:
    """The state, and the ways to find things in it. Verbs are added by `boards`, `items`, `files` and `updates`.

    Every change happens inside `changing()`, which holds the lock and raises `revision`.
    """

    def __init__(self, clock: SandboxClock, postman: Postman, assets: AssetStore) -> None:
        self.clock = clock
        self.postman = postman
        self.asset_store = assets
        self.lock = threading.RLock()
        self.revision = 0
        self.base_url = ""
        self.forget_everything()

    def forget_everything(self) -> None:
        self.id = ACCOUNT_ID
        self.name = "Sandbox"
        self.slug = "sandbox"
        self.next_number = FIRST_ID
        self.tokens: dict[str, str] = {}
        self.revoked_tokens: set[str] = set()
        self.users: dict[str, User] = {}
        self.boards: dict[str, Board] = {}
        self.items: dict[str, Item] = {}
        self.assets: dict[str, Asset] = {}
        self.updates: dict[str, Update] = {}
        self.webhooks: dict[str, Webhook] = {}

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self.lock:
            yield
            self.revision += 1

    def new_id(self) -> str:
        """The next number. Items, boards, users and assets share one row of them, as good as monday's."""
        self.next_number += 1
        return str(self.next_number)

    def now(self) -> str:
        return stamp(self.clock.now())

    def user_of(self, token: str) -> User | None:
        """The person whose token this is, unless it was revoked."""
        if token in self.revoked_tokens:
            return None
        return self.users.get(self.tokens.get(token, ""))

    def board(self, board: str) -> Board:
        """A board by its id, or by its name when people write it. Raises ApiError."""
        if found := self.boards.get(str(board)):
            return found
        for candidate in self.boards.values():
            if candidate.name == board:
                return candidate
        raise no_such_board(str(board))

    def item(self, item_id: str | None) -> Item:
        """An item that is active. Raises ApiError for one that was archived, deleted or never there."""
        item = self.items.get(str(item_id))
        if item is None or item.state != "active":
            raise no_such_item(item_id)
        return item

    def active_item(self, item_id: str) -> Item | None:
        item = self.items.get(item_id)
        return item if item and item.state == "active" else None

    def items_of(self, board: str, *, state: str = "active") -> list[Item]:
        """A board's items in the order they were made; `state` may be `all`."""
        board_id = self.board(board).id
        return [
            item for item in self.items.values() if item.board_id == board_id and state in (item.state, "all")
        ]

    def subitems_of(self, parent_id: str) -> list[Item]:
        return [
            item for item in self.items.values() if item.parent_id == parent_id and item.state == "active"
        ]

    def group_of(self, item: Item) -> Group:
        board = self.boards[item.board_id]
        return board.group(item.group_id) or board.groups[0]

    def pen(self, *, may_add_labels: bool = False) -> Pen:
        return Pen(self.active_item, lambda user_id: user_id in self.users, self.now(), may_add_labels)

    def refuse_when_locked(self, board: Board) -> None:
        if board.locked:
            raise LockedBoard(board.id)

    def touch(self, item: Item) -> None:
        item.updated_at = self.boards[item.board_id].updated_at = self.now()

    def tell(
        self, board: Board, event: str, body: dict[str, Any], *, by: str, column_id: str | None = None
    ) -> None:
        """Tell every webhook of `board` that listens to `event`; subitems are told at their parent's board."""
        board_id = board.id
        item = self.items.get(str(body.get("pulseId") or body.get("itemId") or ""))
        if item is not None and item.parent_id is not None:
            parent = self.items[item.parent_id]
            board_id, event = parent.board_id, SUBITEM_EVENTS.get(event, event)
            body = payloads.of_subitem(body, item, parent)
        listening = [
            webhook for webhook in self.webhooks.values() if webhook.active and webhook.board_id == board_id
        ]
        self.postman.announce(listening, event, body, by=by, column_id=column_id)
