"""Items of the DEALS board: each becomes one quote, and a draft follows its deal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import boards, catalogue, history, quotes
from betterform.db import db
from betterform.models.board import Board, BoardRole
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.history import MONDAY
from betterform.models.quote import Quote
from betterform.monday import items, mapping
from betterform.monday.client import Client
from betterform.monday.columns import Person, from_column_value
from betterform.monday.errors import FixSettings
from betterform.monday.findings import Finding
from betterform.monday.items import Item

# Changes of these columns reach a draft; all others are ours to write or play no part.
FOLLOWED = ("contact", "owner", "deal_type")
GONE = "The item is no longer on the board (archived or deleted)."
MOVED = "The item was moved away from the deals board: the board is not told of this quote any more."


def look(client: Client, board: Board, item_id: str) -> Finding:
    """See how a deal stands on its board, with the contact linked to it. One call."""
    contacts_board = boards.of_role(db.session(), BoardRole.CONTACTS)
    columns = [column.column_id for name in FOLLOWED if (column := board.column(name)) is not None]
    item = items.fetch_deal(
        client, item_id, columns=columns, contact_columns=mapping.columns_to_read(contacts_board)
    )
    if item is None or not item.is_active:
        return Finding(lambda session, at: _note_away(session, item_id, GONE, at=at))
    if item.board_id and item.board_id != board.board_id:
        return Finding(lambda session, at: _note_away(session, item_id, MOVED, at=at))
    unlinked = is_unlinked(client, board, item)
    column = board.column("contact")
    linked = items.linked(item.cell(column.column_id)) if column is not None else []
    return Finding(
        lambda session, at: take(session, board, item, at=at, is_unlinked=unlinked),
        touches=frozenset(contact.id for contact in linked),
    )


def is_unlinked(client: Client, board: Board, item: Item, known: dict[str, bool] | None = None) -> bool:
    """Whether somebody took the contact off the deal. At most one call.

    `known` says of contacts' items whether they are gone; what is found out is added to it.
    """
    return links_to_nobody(board, item) and not _contact_is_gone(
        client, item.id, known if known is not None else {}
    )


def _contact_is_gone(client: Client, item_id: str, known: dict[str, bool]) -> bool:
    """Whether the draft's contact left its board. Its link vanishes then, though nobody took it off the deal.

    One call, and only where a draft is about to lose its contact.
    """
    quote = quotes.find_by_item(db.session(), item_id)
    contact = quote.contact if quote is not None and quote.is_draft else None
    if contact is None or contact.mid is None or contact.archived_at is not None:
        return contact is not None and contact.archived_at is not None
    mid = contact.mid
    if mid not in known:
        linked = items.fetch(client, mid, columns=[])
        known[mid] = linked is None or not linked.is_active
    return known[mid]


def _note_away(session: Session, item_id: str, words: str, *, at: datetime) -> str:
    quote = quotes.find_by_item(session, item_id)
    if quote is None:
        return "The item was gone before we looked: no quote was made."
    note_gone(session, quote, at=at, words=words)
    return "The quote is kept; its page says that the item is gone."


def note_gone(session: Session, quote: Quote, *, at: datetime, words: str = GONE) -> None:
    """Have the quote say that its item is gone. What was issued stays as it is."""
    if quote.item_problem != words:
        quote.item_problem = words
        history.record(session, quote, "item gone", by=MONDAY, at=at)


def take(session: Session, board: Board, item: Item, *, at: datetime, is_unlinked: bool = False) -> str:
    """Make the item's quote, or have its draft follow the item. Returns what came of it in words.

    `is_unlinked`: the deal surely names no contact any more.
    """
    company = session.get(Company, 1)
    if company is None:
        raise FixSettings("The company has not been set up yet: run the set-up, then replay this event.")
    contact = contact_of(session, board, item, at=at)
    owner_name, owner_email = owner_of(board, item)
    deal_type = deal_type_of(board, item)
    quote = quotes.find_by_item(session, item.id)
    if quote is None:
        quotes.open_for_item(
            session,
            company,
            mid=item.id,
            subject=item.name.strip(),
            contact=contact,
            owner_name=owner_name[:200],
            owner_email=owner_email[:200],
            deal_type=deal_type or "",
            by=MONDAY,
            at=at,
            today=clock.today(company.time_zone),
        )
        return (
            "A quote was opened."
            if contact is not None
            else "A quote was opened; the deal names no contact yet."
        )
    quote = quotes.find(session, quote.id, lock=True)
    is_back = _note_back(session, quote, at=at)
    changed = quotes.follow_deal(
        session,
        quote,
        subject=item.name.strip(),
        contact=contact,
        is_unlinked=is_unlinked,
        owner_name=owner_name[:200],
        owner_email=owner_email[:200],
        deal_type=deal_type,
        by=MONDAY,
        at=at,
    )
    if changed:
        return f"The draft follows its deal: {', '.join(changed)}."
    return "The item is back." if is_back else "The deal has its quote already."


def _note_back(session: Session, quote: Quote, *, at: datetime) -> bool:
    """Whether the item had been away. What changed here meanwhile is written to it now."""
    if not quote.item_problem:
        return False
    quote.item_problem = ""
    history.record(session, quote, "item back", by=MONDAY, at=at)
    quotes.tell_the_deal(session, quote, at=at)
    return True


def contact_of(session: Session, board: Board, item: Item, *, at: datetime) -> Contact | None:
    """The first linked item that is on the CONTACTS board; one that we do not know yet is taken over."""
    column = board.column("contact")
    contacts_board = boards.of_role(session, BoardRole.CONTACTS)
    if column is None or contacts_board is None:
        return None
    for linked in items.linked(item.cell(column.column_id)):
        if linked.board_id in ("", contacts_board.board_id) and linked.is_active:
            values = mapping.contact_values(contacts_board, linked.name, linked.cells)
            return catalogue.take_contact(session, mid=linked.id, values=values, at=at)[0]
    return None


def links_to_nobody(board: Board, item: Item) -> bool:
    """Whether the deal says that it has no contact. Items that we may not see are links all the same."""
    column = board.column("contact")
    cell = item.cell(column.column_id) if column is not None else None
    return cell is not None and cell.get("linked_item_ids") == [] and not cell.get("linked_items")


def deal_type_of(board: Board, item: Item) -> str | None:
    """The deal's type as the board words it; None where no column says it."""
    column = board.column("deal_type")
    cell = item.cell(column.column_id) if column is not None else None
    return mapping.text_of(column, from_column_value(cell))[:50] if column and cell is not None else None


def owner_of(board: Board, item: Item) -> tuple[str, str]:
    """Name and e-mail of the deal's owner: who stands in the people column, else who made the item."""
    creator = item.creator or {}
    column = board.column("owner")
    cell = item.cell(column.column_id) if column is not None else None
    people = from_column_value(cell) if cell is not None else []
    first = people[0] if isinstance(people, list) and people and isinstance(people[0], Person) else None
    if cell is not None and (first is not None or cell.get("text")):
        if first is not None and first.id == str(creator.get("id")):
            return str(creator.get("name") or ""), str(creator.get("email") or "")
        return str(cell.get("text") or "").partition(",")[0].strip(), ""
    return str(creator.get("name") or ""), str(creator.get("email") or "")
