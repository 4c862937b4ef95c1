"""Contacts and products on their boards: made once, then only what changed here is written."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

from betterform import clock
from betterform.actions import catalogue, delivery_claims
from betterform.db import db, transaction
from betterform.models.board import Board, BoardRole
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.monday import documents, items, mapping
from betterform.monday.columns import as_held
from betterform.monday.courier import Courier
from betterform.monday.deals_out import board_of, fitted, look_first, write
from betterform.monday.errors import FixData, Gone
from betterform.monday.items import Item, confirmed

Record = TypeVar("Record", Contact, Product)

# monday's clock and ours may differ by that much.
CLOCK_DIFFERENCE = timedelta(minutes=2)


def deliver_contact(courier: Courier) -> dict[str, Any]:
    """Have the contact on the CONTACTS board as it is here."""
    contact = _after_others(Contact, courier.claim.record_id)
    if contact is None:
        return {"reason": "The contact is no longer there."}
    return _deliver(courier, contact, BoardRole.CONTACTS, mapping.of_contact(contact), marker="email")


def deliver_product(courier: Courier) -> dict[str, Any]:
    """Have the product on the PRODUCTS board as it is here."""
    product = _after_others(Product, courier.claim.record_id)
    if product is None:
        return {"reason": "The product is no longer there."}
    return _deliver(
        courier, product, BoardRole.PRODUCTS, mapping.of_product(product), marker="catalogue_number"
    )


def _after_others(kind: type[Record], record_id: int) -> Record | None:
    """The record as it is once nobody is changing it.

    Whoever is writing what was read from the board may have begun before the delivery was claimed, and so
    does not know of it. It is let finish first: else its old values could reach the record after we have
    looked, and the board would keep ours. Whoever begins now finds the delivery running.
    """
    with transaction() as session:
        return session.get(kind, record_id, with_for_update={"key_share": True}, populate_existing=True)


def _deliver(
    courier: Courier, record: Contact | Product, role: BoardRole, values: dict[str, str], *, marker: str
) -> dict[str, Any]:
    board = board_of(db.session(), role)
    archived = record.archived_at is not None
    if record.mid is None:
        since = delivery_claims.wanted_first(db.session(), courier.claim)
        made = _made_already(courier, board, values, marker, since) if since is not None else None
        if made is None and not archived:
            return _create(courier, board, record, values)
        if made is not None:
            _keep_id(courier, record, made, {})
        mid = made
    else:
        mid = record.mid
    if archived or mid is None:
        return {"reason": "It is archived here.", **({"item": mid} if mid is not None else {})}
    return _write_changes(courier, board, mid, values)


def _create(
    courier: Courier, board: Board, record: Contact | Product, values: dict[str, str]
) -> dict[str, Any]:
    """Make the item with all its values in one call."""
    writing = fitted(board, _without_name(values), facts=values)
    filled = {column: value for column, value in writing.values.items() if value is not None}
    courier.note_made_as({name: values[name] for name in catalogue.MARKERS if name in values})
    answer = courier.client.ask(
        documents.CREATE_ITEM,
        {
            "board": board.board_id,
            "name": values["name"],
            "values": json.dumps(filled),
            "labels": writing.with_labels,
        },
        idempotency_key=courier.key_for("create"),
    )
    mid = str(confirmed(answer, "create_item")["id"])
    result = {"item": mid, "created": True, "columns": sorted(filled)}
    if courier.claim.may_have_happened:
        # monday may have given the answer to an earlier attempt, which made it from older values.
        _keep_id(courier, record, mid, {})
        write(courier, board.board_id, mid, writing)
    _keep_id(courier, record, mid, {**writing.held, "name": values["name"]})
    return result


def _keep_id(courier: Courier, record: Contact | Product, mid: str, values: dict[str, str]) -> None:
    """Note the item's id at once: from now on the item is written to, never made again."""
    kind: type[Contact] | type[Product] = Contact if isinstance(record, Contact) else Product
    record_id = record.id
    with transaction() as session:
        kept: Any = session.get_one(kind, record_id, with_for_update=True)  # in full: `mid` is a unique key
        if kept.mid not in (None, mid):
            raise FixData("It has another item on the board already.")
        kept.mid = mid
        catalogue.remember_seen(session, mid, values, at=clock.now())


