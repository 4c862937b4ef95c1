"""The webhooks that we ask monday for: one per board and event, registered once, repaired, removed."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass

import requests

from betterform.actions import boards
from betterform.db import db, transaction
from betterform.models.board import Board, BoardRole
from betterform.monday import documents
from betterform.monday.client import Client
from betterform.monday.errors import FixSettings, Gone, Refusal
from betterform.monday.items import confirmed
from betterform.monday.office import Office

LONGEST_URL = 255
PROBE_SECONDS = 10.0

CATALOGUE_EVENTS = (
    "create_item",
    "change_name",
    "change_column_value",
    "item_archived",
    "item_deleted",
    "item_restored",
)
# Of a deal's columns only the contact matters; the others are written by us and would only echo.
DEAL_EVENTS = (
    "create_item",
    "change_name",
    "change_specific_column_value",
    "item_archived",
    "item_deleted",
    "item_restored",
)
EVENTS: dict[BoardRole, tuple[str, ...]] = {
    BoardRole.DEALS: DEAL_EVENTS,
    BoardRole.CONTACTS: CATALOGUE_EVENTS,
    BoardRole.PRODUCTS: CATALOGUE_EVENTS,
}


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of one webhook: "made", "kept" or "not possible" with the reason."""

    role: str
    event: str
    outcome: str
    reason: str = ""


def register(client: Client, office: Office) -> list[Registered]:
    """Have every webhook that we need, once. Raises FixSettings when our own address does not answer."""
    check_address(office)
    results = []
    for board in boards.every(db.session()):
        results += _register_board(client, office, board)
    return results


def check_address(office: Office) -> None:
    """Ask our own door as monday will. monday itself would only say "Internal Server Error"."""
    url = office.webhook_url
    if len(url) > LONGEST_URL:
        raise FixSettings(
            f"The webhook address is longer than the {LONGEST_URL} characters that monday takes."
        )
    where = f"{office.public_url}/monday/webhook/…"
    try:
        answer = requests.post(
            url, json={"challenge": "betterform"}, timeout=PROBE_SECONDS, allow_redirects=False
        )
        told = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError):
        told = None
    if told != {"challenge": "betterform"}:
        raise FixSettings(
            f"{where} does not answer as it should. Start the web server, and check that PUBLIC_URL is the"
            " address under which the internet reaches it."
        )


def _register_board(client: Client, office: Office, board: Board) -> list[Registered]:
    role, board_id = BoardRole(board.role), board.board_id
    wanted = {event: _config(board, event) for event in EVENTS.get(role, ())}
    known = {webhook.event: webhook.webhook_id for webhook in board.webhooks}
    live = listed(client, board_id)
    results = []
    for event, config in wanted.items():
        if event == "change_specific_column_value" and config is None:
            continue
        if known.get(event) in live:
            results.append(Registered(role.value, event, "kept"))
            continue
        results.append(_make(client, office, role, board_id, event, config))
    return results


def _config(board: Board, event: str) -> str | None:
    contact = board.column("contact")
    if event == "change_specific_column_value" and contact is not None:
        return json.dumps({"columnId": contact.column_id})
    return None


def listed(client: Client, board_id: str) -> set[str]:
    """The ids of the webhooks that are live on a board."""
    data = client.ask(documents.WEBHOOKS, {"board": board_id})
    return {str(webhook["id"]) for webhook in data.get("webhooks") or [] if webhook}


def _make(
    client: Client, office: Office, role: BoardRole, board_id: str, event: str, config: str | None
) -> Registered:
    asked = {"board": board_id, "url": office.webhook_url, "event": event, "config": config}
    try:
        made = confirmed(client.ask(documents.CREATE_WEBHOOK, asked), "create_webhook")
    except Refusal as refusal:
        return Registered(role.value, event, "not possible", refusal.message)
    with transaction() as session:
        board = boards.of_monday_id(session, board_id)
        if board is not None:
            boards.remember_webhook(session, board, event=event, webhook_id=str(made["id"]))
    return Registered(role.value, event, "made")


def remove(client: Client) -> int:
    """Take all our webhooks away again. Returns how many."""
    ours = [
        (board.board_id, webhook.event, webhook.webhook_id)
        for board in boards.every(db.session())
        for webhook in board.webhooks
    ]
    for board_id, event, webhook_id in ours:
        with contextlib.suppress(Gone):  # somebody took it away already
            client.ask(documents.DELETE_WEBHOOK, {"webhook": webhook_id})
        with transaction() as session:
            board = boards.of_monday_id(session, board_id)
            if board is not None:
                boards.forget_webhook(session, board, event=event)
    return len(ours)
