"""Columns that a board lacks, made by monday on request."""

from __future__ import annotations

import json
from typing import Any

from betterform.models.quote import QuoteState
from betterform.monday import documents
from betterform.monday.client import Client
from betterform.monday.errors import FixData, OurMistake
from betterform.monday.fields import Field
from betterform.monday.guessing import ShownColumn
from betterform.monday.items import confirmed
from betterform.monday.places import LANGUAGES, language_name

STATE_COLOURS = {
    QuoteState.DRAFT: "american_gray",
    QuoteState.SENT: "bright_blue",
    QuoteState.ACCEPTED: "done_green",
    QuoteState.DECLINED: "stuck_red",
    QuoteState.EXPIRED: "working_orange",
    QuoteState.CANCELLED: "blackish",
    QuoteState.REPLACED: "purple",
    QuoteState.INVOICED: "grass_green",
}


def make(
    client: Client, board_id: str, wanted: Field, *, contacts_board: str = "", key: str | None = None
) -> ShownColumn:
    """Have monday make the column of a field, of the type that fits best. One call, two at most.

    The same `key` within half an hour makes one column only, however often an answer is lost.
    """
    asked = {"board": board_id, "title": wanted.title, "type": wanted.types[0]}
    defaults = _defaults(wanted, contacts_board)
    if defaults is None:
        return _made(client, asked, key)
    try:
        return _made(client, {**asked, "defaults": json.dumps(defaults)}, key)
    except (FixData, OurMistake):
        if "boardIds" in defaults:
            raise  # a column that leads to no board is of no use
        # Labels can also be made one by one, when they are first written.
        return _made(client, asked, f"{key}-plain" if key else None)


def _made(client: Client, asked: dict[str, Any], key: str | None) -> ShownColumn:
    data = client.ask(documents.CREATE_COLUMN, asked, idempotency_key=key)
    return ShownColumn.read(confirmed(data, "create_column"))


def _defaults(wanted: Field, contacts_board: str) -> dict[str, Any] | None:
    """The settings of a new column: its labels, or the board that it leads to."""
    match wanted.name, wanted.types[0]:
        case "status", _:
            labels = [
                {"label": state.value.capitalize(), "color": colour, "index": place}
                for place, (state, colour) in enumerate(STATE_COLOURS.items())
            ]
            return {"labels": labels}
        case "language", "dropdown":
            return {"labels": [{"label": language_name(code)} for code in LANGUAGES]}
        case "contact", _ if contacts_board:
            return {"boardIds": [int(contacts_board)]}
    return None
