"""A quote's PDF in the file column of its deal: uploaded once, confirmed, older ones of ours retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import delivery_claims, quotes
from betterform.db import db
from betterform.models.board import BoardRole
from betterform.models.delivery import Delivery, Target
from betterform.models.quote import Quote
from betterform.monday import documents
from betterform.monday.columns import File
from betterform.monday.courier import Courier
from betterform.monday.deals_out import board_of, item_on
from betterform.monday.errors import FixSettings, TryAgain


def deliver(courier: Courier) -> dict[str, Any]:
    """Have the quote's PDF in the file column, exactly once."""
    session = db.session()
    quote = session.get(Quote, courier.claim.record_id)
    document = quotes.document_of(session, quote) if quote is not None else None
    if quote is None or document is None or quote.mid is None:
        return {"reason": "There is no issued PDF for an item."}
    board = board_of(session, BoardRole.DEALS)
    column = board.column("pdf")
    if column is None or column.column_type != "file":
        raise FixSettings("No file column is mapped for the PDF.", code="mapping")
    mid, board_id, column_id = quote.mid, board.board_id, column.column_id
    is_repeated = courier.claim.may_have_happened or delivery_claims.was_delivered_before(
        session, courier.claim
    )
    ours = assets_of_ours(session, mid)
    document_id = document.id
    if not document.is_printed:
        courier.keep_claim(2 * courier.office.print_seconds)  # others may be printing before us
    printed = courier.office.printed(document_id)
    name, content = printed.filename, printed.pdf or b""
    place = {
        "item": mid,
        "columns": [column_id],
        "name": name,
        "size": len(content),
        "sha256": printed.sha256,
    }

    asset_id = None
    if is_repeated:
        there = _files(courier, board_id, mid, column_id)
        asset_id = _same(there, name, len(content), ours)
    if asset_id is None:
        key = courier.key_for("upload", [mid, column_id, printed.sha256])
        asset_id = str(courier.client.upload(mid, column_id, name, content, idempotency_key=key)["id"])
    there = _files(courier, board_id, mid, column_id)
    if all(file.asset_id != asset_id for file in there):
        raise TryAgain("monday.com took the PDF, but it is not in the column.", may_have_happened=True)
    # Whoever gets an answer knows its file: only after a lost one may a file that looks the same be ours.
    doubles = {
        file.asset_id for file in there if is_repeated and (file.name, file.size) == (name, len(content))
    }
    old = [file for file in there if file.asset_id and file.asset_id in (ours | doubles) - {asset_id}]
    if old:
        _retire(courier, board_id, mid, column_id, [file for file in there if file not in old])
    return {**place, "asset": asset_id}


def assets_of_ours(session: Session, mid: str) -> set[str]:
    """The ids of all assets that we ever put on the item."""
    found = session.scalars(
        select(Delivery.result)
        .join(Quote, Quote.id == Delivery.record_id)
        .where(
            Quote.mid == mid,
            Delivery.record_type == "quote",
            Delivery.target == Target.DEAL_PDF.value,
            Delivery.finished_at.is_not(None),
        )
    )
    return {
        str(result["asset"])
        for result in found
        if result and result.get("asset") and result.get("item") == mid
    }


def _files(courier: Courier, board_id: str, mid: str, column_id: str) -> list[File]:
    return item_on(courier, board_id, mid, columns=[column_id]).files(column_id)


def _same(there: Sequence[File], name: str, size: int, ours: set[str]) -> str | None:
    """The asset that an attempt without an answer left behind: same name and size; a known one first."""
    same = [file.asset_id for file in there if file.asset_id and file.name == name and file.size == size]
    return next((asset for asset in same if asset in ours), same[0] if same else None)


def _retire(courier: Courier, board_id: str, mid: str, column_id: str, kept: Sequence[File]) -> None:
    """Leave `kept` in the column and nothing else; people's own files are among them."""
    files = [_as_input(file) for file in kept]
    courier.client.ask(
        documents.KEEP_ASSETS,
        {"board": board_id, "item": mid, "column": column_id, "files": files},
        idempotency_key=courier.key_for("retire", [mid, column_id, files]),
    )


def _as_input(file: File) -> dict[str, Any]:
    """A file of the column as monday wants it given back."""
    if file.asset_id is not None:
        return {"fileType": "asset", "name": file.name, "assetId": file.asset_id}
    entry: Mapping[str, Any] = file.entry or {}
    if entry.get("object_id"):
        return {"fileType": "doc", "name": file.name or "document", "objectId": str(entry["object_id"])}
    return {"fileType": str(entry.get("kind") or "link"), "name": file.name, "linkToFile": entry.get("url")}
