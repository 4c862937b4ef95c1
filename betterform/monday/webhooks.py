"""The webhooks that we ask monday for: one per board, event and column, registered once, repaired, removed."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from betterform.actions import board_webhooks, boards
from betterform.db import db, transaction
from betterform.models.board import Board, BoardRole
from betterform.monday import documents, public_address, webhook_standings
from betterform.monday.client import Client
from betterform.monday.errors import Gone, Refusal, TryAgain
from betterform.monday.items import confirmed
from betterform.monday.office import Office
from betterform.monday.webhook_standings import Live, Wanted, is_live, listed

MOST_TRIES = 3
LONGEST_WAIT_SECONDS = 5.0  # somebody looks at a page meanwhile
MOST_ROUNDS = 3

Wait = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of one webhook: "made", "kept", "repaired", "removed", or "not possible" with the reason."""

    role: str
    event: str
    outcome: str
    reason: str = ""
    column_id: str = ""
    words: str = ""  # of the event, in plain words


@dataclass(frozen=True, slots=True)
class _Row:
    """A webhook as we noted it."""

    webhook_id: str
    address_digest: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a board needs and what we have on it. Plain data: records would be read anew after each commit."""

    role: str
    board_id: str
    wanted: Mapping[tuple[str, str], Wanted]
    ours: Mapping[tuple[str, str], _Row]

    @classmethod
    def of(cls, board: Board) -> _Plan:
        return cls(
            role=board.role,
            board_id=board.board_id,
            wanted={wanted.key: wanted for wanted in webhook_standings.wanted_on(board)},
            ours={
                (row.event, row.column_id): _Row(row.webhook_id, row.address_digest) for row in board.webhooks
            },
        )

    def told(self, wanted: Wanted, outcome: str, reason: str = "") -> Registered:
        return Registered(self.role, wanted.event, outcome, reason, wanted.column_id, wanted.words)


def register(client: Client, office: Office, *, wait: Wait = time.sleep) -> list[Registered]:
    """Have every webhook that we need, once, and none that we do not need.

    Raises FixSettings when our own address does not answer as monday.com will want it.
    """
    public_address.check(office)
    plans = [_Plan.of(board) for board in boards.every(db.session())]
    return [result for plan in plans for result in _Registration(client, office, plan, wait).carry_out()]


class _Registration:
    """The webhooks of one board put in order."""

    def __init__(self, client: Client, office: Office, plan: _Plan, wait: Wait) -> None:
        self.client, self.office, self.plan, self.wait = client, office, plan, wait
        self.digest = webhook_standings.digest_of(office)

    def carry_out(self) -> list[Registered]:
        try:
            before = listed(self.client, self.plan.board_id)
        except Refusal as refusal:
            all_wanted = self.plan.wanted.values()
            return [self.plan.told(one, "not possible", refusal.message) for one in all_wanted]
        results = [*self._unneeded(), *self._doubles(before)]
        made: dict[tuple[str, str], str] = {}
        for key, wanted in self.plan.wanted.items():
            row = self.plan.ours.get(key)
            if row is not None and row.address_digest == self.digest and is_live(before, row.webhook_id, key):
                results.append(self.plan.told(wanted, "kept"))
                continue
            try:
                made[key] = self._made(wanted, row, before, dead=())
            except Refusal as refusal:
                results.append(self.plan.told(wanted, "not possible", refusal.message))
        return results + self._confirmed(made, before)

    def _unneeded(self) -> list[Registered]:
        """Take away what no column or event needs any more."""
        results = []
        for key, row in self.plan.ours.items():
            if key in self.plan.wanted:
                continue
            try:
                _delete(self.client, row.webhook_id)
            except Refusal as refusal:
                results.append(self.plan.told(Wanted(*key), "not possible", refusal.message))
                continue
            _forget(self.plan.board_id, key, row.webhook_id)
            results.append(self.plan.told(Wanted(*key), "removed", "It is not needed any more."))
        return results

    def _doubles(self, before: Mapping[str, Live]) -> list[Registered]:
        """Take away what leads to us although we do not know it."""
        results = []
        for webhook_id in webhook_standings.doubles(db.session(), before.values()):
            double = before[webhook_id]
            wanted = self.plan.wanted.get(double.key, Wanted(*double.key))
            try:
                _delete(self.client, webhook_id)
            except Refusal as refusal:
                results.append(self.plan.told(wanted, "not possible", refusal.message))
                continue
            results.append(self.plan.told(wanted, "removed", "It told us everything a second time."))
        return results

    def _made(
        self, wanted: Wanted, row: _Row | None, before: Mapping[str, Live], *, dead: Iterable[str]
    ) -> str:
        """Make it in place of what `row` notes, and note it. Returns the id of the one that counts."""
        instead_of = row.webhook_id if row is not None else ""
        if instead_of in before:
            # The old one goes first: it leads elsewhere, so nothing is lost between the two, and as long
            # as it cannot be deleted we still know it.
            _delete(self.client, instead_of)
        made = self._created(wanted, before, dead)
        with transaction() as session:
            counts = board_webhooks.remember(
                session,
                self.plan.board_id,
                event=wanted.event,
                column_id=wanted.column_id,
                webhook_id=made,
                address_digest=self.digest,
                instead_of=instead_of,
            )
        if counts != made:
            _delete(self.client, made)  # somebody else pressed the button too, or the board was changed
        return counts or ""

    def _created(self, wanted: Wanted, before: Mapping[str, Live], dead: Iterable[str]) -> str:
        """Have monday make it, once also when its answer is lost. Returns the id; raises Refusal.

        monday shows no addresses, so after a lost answer the list is compared with the one from before:
        what is there now for this very event, was not there seconds ago and nobody noted is what we
        asked for. Two such would be guessing, so then nothing is taken. Where there is none, the call
        has not arrived or is still under way, and it is made again under the same key: for half an hour
        monday answers that with the webhook it made first, also to somebody else or after a crash.
        """
        asked = {
            "board": self.plan.board_id,
            "url": self.office.webhook_url,
            "event": wanted.event,
            "config": wanted.config,
        }
        parts = ["webhook", self.plan.board_id, *wanted.key, self.digest, *dead]
        key = hashlib.sha256(":".join(parts).encode()).hexdigest()
        for attempt in range(1, MOST_TRIES + 1):
            try:
                answer = self.client.ask(documents.CREATE_WEBHOOK, asked, idempotency_key=key)
                return str(confirmed(answer, "create_webhook")["id"])
            except Refusal as refusal:
                found = self._appeared(wanted, before) if refusal.may_have_happened else []
                if len(found) == 1:
                    return found[0]
                if found or not isinstance(refusal, TryAgain) or attempt == MOST_TRIES:
                    raise
                self.wait(min(refusal.after_seconds or attempt, LONGEST_WAIT_SECONDS))
        raise AssertionError("the last attempt returns or raises")

    def _appeared(self, wanted: Wanted, before: Mapping[str, Live]) -> list[str]:
        """The ids of webhooks like it that were not there before and that nobody noted."""
        now = listed(self.client, self.plan.board_id)
        known = board_webhooks.known_ids(db.session())
        return [
            one.id
            for one in now.values()
            if one.key == wanted.key and one.id not in before and one.id not in known
        ]

    def _confirmed(self, made: Mapping[tuple[str, str], str], before: Mapping[str, Live]) -> list[Registered]:
        """Look whether monday lists what it says it made.

        Within half an hour of a removal it may answer with the webhook of back then, which is no more;
        then the next one is asked for under another key.
        """
        results: list[Registered] = []
        dead: dict[tuple[str, str], list[str]] = {key: [] for key in made}
        open_ones = dict(made)
        for last in [*[False] * (MOST_ROUNDS - 1), True]:
            if not open_ones:
                break
            try:
                now = listed(self.client, self.plan.board_id)
            except Refusal:
                now = None  # monday said that it made them; the next look tells
            for key, webhook_id in list(open_ones.items()):
                wanted = self.plan.wanted[key]
                if now is None or is_live(now, webhook_id, key):
                    outcome = "repaired" if key in self.plan.ours else "made"
                    results.append(self.plan.told(wanted, outcome))
                    del open_ones[key]
                    continue
                try:
                    if last:
                        raise TryAgain("monday.com says that it made the webhook, but does not list it.")
                    dead[key].append(webhook_id)
                    _delete(self.client, webhook_id)  # it may be that the list is late
                    row = _Row(webhook_id, self.digest)
                    open_ones[key] = self._made(wanted, row, before, dead=dead[key])
                except Refusal as refusal:
                    results.append(self.plan.told(wanted, "not possible", refusal.message))
                    del open_ones[key]
        return results


def remove(client: Client) -> int:
    """Take all our webhooks away again. Returns how many. Raises Refusal."""
    plans = [_Plan.of(board) for board in boards.every(db.session())]
    count = 0
    for plan in plans:
        for key, row in plan.ours.items():
            _remove(client, plan, key, row)
            count += 1
        with contextlib.suppress(Gone):  # a board that is no more has no webhooks either
            for double in webhook_standings.doubles(db.session(), listed(client, plan.board_id).values()):
                _delete(client, double)
                count += 1
    return count


def leave(client: Client, role: BoardRole, board_id: str) -> None:
    """Take our webhooks off the board that plays the part now, where `board_id` is to play it.

    What cannot be taken away, such as on a board that we may not see any more, does no harm: events of
    boards that play no part are kept and nothing follows from them.
    """
    now = boards.of_role(db.session(), role)
    if now is None or now.board_id == board_id:
        return
    plan = _Plan.of(now)
    for key, row in plan.ours.items():
        with contextlib.suppress(Refusal):
            _remove(client, plan, key, row)
    with contextlib.suppress(Refusal):
        for double in webhook_standings.doubles(db.session(), listed(client, plan.board_id).values()):
            with contextlib.suppress(Refusal):
                _delete(client, double)


def _remove(client: Client, plan: _Plan, key: tuple[str, str], row: _Row) -> None:
    _delete(client, row.webhook_id)
    _forget(plan.board_id, key, row.webhook_id)


def _delete(client: Client, webhook_id: str) -> None:
    with contextlib.suppress(Gone):  # somebody took it away already
        client.ask(documents.DELETE_WEBHOOK, {"webhook": webhook_id})


def _forget(board_id: str, key: tuple[str, str], webhook_id: str) -> None:
    with transaction() as session:
        board_webhooks.forget(session, board_id, event=key[0], column_id=key[1], webhook_id=webhook_id)
