"""A quote's values on its deal: one call that sets them all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from betterform.actions import boards, share_links
from betterform.db import db
from betterform.models.board import Board, BoardRole
from betterform.models.quote import Quote
from betterform.monday import deals_in, documents, items, mapping
from betterform.monday.courier import Courier
from betterform.monday.errors import FixData, FixSettings, Gone
from betterform.monday.items import Item, confirmed
from betterform.monday.office import Office


def deliver(courier: Courier) -> dict[str, Any]:
    """Write the quote's form link and, once it is issued, number, dates, currency, total, state and link."""
    session = db.session()
    quote = session.get(Quote, courier.claim.record_id)
    if quote is None or quote.mid is None:
        return {"reason": "The quote belongs to no item."}
    board = board_of(session, BoardRole.DEALS)
    values = values_of(session, quote, courier.office)
    mid, board_id = quote.mid, board.board_id
    current = look_first(courier, board, mid, values)
    writing = fitted(board, values, current=current)
    if not writing.values:
        return {"reason": "No column is mapped that could be written.", "item": mid}
    write(courier, board_id, mid, writing)
    return {"item": mid, "columns": sorted(writing.values)}


def values_of(session: Session, quote: Quote, office: Office) -> dict[str, str]:
    """What the deal of a quote should say, by field. The quote belongs to an item."""
    return mapping.of_quote(
        quote,
        form_url=office.form_url(quote.mid or ""),
        customer_url=_customer_url(session, quote, office),
    )


def _customer_url(session: Session, quote: Quote, office: Office) -> str | None:
    """The open link, "" where none is open, None where one is open whose address only the board still has.

    That is so after a change of the secret key: the link in the column works and must stay there.
    """
    url = share_links.customer_url(session, quote, public_url=office.public_url, secret=office.secret_key)
    if url is None and not share_links.is_open(session, quote):
        return ""
    return url


def board_of(session: Session, role: BoardRole) -> Board:
    """The board of that role. Raises FixSettings where none is chosen."""
    board = boards.of_role(session, role)
    if board is None:
        raise FixSettings(
            f"No {role.value.upper()} board is chosen: connect the boards first.", code="mapping"
        )
    return board


def look_first(courier: Courier, board: Board, item_id: str, values: dict[str, str]) -> dict[str, str]:
    """What the item holds, where a field is written only if empty; else nothing, and no call."""
    if not mapping.must_look_first(board, values):
        return {}
    item = item_on(courier, board.board_id, item_id, columns=mapping.columns_to_read(board))
    return mapping.read(board, item.cells)


def item_on(courier: Courier, board_id: str, item_id: str, *, columns: Sequence[str]) -> Item:
    """The item, active and on that board: one that was moved keeps its id. Raises Gone."""
    item = items.fetch(courier.client, item_id, columns=columns)
    if item is None or not item.is_active:
        raise Gone("The item is no longer on the board.")
    if item.board_id and item.board_id != board_id:
        raise Gone("The item was moved to another board.")
    return item


def fitted(
    board: Board,
    values: dict[str, str],
    *,
    facts: dict[str, str] | None = None,
    current: dict[str, str] | None = None,
) -> mapping.Written:
    """The write JSON. Raises FixData in words where a value cannot be made to fit its column."""
    try:
        return mapping.written(board, values, facts=facts, current=current)
    except ValueError as error:
        raise FixData(str(error)) from error


def write(courier: Courier, board_id: str, item_id: str, writing: mapping.Written) -> None:
    """Set all values in one call. Raises Gone when monday says that the item is not active any more."""
    answer = courier.client.ask(
        documents.WRITE_VALUES,
        {
            "board": board_id,
            "item": item_id,
            "values": json.dumps(writing.values),
            "labels": writing.with_labels,
        },
        idempotency_key=courier.key_for("write", [item_id, writing.values]),
    )
    item = confirmed(answer, "change_multiple_column_values")
    if item.get("state") not in (None, "active"):
        raise Gone("The item is no longer on the board.")


def note_gone(session: Session, quote_id: int, *, at: datetime) -> None:
    """Have the quote say that its item is gone."""
    quote = session.get(Quote, quote_id)
    if quote is not None:
        deals_in.note_gone(session, quote, at=at)
