"""Whether the boards hold what a quote says: one word for a glance, and each part with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from betterform.actions import account_health, second_tries, what_next
from betterform.errors import WrongState
from betterform.models.board import BoardColumn
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.document import Document
from betterform.models.history import Author
from betterform.models.quote import Quote

NAMES = {
    "deal": "Values on the deal",
    "deal_pdf": "PDF on the deal",
    "contact": "Contact",
    "product": "Product",
    "invoice": "Values on the invoice",
    "invoice_pdf": "PDF on the invoice",
}
ON_BOARD, ON_ITS_WAY, WAITING, NEEDS_PERSON, NOT_THERE = (
    "On the board",
    "On its way",
    "Waiting",
    "Needs a person",
    "Not on the board",
)
TONES = {
    ON_BOARD: "good",
    ON_ITS_WAY: "info",
    WAITING: "warning",
    NEEDS_PERSON: "bad",
    NOT_THERE: "neutral",
}
OPEN = [state.value for state in DeliveryState if state.is_open]
# What waits for longer than this is shown as waiting, with its reason, and is asked after at a gentle pace.
SHORT = timedelta(seconds=30)
# A worker takes what is due within moments; after this long, pages ask at a gentle pace again.
STILL_NEW = timedelta(minutes=2)
MOST_DELIVERIES = 40
HELD_BACK = "monday.com is held back: an admin is asked to put it right. Nothing is lost."
# What other settings or another version would help is for admins.
FOR_ADMINS = (what_next.SETTINGS, what_next.MISTAKE)


@dataclass(frozen=True, slots=True)
class Part:
    """One target. `problems` are monday's own words by the column's title; `for_staff` may be tried again by staff."""

    delivery_id: int
    name: str
    state: str
    reason: str = ""
    next_step: str = ""
    problems: Sequence[tuple[str, str]] = ()
    finished_at: datetime | None = None
    needs_settings: bool = False
    for_staff: bool = False
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the boards are. `at` is since when; `is_moving` whether it may change within seconds."""

    word: str
    why: str = ""
    at: datetime | None = None
    is_moving: bool = False
    parts: Sequence[Part] = field(default=())

    @property
    def tone(self) -> str:
        return TONES[self.word]

    @property
    def may_try_again(self) -> bool:
        """Whether a member of staff may have something tried again."""
        return any(part.for_staff for part in self.parts)

    @property
    def aloud(self) -> str:
        """The state in one sentence."""
        return f"monday.com: {self.word}{'. ' + self.why if self.why else ''}"

    @property
    def said(self) -> str:
        """A short name of what is said aloud."""
        return _digest(self.word, self.why)

    @property
    def seen(self) -> str:
        """A short name of all that is shown: while it stays the same, nothing has changed."""
        return _digest(self.word, self.why, self.at, self.is_moving, *self.parts)


def of_quote(session: Session, quote: Quote, document: Document | None, *, at: datetime) -> SyncState:
    """The state of one quote with all its parts, in at most four queries."""
    newest = _newest(session, quote)
    problem = account_health.problem_of(session) if newest else ""
    outcomes = what_next.outcomes(session, newest)
    titles = _titles(session) if any((row.result or {}).get("problems") for row in newest) else {}
    parts = [_part(row, outcomes.get(row.id, ""), problem, titles, at) for row in newest]
    printing = document is not None and not document.is_printed
    return _state(quote, newest, parts, problem=problem, printing=printing, at=at)


def of_quotes(session: Session, quotes: Iterable[Quote], *, at: datetime) -> dict[int, SyncState]:
    """The quotes among these that are not on the board as they are now, by id, in at most three queries."""
    by_id = {quote.id: quote for quote in quotes}
    if not by_id:
        return {}
    open_ones: dict[int, list[Delivery]] = {}
    rows = session.scalars(
        select(Delivery).where(
            Delivery.record_type == "quote", Delivery.record_id.in_(by_id), Delivery.state.in_(OPEN)
        )
    ).all()
    for row in rows:
        open_ones.setdefault(row.record_id, []).append(row)
    problem = account_health.problem_of(session) if rows else ""
    outcomes = what_next.outcomes(session, rows)
    states: dict[int, SyncState] = {}
    for id_, quote in by_id.items():
        found = open_ones.get(id_, [])
        if found or quote.item_problem:
            parts = [_part(row, outcomes.get(row.id, ""), problem, {}, at) for row in found]
            states[id_] = _state(quote, found, parts, problem=problem, printing=False, at=at)
    return states


def try_again(session: Session, quote: Quote, *, by: Author, at: datetime) -> int:
    """Have what staff may help tried again, once they have put the value right. Returns how many.

    Raises WrongState where nothing of that kind is left.
    """
    parked = [row for row in _newest(session, quote) if row.state == DeliveryState.PARKED]
    outcomes = what_next.outcomes(session, parked)
    mine = [row for row in parked if outcomes.get(row.id, "") not in FOR_ADMINS]
    tally = second_tries.each(mine, lambda row: second_tries.retry(session, row, by=by, at=at))
    if not tally.moved:
        raise WrongState("Nothing is left to try again: it was done meanwhile, or only an admin can help.")
    return tally.moved