def _made_already(
    courier: Courier, board: Board, values: dict[str, str], marker: str, since: datetime
) -> str | None:
    """The item that an attempt without an answer made: the same marker or name, and made since then.

    What counts is what was sent then: the record may have been corrected since.
    """
    values = {**values, **delivery_claims.made_as(db.session(), courier.claim)}
    column = board.column(marker)
    by_marker = column is not None and bool(values.get(marker)) and column.column_type in ("text", "email")
    try:
        found = items.find(
            courier.client,
            board.board_id,
            column=column.column_id if column is not None and by_marker else "name",
            value=values[marker] if by_marker else values["name"],
        )
    except FixData:
        found = items.find(courier.client, board.board_id, column="name", value=values["name"])
    fresh = [item for item in found if item.is_active and _is_since(item, since)]
    taken = {mid for item in fresh if (mid := _taken(board, item))}
    return next((item.id for item in fresh if item.id not in taken), None)


def _is_since(item: Item, instant: datetime) -> bool:
    try:
        made = datetime.fromisoformat(item.created_at)
    except ValueError:
        return False
    return made.tzinfo is not None and made >= instant - CLOCK_DIFFERENCE


def _taken(board: Board, item: Item) -> str | None:
    """The item's id when another record has it."""
    kind = Contact if board.role == BoardRole.CONTACTS else Product
    return item.id if db.session().query(kind.id).filter(kind.mid == item.id).first() else None


def _write_changes(courier: Courier, board: Board, mid: str, values: dict[str, str]) -> dict[str, Any]:
    """Write the fields that differ from what the item held when we last looked. Nothing to do is an outcome."""
    seen = catalogue.seen(db.session(), mid)
    news = {name: value for name, value in values.items() if seen.get(name) != value}
    news = {name: value for name, value in news.items() if not _is_held(board, name, value, seen)}
    known = {name for name in news if name in seen or board.column(name) is not None}
    mapped = {name: value for name, value in news.items() if name == "name" or _is_ours(board, name)}
    mapped = _without_guessed_name(board, seen, mapped, changed=known)
    if not mapped:
        return {"reason": "The board holds all of it already.", "item": mid, "columns": []}
    current = look_first(courier, board, mid, mapped)
    writing = fitted(board, _without_name(mapped), facts=values, current=current)
    if "name" in mapped:
        writing.values["name"] = mapped["name"]
    if writing.values:
        try:
            write(courier, board.board_id, mid, writing)
        except Gone:
            _note_gone(board, mid)
            raise
    held = {**{name: current[name] for name in mapped if current.get(name)}, **writing.held}
    if "name" in mapped:
        held["name"] = mapped["name"]
    with transaction() as session:
        catalogue.remember_seen(session, mid, held, at=clock.now())
    reason = "" if writing.values else "The board holds all of it that may be written there."
    return {"item": mid, "columns": sorted(writing.values), "reason": reason}


def _is_held(board: Board, name: str, value: str, seen: dict[str, str]) -> bool:
    """Whether the board holds as much of a text as its column can."""
    column = board.column(name)
    return column is not None and seen.get(name) == as_held(column.column_type, value)


def _is_ours(board: Board, name: str) -> bool:
    column = board.column(name)
    return column is not None and mapping.may_be_written(column)


def _without_name(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name != "name"}


def _without_guessed_name(
    board: Board, seen: dict[str, str], values: dict[str, str], *, changed: Collection[str]
) -> dict[str, str]:
    """A contact's item is renamed only when the person's name changed here: people name items as they like."""
    if board.role != BoardRole.CONTACTS or "name" not in values or "name" in seen:
        return values
    parts = {"first_name", "last_name", "title", "company"}
    return values if parts & set(changed) else _without_name(values)


def _note_gone(board: Board, mid: str) -> None:
    kind = Contact if board.role == BoardRole.CONTACTS else Product
    with transaction() as session:
        catalogue.archive(session, kind, mid=mid, at=clock.now())
