"""Which webhooks we need, which we have, and how each of them stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from betterform.actions import board_webhooks, boards, event_words
from betterform.actions.event_words import ONE_COLUMN
from betterform.models.board import Board, BoardRole
from betterform.monday import deals_in, documents
from betterform.monday.client import Client
from betterform.monday.office import Office

CATALOGUE_EVENTS = (
    "create_item",
    "change_name",
    "change_column_value",
    "item_archived",
    "item_deleted",
    "item_restored",
)
# Of a deal's columns only those that a draft follows matter; the others are written by us and would only echo.
DEAL_EVENTS = ("create_item", "change_name", ONE_COLUMN, "item_archived", "item_deleted", "item_restored")
EVENTS: dict[BoardRole, tuple[str, ...]] = {
    BoardRole.DEALS: DEAL_EVENTS,
    BoardRole.CONTACTS: CATALOGUE_EVENTS,
    BoardRole.PRODUCTS: CATALOGUE_EVENTS,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A webhook that we need on a board. `column_id` and `title` are of the column it is about, if of one."""

    event: str
    column_id: str = ""
    title: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.event, self.column_id

    @property
    def config(self) -> str | None:
        """As monday wants it: JSON in a text."""
        return json.dumps({"columnId": self.column_id}) if self.column_id else None

    @property
    def words(self) -> str:
        """When it tells us something: "an item is made"."""
        return event_words.words_of(self.event, column=self.title or self.column_id)


@dataclass(frozen=True, slots=True)
class Live:
    """A webhook that monday lists. Whose it is and where it leads, monday does not say."""

    id: str
    event: str
    column_id: str

    @property
    def key(self) -> tuple[str, str]:
        return self.event, self.column_id


class State(StrEnum):
    """How a webhook stands."""

    LISTENING = "listening"
    UNREGISTERED = "not registered"
    MISSING = "missing on monday.com"
    ELSEWHERE = "made for another address"
    UNNEEDED = "not needed any more"


@dataclass(frozen=True, slots=True)
class Standing:
    """One webhook that we need or have. `webhook_id` is "" for one that was never registered."""

    wanted: Wanted
    state: State
    webhook_id: str
    last_event_at: datetime | None = None

    @property
    def is_fine(self) -> bool:
        return self.state is State.LISTENING


@dataclass(frozen=True, slots=True)
class BoardStanding:
    """The webhooks of one board. `others` counts those that we did not make; None where nobody looked."""

    role: BoardRole
    board_id: str
    name: str
    webhooks: tuple[Standing, ...]
    others: int | None = None
    doubles: tuple[str, ...] = ()  # the ids of webhooks that lead to us and that we lost sight of


def digest_of(office: Office) -> str:
    """SHA-256 of the address that webhooks are made for: it holds a secret, so it is not kept itself."""
    return hashlib.sha256(office.webhook_url.encode()).hexdigest()


def wanted_on(board: Board) -> list[Wanted]:
    """The webhooks that a board needs; for deals one of each column that a draft follows."""
    found: dict[tuple[str, str], Wanted] = {}
    for event in EVENTS.get(BoardRole(board.role), ()):
        if event != ONE_COLUMN:
            found[event, ""] = Wanted(event)
            continue
        for field in deals_in.FOLLOWED:
            column = board.column(field)
            if column is not None:  # two fields may share a column
                found.setdefault(
                    (event, column.column_id), Wanted(event, column.column_id, column.title or field)
                )
    return list(found.values())


def listed(client: Client, board_id: str) -> dict[str, Live]:
    """The webhooks that monday lists on a board, by id. One call."""
    data = client.ask(documents.WEBHOOKS, {"board": board_id})
    found = [
        Live(str(shown["id"]), str(shown.get("event") or ""), _column_in(shown.get("config")))
        for shown in data.get("webhooks") or []
        if shown
    ]
    return {live.id: live for live in found}


def _column_in(config: Any) -> str:
    """The column that a webhook's config names, "" where it names none or cannot be read."""
    if isinstance(config, str):
        try:
            config = json.loads(config)
        except ValueError:
            return ""
    return str(config.get("columnId") or "") if isinstance(config, dict) else ""


def look(client: Client, session: Session) -> dict[str, dict[str, Live]]:
    """What monday lists on each of our boards, by board id: one call a board. Raises Refusal."""
    board_ids = [board.board_id for board in boards.every(session)]
    return {board_id: listed(client, board_id) for board_id in board_ids}


def of_boards(
    session: Session, office: Office, live: Mapping[str, Mapping[str, Live]] | None = None
) -> list[BoardStanding]:
    """How the webhooks of all boards stand. Without `live` (see `look`) as far as we know ourselves."""
    last = board_webhooks.last_events(session)
    shown = live if live is not None else {}
    return [
        _of_board(session, office, board, shown.get(board.board_id), last) for board in boards.every(session)
    ]


def _of_board(
    session: Session,
    office: Office,
    board: Board,
    live: Mapping[str, Live] | None,
    last: Mapping[str, datetime],
) -> BoardStanding:
    needed = {wanted.key: wanted for wanted in wanted_on(board)}
    ours = {(row.event, row.column_id): row for row in board.webhooks}
    standings = []
    for key in dict.fromkeys([*needed, *ours]):
        row = ours.get(key)
        wanted = needed.get(key, Wanted(*key))
        if row is None:
            state = State.UNREGISTERED
        elif key not in needed:
            state = State.UNNEEDED
        elif row.address_digest != digest_of(office):
            state = State.ELSEWHERE
        else:
            state = State.LISTENING if live is None or is_live(live, row.webhook_id, key) else State.MISSING
        webhook_id = row.webhook_id if row is not None else ""
        standings.append(Standing(wanted, state, webhook_id, last.get(webhook_id)))
    lost = doubles(session, live.values()) if live is not None else ()
    known = {row.webhook_id for row in board.webhooks}
    others = len([one for one in live if one not in known and one not in lost]) if live is not None else None
    return BoardStanding(
        BoardRole(board.role), board.board_id, board.name, tuple(standings), others, tuple(lost)
    )


def is_live(live: Mapping[str, Live], webhook_id: str, key: tuple[str, str]) -> bool:
    """Whether monday lists that webhook, for that event and column."""
    there = live.get(webhook_id)
    return there is not None and there.key == key


def doubles(session: Session, live: Iterable[Live]) -> list[str]:
    """The ids of those that we do not know although they told us something: only ours know our address.

    So a webhook is found again whose making was not answered and not noted either.
    """
    known = board_webhooks.known_ids(session)
    return [
        one.id
        for one in live
        if one.id not in known and board_webhooks.last_event_of(session, one.id) is not None
    ]
