"""One item of a board that is read: taken over, or noted as gone, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import catalogue, quotes, reading_news
from betterform.actions.catalogue import Outcome
from betterform.actions.reading_steps import Noted
from betterform.models.board import Board, BoardRole
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.models.webhook_event import WebhookEvent
from betterform.monday import catalogue_in, deals_in, items
from betterform.monday.items import Item

NO_NAME = "It has no name on the board: give it one there, and it is taken over."


def touched(board: Board, item_id: str, item: Item | None) -> set[str]:
    """The items whose records taking this one over may change: a deal's linked contacts as well."""
    column = board.column("contact") if board.role == BoardRole.DEALS else None
    linked = items.linked(item.cell(column.column_id)) if item is not None and column is not None else []
    return {item_id, *(contact.id for contact in linked)}


def take(
    session: Session,
    board: Board,
    item_id: str,
    item: Item | None,
    *,
    at: datetime,
    is_unlinked: bool = False,
) -> Noted:
    """Bring the item's record up to what was read; `None` is an item that monday does not know.

    `is_unlinked`: a deal that surely names no contact any more.
    """
    name = item.name if item is not None else ""
    is_elsewhere = item is not None and item.is_active and item.board_id not in ("", board.board_id)
    if is_elsewhere and not _was_here(session, board, item_id):
        return Noted(item_id, name, Outcome.UNTOUCHED.value)
    if board.role == BoardRole.DEALS:
        words = deals_in.MOVED if is_elsewhere else deals_in.GONE
        shown = None if is_elsewhere else item
        found = _deal(session, board, item_id, shown, at=at, words=words, is_unlinked=is_unlinked)
        return Noted(item_id, *found)
    kind: type[Contact] | type[Product] = Contact if board.role == BoardRole.CONTACTS else Product
    if item is None or not item.is_active or is_elsewhere:
        record = session.query(kind).filter(kind.mid == item_id).one_or_none()
        outcome = catalogue.archive(session, kind, mid=item_id, at=at)
        return Noted(item_id, name or _name_of(record), outcome.value)
    if kind is Contact and reading_news.merged_away(session, [item_id]):
        return Noted(item_id, name, Outcome.UNTOUCHED.value)
    outcome = catalogue_in.take(session, board, item, at=at)
    return Noted(item_id, name, outcome.value, NO_NAME if outcome is Outcome.REFUSED else "")


def _was_here(session: Session, board: Board, item_id: str) -> bool:
    """Whether an item of another board surely moved there from this one, which told us of it before.

    Of any other nobody knows: it may be left from the board that played this part earlier, and is left alone.
    """
    told = select(WebhookEvent.id).where(
        WebhookEvent.item_id == item_id, WebhookEvent.board_id == board.board_id
    )
    return session.scalar(told.limit(1)) is not None


def _deal(
    session: Session,
    board: Board,
    item_id: str,
    item: Item | None,
    *,
    at: datetime,
    words: str,
    is_unlinked: bool,
) -> tuple[str, str]:
    """The deal's name and what came of it; `words` say why it is gone."""
    quote = quotes.find_by_item(session, item_id)
    before = _standing(quote)
    if item is not None and item.is_active:
        deals_in.take(session, board, item, at=at, is_unlinked=is_unlinked)
        if quote is None:
            return item.name, Outcome.ADDED.value
        if before is not None and before[0]:
            return item.name, Outcome.RESTORED.value
        changed = before != _standing(quote)
        return item.name, (Outcome.CHANGED if changed else Outcome.UNTOUCHED).value
    if quote is None or quote.item_problem:
        return (item.name if item is not None else ""), Outcome.UNTOUCHED.value
    deals_in.note_gone(session, quote, at=at, words=words)
    return quote.subject, Outcome.ARCHIVED.value


def _standing(quote: Quote | None) -> tuple[object, ...] | None:
    """What of a quote follows its deal."""
    if quote is None:
        return None
    return (
        quote.item_problem,
        quote.subject,
        quote.contact_id,
        quote.owner_name,
        quote.owner_email,
        quote.deal_type,
    )


def _name_of(record: object) -> str:
    if isinstance(record, Contact):
        return record.display_name
    return record.name if isinstance(record, Product) else ""
