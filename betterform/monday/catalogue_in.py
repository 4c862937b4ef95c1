"""Items of the CONTACTS and PRODUCTS boards, taken over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from betterform.actions import catalogue
from betterform.actions.catalogue import Outcome
from betterform.models.board import Board, BoardRole
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.monday import items, mapping
from betterform.monday.client import Client
from betterform.monday.findings import Finding
from betterform.monday.items import Item

GONE = "Archived, as on the board."
MOVED = "The item was moved to another board: archived here."
WORDS = {
    Outcome.ADDED: "Added.",
    Outcome.CHANGED: "Brought up to date.",
    Outcome.ARCHIVED: GONE,
    Outcome.RESTORED: "Brought back, as on the board.",
    Outcome.UNTOUCHED: "Nothing new.",
    Outcome.REFUSED: "Refused: a product needs a name.",
}


def look(client: Client, board: Board, item_id: str) -> Finding:
    """See how a contact or product stands on its board. One call."""
    item = items.fetch(client, item_id, columns=mapping.columns_to_read(board))
    if item is None or not item.is_active:
        return Finding(lambda session, at: _leave(session, board, item_id, GONE, at=at))
    if item.board_id and item.board_id != board.board_id:
        return Finding(lambda session, at: _leave(session, board, item_id, MOVED, at=at))
    return Finding(lambda session, at: _told(session, board, item, at=at))


def _leave(session: Session, board: Board, item_id: str, words: str, *, at: datetime) -> str:
    """The item left its board: archived here, as pulling the whole board would do."""
    kind = Contact if board.role == BoardRole.CONTACTS else Product
    outcome = catalogue.archive(session, kind, mid=item_id, at=at)
    if outcome is Outcome.ARCHIVED:
        return words
    return _merged(session, item_id) or WORDS[outcome]


def _told(session: Session, board: Board, item: Item, *, at: datetime) -> str:
    outcome = take(session, board, item, at=at)
    return _merged(session, item.id) or WORDS[outcome]


def _merged(session: Session, item_id: str) -> str:
    """Why nothing follows from what happens to the item of a contact that was merged."""
    contact = catalogue.merged_into(session, item_id)
    return f"Merged into {contact.display_name}: what happens to this item is left alone." if contact else ""


def take(session: Session, board: Board, item: Item, *, at: datetime) -> Outcome:
    """Take a live item over. The mapping is read again, since it may have changed since the item was read."""
    if board.role == BoardRole.CONTACTS:
        values = mapping.contact_values(board, item.name, item.cells)
        return catalogue.take_contact(session, mid=item.id, values=values, at=at)[1]
    values = mapping.product_values(board, item.name, item.cells)
    return catalogue.take_product(session, mid=item.id, values=values, at=at)[1]
