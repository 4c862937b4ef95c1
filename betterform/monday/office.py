"""What the two directions need to know of the running program, passed in by whoever runs them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from betterform import clock
from betterform.actions import account_health, boards
from betterform.db import transaction
from betterform.models.document import Document
from betterform.monday.client import CONNECT_SECONDS, READ_SECONDS, Client, Exchange
from betterform.monday.errors import WaitUntilTomorrow
from betterform.monday.patience import after_midnight

log = logging.getLogger(__name__)

LEASE_MARGIN_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Office:
    """Addresses, secrets and the printer. `printed` gives the document with its PDF, printing it if need be."""

    api_url: str
    api_token: str
    public_url: str
    secret_key: str
    webhook_secret: str
    printed: Callable[[int], Document]
    read_seconds: float = READ_SECONDS
    print_seconds: float = 60.0
    patience: float = 1.0

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, printed: Callable[[int], Document]) -> Office:
        return cls(
            api_url=config["MONDAY_API_URL"],
            api_token=config["MONDAY_API_TOKEN"],
            public_url=config["PUBLIC_URL"],
            secret_key=config["SECRET_KEY"],
            webhook_secret=config["MONDAY_WEBHOOK_SECRET"],
            printed=printed,
            read_seconds=float(config.get("MONDAY_SECONDS", READ_SECONDS)),
            print_seconds=float(config.get("PDF_SECONDS", 60)),
            patience=float(config.get("MONDAY_PATIENCE", 1)),
        )

    @property
    def lease(self) -> timedelta:
        """How long a claim holds without news: one call and a margin."""
        return self.lease_for(min(CONNECT_SECONDS, self.read_seconds) + self.read_seconds)

    def lease_for(self, seconds: float) -> timedelta:
        """How long to hold a claim for something that takes `seconds` at most."""
        return timedelta(seconds=seconds + LEASE_MARGIN_SECONDS * self.patience)

    @property
    def webhook_url(self) -> str:
        return f"{self.public_url}/monday/webhook/{self.webhook_secret}"

    def form_url(self, mid: str) -> str:
        """The address of the form of an item's quote."""
        return f"{self.public_url}/form/{mid}"

    def client(
        self,
        *,
        notice: Callable[[Exchange], None] | None = None,
        before_call: Callable[[float], None] | None = None,
    ) -> Client:
        """A client whose calls are told to `notice`. Without one they are counted, and refusals noted."""
        return Client(
            self.api_url,
            self.api_token,
            notice=notice or note_at_once,
            before_call=before_call,
            read_seconds=self.read_seconds,
        )


def note_at_once(exchange: Exchange) -> None:
    """Add one exchange to the day's calls, in a transaction of its own.

    Where it shows that monday does not let us in, or takes no more calls today, that is noted for everybody:
    whoever asks, on a page or in a command, finds it out as a worker would.
    """
    if not exchange.cost:
        return
    now, refusal = clock.now(), exchange.refusal
    with transaction() as session:
        if refusal is not None and refusal.whole_account:
            account_health.note_problem(session, refusal.message, at=now)
        elif isinstance(refusal, WaitUntilTomorrow):
            account_health.note_used_up(session, until=after_midnight(now), at=now)
        boards.count_calls(session, day=now.date(), calls=exchange.cost)
