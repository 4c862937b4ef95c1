"""Try with this item: what would be read from a deal and written to it, without changing anything.

What the worker would do is done by the same functions, and taken back before anything is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import boards, deliveries, quotes
from betterform.db import db, transaction
from betterform.errors import InvalidInput
from betterform.models.board import Board, BoardColumn, BoardRole, WritePolicy
from betterform.models.delivery import Target
from betterform.models.quote import Quote
from betterform.monday import deals_in, deals_out, documents, items, mapping, sync_in
from betterform.monday.client import Client
from betterform.monday.columns import READ_ONLY, Label, Value, from_column_value
from betterform.monday.fields import FIELDS, field_named
from betterform.monday.items import Item
from betterform.monday.office import Office

OFFERED = 10
OVERTAKEN = "The item changed just now and is being read by itself; look at it again."
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that is read from the deal. `value` is "" where the deal does not say it."""

    title: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """What would become of one column. `outcome`: write, same, left, later or misfit; `note` says why."""

    title: str  # of the column
    field: str
    current: str
    value: str
    outcome: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """An item looked at. With `problem`, nothing would be read or written."""

    item_id: str
    name: str
    problem: str = ""
    quote_id: int | None = None  # of the quote that it has already
    quote_words: str = ""
    readings: tuple[Reading, ...] = ()
    contact: tuple[Reading, ...] = ()
    writings: tuple[Writing, ...] = ()

    @property
    def count(self) -> int:
        """How many columns would be written."""
        return sum(writing.outcome == "write" for writing in self.writings)

    @property
    def misfits(self) -> int:
        """How many values do not fit their columns."""
        return sum(writing.outcome == "misfit" for writing in self.writings)


@dataclass(frozen=True, slots=True)
class Carried:
    """What *Write now* did. `quote_id` is None where there is no quote."""

    quote_id: int | None
    words: str


def item_id_in(typed: str) -> str | None:
    """The item that an id or the address of an item names; None for words to search by.

    Raises InvalidInput for an address that names no item.
    """
    typed = typed.strip()
    if re.fullmatch(r"[0-9]{1,20}", typed):
        return typed
    if "://" not in typed and "/boards/" not in typed:
        return None
    found = re.search(r"/(?:pulses|items)/([0-9]{1,20})(?![0-9])|[?&](?:pulseId|itemId)=([0-9]{1,20})", typed)
    if found is None:
        raise InvalidInput(
            "This address names no item. Open the item on monday.com and copy the address from there."
        )
    return found.group(1) or found.group(2)


def offered(client: Client, words: str = "") -> list[Item]:
    """The newest deals, those whose name holds `words` if any are given. One call; raises Refusal."""
    asked: dict[str, Any] = {"board": _board(db.session()).board_id, "limit": OFFERED}
    if words:
        data = client.ask(documents.ITEMS_NAMED, {**asked, "words": [words]})
    else:
        data = client.ask(documents.NEWEST_ITEMS, asked)
    shown = (data.get("boards") or [None])[0]
    found = (shown or {}).get("items_page", {}).get("items") or []
    return [Item.read(item) for item in found if item]


def _board(session: Session) -> Board:
    return deals_out.board_of(session, BoardRole.DEALS)


def look(client: Client, office: Office, item_id: str) -> Trial:
    """What would be read and written. One call; raises Refusal."""
    session = db.session()
    board = _board(session)
    contacts_board = boards.of_role(session, BoardRole.CONTACTS)
    board_id = board.board_id
    item = items.fetch_deal(
        client,
        item_id,
        columns=mapping.columns_to_read(board),
        contact_columns=mapping.columns_to_read(contacts_board),
    )
    if item is None:
        return Trial(item_id, f"Item {item_id}", "monday.com knows no such item, or we may not see it.")
    if item.board_id and item.board_id != board_id:
        return Trial(item_id, item.name, "This item is on another board than the deals.")
    if not item.is_active:
        return Trial(item_id, item.name, f"The item is {item.state}: nothing is read from it or written.")
    return _imagined(lambda session: _tried(session, office, item))


class _TakenBack(Exception):
    """Ends a transaction of which nothing is to be kept."""


def _imagined(work: Callable[[Session], Result]) -> Result:
    """Do it and take it back. What `work` returns must not hold records."""
    results: list[Result] = []
    with suppress(_TakenBack), transaction() as session:
        results.append(work(session))
        raise _TakenBack
    return results[0]


def _tried(session: Session, office: Office, item: Item) -> Trial:
    board = _board(session)
    before = quotes.find_by_item(session, item.id)
    quote_id = before.id if before is not None else None
    outcome = deals_in.take(session, board, item, at=clock.now())
    session.flush()
    quote = quotes.find_by_item(session, item.id)
    if quote is None:
        return Trial(item.id, item.name, outcome)
    return Trial(
        item.id,
        item.name,
        quote_id=quote_id,
        quote_words=_quote_words(quote, outcome, is_new=quote_id is None),
        readings=tuple(_readings(board, item)),
        contact=tuple(_contact(session, board, item)),
        writings=tuple(_writings(session, office, board, item, quote)),
    )


def _quote_words(quote: Quote, outcome: str, *, is_new: bool) -> str:
    if is_new:
        return "It has no quote yet: a draft would be made."
    if not quote.is_draft:
        return f"It has the quote {quote.number or quote.display_name} ({quote.state}). What was issued never changes."
    follows = outcome.partition("The draft follows its deal: ")[2].rstrip(".")
    if follows:
        changed = follows.replace("contact_id", "contact").replace("_", " ")
        return f"It has a draft already, which would follow its deal in: {changed}."
    return "It has a draft already, which says the same as the deal."