def _newest(session: Session, quote: Quote) -> list[Delivery]:
    """The newest delivery of each target of the quote, and of its contact where that one is still open."""
    of_quote_itself = and_(Delivery.record_type == "quote", Delivery.record_id == quote.id)
    of_contact = and_(
        Delivery.record_type == "contact",
        Delivery.record_id == (quote.contact_id or 0),
        Delivery.state.in_(OPEN),
    )
    found = session.scalars(
        select(Delivery)
        .where(or_(of_quote_itself, of_contact))
        .order_by(Delivery.id.desc())
        .limit(MOST_DELIVERIES)
    )
    newest: dict[str, Delivery] = {}
    for delivery in found:
        newest.setdefault(delivery.target, delivery)
    order = list(NAMES)
    return sorted(newest.values(), key=lambda delivery: order.index(delivery.target))


def _part(row: Delivery, outcome: str, problem: str, titles: Mapping[str, str], at: datetime) -> Part:
    told: Mapping[str, str] = (row.result or {}).get("problems") or {}
    parked = row.state == DeliveryState.PARKED
    is_open = DeliveryState(row.state).is_open
    problems = [(titles.get(column, column), str(words)) for column, words in told.items()] if parked else []
    # The reason repeats monday's words by column id, which tell people nothing.
    listed = "; ".join(f"{column}: {words}" for column, words in told.items())
    reason = row.reason.removesuffix(f" ({listed})") if problems else row.reason
    return Part(
        delivery_id=row.id,
        name=NAMES[row.target],
        state=row.state,
        reason=HELD_BACK if row.state == DeliveryState.WAITING and problem else reason,
        next_step=what_next.of_delivery(row, outcome=outcome, problem=problem, at=at) if is_open else "",
        problems=problems,
        finished_at=row.finished_at if row.state == DeliveryState.DONE else None,
        needs_settings=parked and outcome == what_next.SETTINGS,
        for_staff=parked and outcome not in FOR_ADMINS,
        contact_id=row.record_id if row.record_type == "contact" else None,
    )


def _state(
    quote: Quote,
    rows: Sequence[Delivery],
    parts: Sequence[Part],
    *,
    problem: str,
    printing: bool,
    at: datetime,
) -> SyncState:
    parked = [part for part in parts if part.state == DeliveryState.PARKED]
    on_the_way = [row for row in rows if row.state in (DeliveryState.WAITING, DeliveryState.RUNNING)]
    lately = quote.issued_at is not None and quote.issued_at > at - STILL_NEW
    soon = (printing and lately) or (not problem and any(_is_moving(row, at) for row in on_the_way))
    since = min((row.created_at for row in rows if DeliveryState(row.state).is_open), default=None)
    if parked:
        return SyncState(NEEDS_PERSON, parked[0].reason, since, soon, parts)
    if on_the_way and (problem or not all(_is_soon(row, at) for row in on_the_way)):
        why = HELD_BACK if problem else next((row.reason for row in on_the_way if row.reason), "")
        return SyncState(WAITING, why, since, soon, parts)
    if on_the_way or printing:
        return SyncState(ON_ITS_WAY, "", since, soon, parts)
    if quote.item_problem or not quote.mid:
        why = quote.item_problem or "This quote has no item on the deals board."
        return SyncState(NOT_THERE, why, None, False, parts)
    given_up = [row for row in rows if row.state == DeliveryState.GIVEN_UP]
    if given_up or not rows:
        why = given_up[0].reason if given_up else "Nothing was delivered yet."
        return SyncState(NOT_THERE, why, None, False, parts)
    done_at = max((row.finished_at for row in rows if row.finished_at), default=None)
    return SyncState(ON_BOARD, "", done_at, False, parts)


def _is_soon(row: Delivery, at: datetime) -> bool:
    return row.state == DeliveryState.RUNNING or row.next_attempt_at <= at + SHORT


def _is_moving(row: Delivery, at: datetime) -> bool:
    """Whether it will be another within moments. What is due since long waits for a worker that is not there."""
    if row.state == DeliveryState.RUNNING:
        return row.claimed_until is not None and row.claimed_until > at
    return at - STILL_NEW <= row.next_attempt_at <= at + SHORT


def _titles(session: Session) -> dict[str, str]:
    rows = session.execute(select(BoardColumn.column_id, BoardColumn.title))
    return {column_id: title or column_id for column_id, title in rows}


def _digest(*facts: object) -> str:
    # Without the seconds that are counted down: they alone are no news.
    return hashlib.sha256(repr([_lasting(fact) for fact in facts]).encode()).hexdigest()[:16]


def _lasting(fact: object) -> object:
    if isinstance(fact, Part):
        return (fact.delivery_id, fact.state, fact.reason, fact.problems, fact.finished_at, fact.for_staff)
    return fact
