"""Is everything set up? Each finding in plain words, grouped by what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from betterform import clock
from betterform.actions import boards
from betterform.actions.company import get_company
from betterform.db import db
from betterform.models.board import BoardRole
from betterform.monday import board_setup, check_columns, connect, items, public_address, webhook_standings
from betterform.monday.client import API_VERSION, Client
from betterform.monday.connect import ROLES, Identity
from betterform.monday.errors import Refusal, WaitUntilTomorrow
from betterform.monday.guessing import ShownColumn
from betterform.monday.office import Office
from betterform.monday.patience import counted_anew
from betterform.monday.webhook_standings import BoardStanding, State

LEVELS = ("wrong", "note", "fine")  # as they are shown
FEW_CALLS_LEFT = Decimal("0.1")  # of the day's
REPAIR = "Repair the webhooks in the settings, or run “flask monday connect”."


class Place(StrEnum):
    """Where in the settings something is put right."""

    ACCOUNT = "account"
    BOARD = "board"  # which board plays the part
    COLUMNS = "columns"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True)
class Repair:
    """The place where a finding is put right; of a board with its role, of a column with its field too."""

    place: Place
    role: BoardRole | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `level`: "fine", "note" (works, but) or "wrong".

    Without `repair` there is nothing to put right, or not in the settings.
    """

    level: str
    about: str
    message: str
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found about one thing: the account, a board, the webhooks. What is wrong comes first."""

    title: str
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, title: str, findings: Iterable[Finding]) -> Group:
        return cls(title, tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level))))

    @property
    def level(self) -> str:
        """The worst of its findings."""
        return self.findings[0].level if self.findings else "fine"


def everything(client: Client, office: Office) -> list[Group]:
    """Token, version, boards, columns, labels, webhooks, our address. At most 2 + 3 calls; never raises Refusal.

    Once monday lets us in, what was held back because it did not is due again.
    """
    try:
        identity, again = connect.refresh(client)
        shown = items.columns(client, [board.board_id for board in boards.every(db.session())])
    except Refusal as refusal:
        return [Group.of("monday.com", [_refused(refusal)]), _address(office)]
    return [
        Group.of("monday.com", [*_account(identity, again), *_calls(identity)]),
        *[_board(role, shown, identity) for role in ROLES],
        Group.of("Webhooks", _webhooks(client, office)),
        _address(office),
    ]


def counts(groups: Iterable[Group]) -> dict[str, int]:
    """How many findings of each level there are."""
    found = [finding.level for group in groups for finding in group.findings]
    return {level: found.count(level) for level in LEVELS}


def summary(groups: Iterable[Group]) -> str:
    """One line, the worst first: "2 things are wrong, 1 is worth a note, 20 are fine."."""
    count = counts(groups)
    parts = []
    if count["wrong"]:
        parts.append("1 thing is wrong" if count["wrong"] == 1 else f"{count['wrong']} things are wrong")
    if count["note"]:
        parts.append("1 is worth a note" if count["note"] == 1 else f"{count['note']} are worth a note")
    parts.append("1 is fine" if count["fine"] == 1 else f"{count['fine']} are fine")
    if len(parts) == 1:
        return "Everything is fine."
    return ", ".join(parts) + "."


def _refused(refusal: Refusal) -> Finding:
    about, message = "Token" if refusal.whole_account else "Connection", refusal.message
    if isinstance(refusal, WaitUntilTomorrow):
        message = f"{message} That is at {_in_the_office(counted_anew(clock.now()))}."
    return Finding("wrong", about, message, Repair(Place.ACCOUNT))


def _account(identity: Identity, again: int) -> list[Finding]:
    """Who we are to monday, and how much goes on `again` that had waited for it."""
    who = f"{identity.user_name} in the account {identity.account_name}"
    findings = [Finding("fine", "Token", f"monday.com knows us as {who}.")]
    if again:
        what = "1 thing that waited for it goes" if again == 1 else f"{again} things that waited for it go"
        findings.append(Finding("fine", "Held back", f"monday.com lets us in again: {what} on now."))
    return [*findings, _version(identity)]


def _version(identity: Identity) -> Finding:
    if identity.is_current:
        return Finding("fine", "API version", f"API version {identity.version} is monday's current one.")
    served = f"{identity.version} ({identity.version_kind.replace('_', ' ')})"
    message = f"We ask for API version {API_VERSION}, monday serves {served}: update betterform soon."
    return Finding("note", "API version", message)


def _calls(identity: Identity) -> list[Finding]:
    """How many of the day's calls are left; nothing where monday tells no limit."""
    limit = identity.daily_limit
    if not limit:
        return []
    used = boards.calls_on(db.session(), clock.now().date())
    left = max(limit - used, Decimal(0))
    until = _in_the_office(counted_anew(clock.now()))
    message = f"{used:,.0f} of {limit:,} calls are used; {left:,.0f} are left until {until}."
    if not left:
        message = f"{message} Until then nothing can be read or written."
        return [Finding("wrong", "Calls today", message, Repair(Place.ACCOUNT))]
    level = "note" if left < limit * FEW_CALLS_LEFT else "fine"
    return [Finding(level, "Calls today", message, Repair(Place.ACCOUNT))]