def _readings(board: Board, item: Item) -> list[Reading]:
    """What is read from the deal itself; its contact is told apart."""
    name, email = deals_in.owner_of(board, item)
    owner = f"{name} ({email})" if email else name
    found = [Reading("Name", item.name)]
    values = mapping.read(board, item.cells)
    for field in deals_in.FOLLOWED:
        title = _title(BoardRole.DEALS, field)
        note = "" if board.column(field) is not None else "No column is chosen for it."
        if field == "owner":
            whose = "" if not note else f"{note} Whoever made the item is taken."
            found.append(Reading(title, owner, whose))
        elif field != "contact":
            found.append(Reading(title, values.get(field, ""), note))
    return found


def _contact(session: Session, board: Board, item: Item) -> list[Reading]:
    """The linked contact, field by field, as it would be taken over."""
    contact = deals_in.contact_of(session, board, item, at=clock.now())
    if contact is None:
        return []
    session.flush()
    values = mapping.of_contact(contact)
    shown = [Reading("Contact", contact.display_name)]
    return shown + [
        Reading(field.title, values[field.name])
        for field in FIELDS[BoardRole.CONTACTS]
        if values.get(field.name)
    ]


def _writings(session: Session, office: Office, board: Board, item: Item, quote: Quote) -> list[Writing]:
    """What would become of each mapped column that is ours to write."""
    values = deals_out.values_of(session, quote, office)
    found = []
    for field in FIELDS[BoardRole.DEALS]:
        column = board.column(field.name)
        if column is None or field.name in deals_in.FOLLOWED:
            continue
        cell = item.cell(column.column_id)
        if field.name == "pdf":
            found.append(_pdf(column, cell, quote))
        else:
            found.append(_writing(board, column, cell, values, item))
    return found


def _writing(
    board: Board,
    column: BoardColumn,
    cell: Mapping[str, Any] | None,
    values: Mapping[str, str],
    item: Item,
) -> Writing:
    field = _title(BoardRole.DEALS, column.field)
    title = column.title or field
    if cell is None:
        later = (
            ", so this could not be written once the quote is issued" if column.field not in values else ""
        )
        return Writing(title, field, "", "", "misfit", f"The column is no longer on the board{later}.")
    shown = from_column_value(cell)
    current, now = mapping.text_of(column, shown), _shown(column, shown)
    if column.field not in values:
        return Writing(title, field, now, "", "later", "Written once the quote is issued.")
    if cell.get("type") != column.column_type:
        note = f"The column is now of type {cell.get('type')}: save the board's columns again."
        return Writing(title, field, now, "", "misfit", note)
    text = values[column.field]
    try:
        value = mapping.value_for(column, text, values)
        written = mapping.written(
            board, {column.field: text}, facts=values, current=mapping.read(board, item.cells)
        )
    except ValueError as error:
        return Writing(title, field, now, text, "misfit", str(error))
    new = _shown(column, value)
    if not written.values:
        return Writing(title, field, now, new, "left", _why_left(column))
    if mapping.text_of(column, value) == current:
        return Writing(
            title, field, now, now, "same", "Nothing to do."
        )  # a label may be called otherwise now
    return Writing(title, field, now, new, "write", "" if text else "The column would be emptied.")


def _why_left(column: BoardColumn) -> str:
    if column.policy == WritePolicy.NEVER:
        return "Left alone: this column is never written."
    if column.column_type in READ_ONLY:
        return "Left alone: monday.com lets nobody write this type of column."
    if column.policy == WritePolicy.IF_EMPTY:
        return "Left alone: it is written only where it is empty."
    return "Left alone: a column of this type cannot say it."


def _pdf(column: BoardColumn, cell: Mapping[str, Any] | None, quote: Quote) -> Writing:
    """The file column: files are uploaded by a delivery of their own."""
    shown = from_column_value(cell) if cell is not None else ""
    current = _shown(column, shown)
    title, field = column.title or "Quote PDF", _title(BoardRole.DEALS, "pdf")
    if cell is None:
        return Writing(title, field, "", "", "misfit", "The column is no longer on the board.")
    if quote.is_draft:
        return Writing(title, field, current, "", "later", "Uploaded once the quote is issued.")
    note = "The PDF is uploaded by itself; one that is there already is not uploaded again."
    return Writing(title, field, current, "", "later", note)


def _shown(column: BoardColumn, value: Value) -> str:
    """A value as the board words it."""
    if isinstance(value, Label):
        return value.text or f"label number {value.id}"
    if isinstance(value, list) and value and isinstance(value[0], Label):
        return ", ".join(entry.text for entry in value if isinstance(entry, Label))
    return mapping.text_of(column, value)


def _title(role: BoardRole, name: str) -> str:
    field = field_named(role, name)
    return field.title if field is not None else name.replace("_", " ").capitalize()


def carry_out(client: Client, item_id: str) -> Carried:
    """Write to the item for real: its quote is delivered, or made as the webhook would make it.

    Only an item without a quote costs a call. Raises Refusal.
    """
    reading: Session = db.session()
    if quotes.find_by_item(reading, item_id) is None:
        read_at = clock.now()
        finding = deals_in.look(client, _board(reading), item_id)
        with transaction() as session:
            words = sync_in.apply_unless_overtaken(session, finding, item_id, read_at=read_at)
            quote = quotes.find_by_item(session, item_id)
            return Carried(quote.id if quote is not None else None, words if words is not None else OVERTAKEN)
    with transaction() as session:
        quote = quotes.find_by_item(session, item_id)
        if quote is None:
            return Carried(None, "The quote is no longer there.")
        wanted = [Target.DEAL] if quote.is_draft else [Target.DEAL, Target.DEAL_PDF]
        for target in wanted:
            deliveries.want(session, target, record_type="quote", record_id=quote.id, at=clock.now())
        return Carried(quote.id, "The quote is on its way to the board.")
