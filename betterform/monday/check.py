"""Is everything set up? Each finding in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from betterform.actions import boards
from betterform.db import db
from betterform.models.board import Board, BoardRole, WritePolicy
from betterform.monday import connect, items, webhooks
from betterform.monday.client import API_VERSION, Client
from betterform.monday.connect import ROLES, Identity
from betterform.monday.errors import Refusal
from betterform.monday.fields import FIELDS, field_named
from betterform.monday.office import Office


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `level`: "fine", "note" (works, but) or "wrong"."""

    level: str
    about: str
    message: str


def everything(client: Client, office: Office) -> list[Finding]:
    """Token, version, boards, columns, webhooks. At most 2 + 3 calls; never raises Refusal."""
    try:
        identity = connect.who_am_i(client)
        shown = items.columns(client, [board.board_id for board in boards.every(db.session())])
    except Refusal as refusal:
        return [Finding("wrong", "token", refusal.message)]
    return [*_identity(identity), *_boards(shown), *_webhooks(client, office)]


def _identity(identity: Identity) -> list[Finding]:
    who = f"{identity.user_name} in the account {identity.account_name}"
    findings = [Finding("fine", "token", f"monday.com knows us as {who}.")]
    if identity.is_current:
        findings.append(
            Finding("fine", "version", f"API version {identity.version} is monday's current one.")
        )
    else:
        served = f"{identity.version} ({identity.version_kind})"
        findings.append(
            Finding(
                "note",
                "version",
                f"We ask for API version {API_VERSION}, monday serves {served}: update soon.",
            )
        )
    return findings


def _boards(shown: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    findings = []
    for role in ROLES:
        board = boards.of_role(db.session(), role)
        if board is None:
            findings.append(Finding("wrong", role.value, "No board is chosen. Run `monday connect`."))
        elif board.board_id not in shown:
            findings.append(Finding("wrong", role.value, f"monday.com shows us no board “{board.name}”."))
        else:
            findings.append(Finding("fine", role.value, f"The board “{board.name}” is there."))
            findings += _columns(role, board, shown[board.board_id])
    return findings


def _columns(role: BoardRole, board: Board, shown: Mapping[str, Any]) -> list[Finding]:
    live = {str(column["id"]): column for column in shown["columns"]}
    findings = []
    for column in board.columns:
        about = f"{role.value}.{column.field}"
        wanted = field_named(role, column.field)
        there = live.get(column.column_id)
        if there is None:
            findings.append(
                Finding("wrong", about, f"The column “{column.title}” is no longer on the board.")
            )
        elif wanted is not None and there["type"] not in wanted.types:
            fitting = " or ".join(wanted.types)
            message = f"The column “{there['title']}” is of type {there['type']}; it has to be {fitting}."
            findings.append(Finding("wrong", about, message))
        else:
            policy = "" if column.policy == WritePolicy.OVERWRITE else f" ({column.policy.replace('_', ' ')})"
            findings.append(Finding("fine", about, f"“{there['title']}”{policy}."))
    for wanted in FIELDS[role]:
        if board.column(wanted.name) is None:
            level = "wrong" if wanted.needed else "note"
            findings.append(
                Finding(level, f"{role.value}.{wanted.name}", f"No column holds {wanted.title.lower()}.")
            )
    return findings


def _webhooks(client: Client, office: Office) -> list[Finding]:
    findings = []
    for board in boards.every(db.session()):
        role, name = BoardRole(board.role), board.name
        known = {webhook.event: webhook.webhook_id for webhook in board.webhooks}
        wanted = [event for event in webhooks.EVENTS.get(role, ()) if _is_wanted(board, event)]
        try:
            live = webhooks.listed(client, board.board_id)
        except Refusal as refusal:
            findings.append(Finding("wrong", f"{role.value} webhooks", refusal.message))
            continue
        missing = [event for event in wanted if known.get(event) not in live]
        if missing:
            message = (
                f"monday.com does not tell us of {', '.join(missing)} on “{name}”. Run `monday connect`."
            )
            findings.append(Finding("wrong", f"{role.value} webhooks", message))
        else:
            findings.append(Finding("fine", f"{role.value} webhooks", f"All {len(wanted)} are registered."))
    try:
        webhooks.check_address(office)
    except Refusal as refusal:
        findings.append(Finding("wrong", "public address", refusal.message))
    return findings


def _is_wanted(board: Board, event: str) -> bool:
    return event != "change_specific_column_value" or board.column("contact") is not None