def _in_the_office(instant: datetime) -> str:
    """The time of day in the company's time zone: "01:00 (Europe/Zurich)"."""
    zone = get_company(db.session()).time_zone
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M} ({zone})"


def _board(role: BoardRole, shown: Mapping[str, Mapping[str, Any]], identity: Identity) -> Group:
    board = boards.of_role(db.session(), role)
    part = role.value.upper()
    if board is None:
        message = "No board is chosen. Choose one in the settings, or run “flask monday connect”."
        return Group.of(part, [Finding("wrong", "Board", message, Repair(Place.BOARD, role))])
    title = part if board.name.casefold() in ("", role.value) else f"{part}: {board.name}"
    there = shown.get(board.board_id)
    if there is None:
        message = (
            f"monday.com shows us no board “{board.name}”: it was archived or deleted, or"
            f" {identity.user_name} may not see it."
        )
        return Group.of(title, [Finding("wrong", "Board", message, Repair(Place.BOARD, role))])
    findings = [Finding("fine", "Board", f"The board “{there.get('name') or board.name}” is there.")]
    findings += _permissions(there, identity)
    board_setup.note_labels(role, map(ShownColumn.read, there["columns"]))
    findings += [
        Finding(level, about, message, Repair(Place.COLUMNS, role, field))
        for level, about, message, field in check_columns.of_board(db.session(), role, board, there)
    ]
    return Group.of(title, findings)


def _permissions(there: Mapping[str, Any], identity: Identity) -> list[Finding]:
    """Who may write on the board, as far as monday tells: a word for the circle, not whether we are in it."""
    circle = str(there.get("permissions") or "")
    if circle in ("", "everyone"):
        return []
    message = (
        f"Only some people may change items here (monday.com says: {circle.replace('_', ' ')});"
        f" {identity.user_name} has to be one of them."
    )
    return [Finding("note", "Permissions", message)]


def _webhooks(client: Client, office: Office) -> list[Finding]:
    session = db.session()
    findings, live = [], {}
    for board_id, role in [(board.board_id, board.role) for board in boards.every(session)]:
        try:
            live[board_id] = webhook_standings.listed(client, board_id)
        except Refusal as refusal:
            findings.append(Finding("wrong", role.upper(), refusal.message, Repair(Place.WEBHOOKS)))
    for standing in webhook_standings.of_boards(session, office, live):
        if standing.board_id in live:
            findings += _webhooks_of(standing)
    none = "There is no board that could tell us anything: choose the boards first."
    return findings or [Finding("wrong", "Webhooks", none, Repair(Place.BOARD, ROLES[0]))]


def _webhooks_of(board: BoardStanding) -> list[Finding]:
    about = board.role.value.upper()
    place = Repair(Place.WEBHOOKS)
    by_state = {state: [one.wanted.words for one in board.webhooks if one.state is state] for state in State}
    findings = []
    silent = by_state[State.UNREGISTERED] + by_state[State.MISSING]
    if silent:
        what = "; ".join(silent)
        message = f"monday.com does not tell us of this on “{board.name}”: {what}. {REPAIR}"
        findings.append(Finding("wrong", about, message, place))
    if by_state[State.ELSEWHERE]:
        what = "; ".join(by_state[State.ELSEWHERE])
        message = f"Made for another address than the present one, so nothing arrives: {what}. {REPAIR}"
        findings.append(Finding("wrong", about, message, place))
    if by_state[State.UNNEEDED] or board.doubles:
        count = len(by_state[State.UNNEEDED]) + len(board.doubles)
        words = "1 webhook is" if count == 1 else f"{count} webhooks are"
        findings.append(Finding("note", about, f"{words} not needed any more. {REPAIR}", place))
    if not findings:
        findings.append(Finding("fine", about, f"All {len(board.webhooks)} are registered."))
    return findings


def _address(office: Office) -> Group:
    findings = []
    try:
        public_address.check(office)
    except Refusal as refusal:
        findings.append(Finding("wrong", "Public address", refusal.message))
    else:
        findings.append(
            Finding("fine", "Public address", f"{office.public_url} answers as monday.com wants it.")
        )
    if advice := public_address.advice(office):
        findings.append(Finding("note", "Public address", advice))
    return Group.of("Our address", findings)
