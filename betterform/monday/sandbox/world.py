"""The whole account, ready to be acted upon from Python, over HTTP or at the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterform.monday.sandbox.account import ACCOUNT_ID, Account
from betterform.monday.sandbox.assets import AssetStore
from betterform.monday.sandbox.calls import CallLog
from betterform.monday.sandbox.clock import SandboxClock
from betterform.monday.sandbox.doubts import Doubts
from betterform.monday.sandbox.limits import Limits, Turnstile
from betterform.monday.sandbox.records import Item, User
from betterform.monday.sandbox.seed import SEEDS
from betterform.monday.sandbox.showing import item_as_json
from betterform.monday.sandbox.subitems import SubitemVerbs
from betterform.monday.sandbox.trouble import Trouble
from betterform.monday.sandbox.updates import UpdateVerbs
from betterform.monday.sandbox.webhooks.postman import Postman
from betterform.monday.sandbox.webhooks.registration import WebhookVerbs

DEFAULT_TOKEN = "sandbox-token"  # noqa: S105 - the stand-in keeps no secrets


class World(WebhookVerbs, SubitemVerbs, UpdateVerbs):
    """Boards and items, the webhooks' postman, the limits, the trouble on order and the log of calls."""

    def __init__(
        self,
        *,
        seed: str = "demo",
        token: str = DEFAULT_TOKEN,
        clock: SandboxClock | None = None,
        limits: Limits | None = None,
        signing_secret: str | None = None,
        assets: AssetStore | None = None,
    ) -> None:
        clock = clock or SandboxClock()
        self.token = token
        self.seed_name = seed
        self.calls = CallLog()
        self.trouble = Trouble()
        self.doubts = Doubts()
        self.turnstile = Turnstile(clock, limits or Limits())
        postman = Postman(clock, account_id=ACCOUNT_ID, signing_secret=signing_secret)
        super().__init__(clock, postman, assets or AssetStore())
        self.plant(seed)

    @property
    def me(self) -> User:
        """The integration user, as whom the token acts."""
        return self.users[self.tokens[self.token]]

    def plant(self, seed: str) -> None:
        """Fill an empty account with one of the seeds. Raises KeyError for an unknown one."""
        sow: Callable[[World], None] = SEEDS[seed]
        with self.changing():
            sow(self)

    def reset(self, seed: str | None = None) -> None:
        """As on the first day: no webhooks, no trouble, no calls."""
        with self.changing():
            self.postman.forget_all()
            self.asset_store.forget_all()
            self.trouble.clear()
            self.turnstile.reset()
            self.doubts = Doubts()
            self.postman.account_id = ACCOUNT_ID
            self.calls.clear()
            self.forget_everything()
            self.plant(seed or self.seed_name)

    def revoke_token(self) -> None:
        self.revoked_tokens.add(self.token)

    def accept_token_again(self) -> None:
        self.revoked_tokens.discard(self.token)

    def become_account(self, account_id: str, *, signing_secret: str | None = None) -> None:
        """As if the token and the webhooks were another account's, whose app signs with a secret of its own."""
        with self.changing():
            self.id = self.postman.account_id = account_id
            self.postman.signing_secret = signing_secret

    def shown(self, item_id: str) -> dict[str, Any]:
        """An item whatever its state, its values by column title in plain forms, for people and assertions."""
        with self.lock:
            return item_as_json(self, self.items[str(item_id)])

    def item_named(self, board: str, name: str) -> Item:
        """The first active item of that name. Raises KeyError."""
        for item in self.items_of(board):
            if item.name == name:
                return item
        raise KeyError(f"No item named {name!r} on {board}.")


__all__ = ["DEFAULT_TOKEN", "Account", "World"]
