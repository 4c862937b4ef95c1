"""Lists of webhooks and of deliveries: found, ticked, tried again, given up. What differs is in a Kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, column_titles, second_tries
from betterform.actions.matching import LONGEST
from betterform.actions.row_search import LARGEST_ID, Sought
from betterform.actions.second_tries import MOST_AT_ONCE
from betterform.db import db, transaction
from betterform.errors import InvalidInput, NotFound, WrongState
from betterform.forms.fields import clean
from betterform.models.company import Company
from betterform.models.delivery import Delivery
from betterform.models.webhook_event import WebhookEvent
from betterform.monday.blanking import blanked
from betterform.views import access, office
from betterform.views.paging import page_of
from betterform.views.rendering import page_or_fragment

Row = TypeVar("Row", WebhookEvent, Delivery)

TIMES = {"": "All", "today": "Today", "week": "7 days"}
SECRETS = ("MONDAY_API_TOKEN", "MONDAY_WEBHOOK_SECRET", "MONDAY_SIGNING_SECRET", "SECRET_KEY")
PARKED = "parked"  # both kinds have this state
OVERTAKEN = "The worker was faster with {count} of them: they are as they were."
SHUT_OUT = "It is first in line, and has its turn as soon as monday.com lets us in again: see the settings."


@dataclass(frozen=True, slots=True)
class Line(Generic[Row]):
    """A row as a list shows it. `again_at` is where its own button leads, "" for none."""

    row: Row
    name: str
    about: str
    at: datetime
    next_step: str
    may_tick: bool
    again_at: str = ""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Row]):
    """What there is to know of webhooks or of deliveries: their words, and what is done with them.

    Its pages are the endpoints `admin.<name>`, `<name>_row`, `<name>_selection` and `<name>_given_up`;
    `key` is what the address of one row calls its id.
    """

    name: str
    key: str
    word: str
    words: str
    intro: str
    search: str
    part_label: str
    since: str
    again: str
    will_be: str
    given_up: str
    empty: str
    empty_intro: str
    model: type[Row]
    states: type[StrEnum]
    find: Callable[[Sought], Select[Row]]
    count: Callable[[Session, Sought], dict[str, int]]
    moves: Callable[..., bool]
    parts: Callable[[Session], Iterable[tuple[str, str]]]
    lines: Callable[[Session, Sequence[Row]], list[Line[Row]]]
    retry: Callable[..., Row | None]
    give_up: Callable[..., None]

    @property
    def title(self) -> str:
        return self.name.capitalize()

    @property
    def endpoint(self) -> str:
        return f"admin.{self.name}"

    def address(self, row_id: int) -> str:
        """The page of one row."""
        named: dict[str, Any] = {self.key: row_id}
        return url_for(f"admin.{self.name}_row", **named)

    def some(self, count: int) -> str:
        """ "1 webhook", "3 webhooks"."""
        return f"{count} {self.word if count == 1 else self.words}"

    def one(self, row_id: int) -> Row:
        """The row of that id. Raises NotFound."""
        row = db.session.get(self.model, row_id) if row_id <= LARGEST_ID else None
        if row is None:
            raise NotFound(f"There is no such {self.word}.")
        return row

    def those(self, session: Session, ids: Sequence[int]) -> list[Row]:
        """The rows of those ids, without what is heavy, in the order they came."""
        wanted = self.find(Sought()).where(self.model.id.in_(ids)).order_by(None).order_by(self.model.id)
        return list(session.scalars(wanted))


def list_page(kind: Kind[Row]) -> ResponseReturnValue:
    """The newest first: searched, filtered, page by page. Asks again by itself while one moves."""
    session, company = db.session(), office.company()
    asked = sought(company)
    counts = kind.count(session, asked)
    total = counts.get(asked.state, 0) if asked.state in set(kind.states) else sum(counts.values())
    page = page_of(session, kind.find(asked), total=total)
    problem = account_health.problem_of(session)
    moving = not problem and kind.moves(session, at=clock.now())
    seen = seen_of(moving, problem, sorted(counts.items()), [_facts_of(row) for row in page.rows])
    if request.headers.get("X-Seen") == seen:
        return "", 204
    titles = column_titles.known(session)
    return page_or_fragment(
        "admin/rows.html",
        "admin/_rows_news.html",
        kind=kind,
        page=page,
        lines=kind.lines(session, page.rows),
        company=company,
        typed=asked.typed,
        counts=counts,
        parts=kind.parts(session),
        times=TIMES,
        kept=kept,
        reason=lambda row: shown(column_titles.told(row.reason, titles)),
        seen=seen,
        moving=moving,
        most=MOST_AT_ONCE,
    )


def _facts_of(row: WebhookEvent | Delivery) -> tuple[object, ...]:
    return (row.id, row.state, row.attempts, row.reason, row.next_attempt_at)


def reason_of(row: WebhookEvent | Delivery) -> Any:
    """Why it is as it is, with columns by their titles and without secrets."""
    return shown(column_titles.told(row.reason, column_titles.known(db.session())))


def try_again(kind: Kind[Row], row_id: int) -> ResponseReturnValue:
    """Have the worker take one row at once. Says so where a worker was faster."""
    try:
        with transaction() as session:
            row = kind.one(row_id)
            row_id = (kind.retry(session, row, by=access.author(), at=clock.now()) or row).id
    except WrongState as overtaken:
        flash(overtaken.message, "warning")
    else:
        shut_out = account_health.problem_of(db.session())
        flash(SHUT_OUT if shut_out else f"It {kind.will_be} in a moment.", "success")
    return redirect(kind.address(row_id))


def selection(kind: Kind[Row]) -> ResponseReturnValue:
    """Try again or give up the rows that were ticked, or every parked one of the filter."""
    verb, _, scope = request.form.get("verb", "").partition("-")
    rows = _parked_of_filter(kind) if scope == "all" else kind.those(db.session(), chosen())
    back = redirect(url_for(kind.endpoint, **kept()))
    if not rows:
        flash("No row was ticked.", "warning")
        return back
    if verb == "give":
        return ask_why(kind, rows)
    ids = [row.id for row in rows]
    with transaction() as session:
        by, now = access.author(), clock.now()
        tally = second_tries.each(
            kind.those(session, ids), lambda row: kind.retry(session, row, by=by, at=now)
        )
    _report(kind, tally, f"{kind.will_be} in a moment")
    return back


def _parked_of_filter(kind: Kind[Row]) -> list[Row]:
    parked = replace(sought(office.company()), state=PARKED)
    return list(db.session.scalars(kind.find(parked).limit(MOST_AT_ONCE)))


def ask_why(kind: Kind[Row], rows: Sequence[Row], *, problem: str = "") -> str:
    """Ask for the reason of giving them up, and once more whether."""
    return render_template(
        "admin/give_up.html",
        kind=kind,
        chosen=rows,
        lines=kind.lines(db.session(), rows[:10]),
        problem=problem,
        typed=request.form.get("reason", ""),
        most=second_tries.LONGEST_REASON,
    )


def give_up(kind: Kind[Row]) -> ResponseReturnValue:
    """Give up one or several rows, for the reason that was typed."""
    ids = chosen()
    try:
        with transaction() as session:
            by, now, reason = access.author(), clock.now(), request.form.get("reason", "")
            tally = second_tries.each(
                kind.those(session, ids),
                lambda row: kind.give_up(session, row, reason=reason, by=by, at=now),
            )
    except InvalidInput as invalid:
        return ask_why(kind, kind.those(db.session(), ids), problem=invalid.message), 422
    _report(kind, tally, "given up")
    return redirect(kind.address(ids[0]) if len(ids) == 1 else url_for(kind.endpoint))


def _report(kind: Kind[Row], tally: second_tries.Tally, done: str) -> None:
    if tally.moved:
        flash(f"{kind.some(tally.moved)} {done}.", "success")
    if tally.overtaken:
        flash(OVERTAKEN.format(count=tally.overtaken), "warning")


def sought(company: Company) -> Sought:
    """What the address asks for: `q`, `state`, `part` (a target or a board) and `time`."""
    return Sought(
        typed=clean(request.args.get("q"))[:LONGEST],
        state=request.args.get("state", ""),
        part=clean(request.args.get("part"))[:20],
        since=_since(request.args.get("time", ""), company),
    )


def _since(asked: str, company: Company) -> datetime | None:
    zone = ZoneInfo(company.time_zone)
    midnight = datetime.combine(clock.today(company.time_zone), time(), zone)
    return {"today": midnight, "week": midnight - timedelta(days=6)}.get(asked)


def kept(**changed: str | None) -> dict[str, Any]:
    """The filters of the address with some changed: what a link to the same list carries."""
    names = ("q", "state", "part", "time")
    values = {name: request.args.get(name, "") for name in names} | changed
    return {name: value for name, value in values.items() if value}


def chosen() -> list[int]:
    """The ids that were ticked, at most MOST_AT_ONCE; what is no id is left out."""
    typed = request.form.getlist("ids")
    ids = {int(one) for one in typed if one.isascii() and one.isdigit() and len(one) <= 10}
    return sorted(one for one in ids if one <= LARGEST_ID)[:MOST_AT_ONCE]


def seen_of(*facts: Any) -> str:
    """A short name of what a list shows: while it stays the same, nothing is sent again."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def shown(value: Any) -> Any:
    """`value` for a person's eyes: without our secrets, and without the keys in customers' addresses."""
    secrets: Iterable[str] = (str(current_app.config.get(name) or "") for name in SECRETS)
    return blanked(value, *secrets)
