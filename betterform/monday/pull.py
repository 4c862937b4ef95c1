"""Whole boards at once: catalogues fetched, and deals found whose webhook never came."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from betterform import clock
from betterform.actions import boards, catalogue, quotes
from betterform.actions.catalogue import Outcome
from betterform.db import db, transaction
from betterform.models.board import Board, BoardRole
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.monday import catalogue_in, deals_in, items, mapping
from betterform.monday.client import Client
from betterform.monday.errors import FixSettings
from betterform.monday.items import Item

# So many records a transaction: few enough that nobody waits long for the lock.
AT_ONCE = 50


@dataclass
class Summary:
    """What a pull did to one board's records."""

    role: BoardRole
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{self.counts[outcome.value]} {outcome.value}" for outcome in Outcome)
        return f"{self.role.value}: {told}"


def pull(
    client: Client, role: BoardRole, *, progress: Callable[[int], None] = lambda _count: None
) -> Summary:
    """Fetch a whole catalogue, 500 items a call. Items that are gone are archived, never deleted."""
    board = _board(role)
    kind = Contact if role is BoardRole.CONTACTS else Product
    summary, present = Summary(role), set[str]()
    board_id, columns = board.board_id, mapping.columns_to_read(board)
    started = clock.now()
    for page in items.pages(client, board_id, columns=columns, wait=time.sleep):
        live = [item for item in page if item.is_active]
        present.update(item.id for item in live)
        for start in range(0, len(live), AT_ONCE):
            _take(role, live[start : start + AT_ONCE], summary)
            progress(sum(summary.counts.values()))
    if not present:
        # An empty answer is likelier a mistake than an empty catalogue.
        summary.refused.append("the board shows no items at all, so nothing was archived")
        return summary
    with transaction() as session:
        missing = catalogue.archive_missing(
            session, kind, present=present, read_since=started, at=clock.now()
        )
    summary.counts[Outcome.ARCHIVED.value] += len(missing)
    return summary


def _board(role: BoardRole) -> Board:
    board = boards.of_role(db.session(), role)
    if board is None:
        raise FixSettings(
            f"No {role.value.upper()} board is chosen: connect the boards first.", code="mapping"
        )
    return board


def _take(role: BoardRole, found: list[Item], summary: Summary) -> None:
    outcomes: list[tuple[Item, Outcome]] = []
    with transaction() as session:
        board = _board(role)
        now = clock.now()
        outcomes = [(item, catalogue_in.take(session, board, item, at=now)) for item in found]
    for item, outcome in outcomes:
        summary.counts[outcome.value] += 1
        if outcome is Outcome.REFUSED:
            summary.refused.append(f"item {item.id}: it has no name")


def reconcile(client: Client) -> list[str]:
    """Give every deal its quote: one call per 500 deals and one per deal that had none.

    Returns their names.
    """
    board = _board(BoardRole.DEALS)
    found = []
    for page in items.pages(client, board.board_id, columns=[], wait=time.sleep):
        for item in page:
            if item.is_active and quotes.find_by_item(db.session(), item.id) is None:
                finding = deals_in.look(client, _board(BoardRole.DEALS), item.id)
                with transaction() as session:
                    finding.apply(session, at=clock.now())
                found.append(item.name)
    return found
