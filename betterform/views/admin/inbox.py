"""What monday.com sent: found, looked at, read again, left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from betterform import clock
from betterform.actions import (
    account_health,
    boards,
    deliveries,
    history,
    inbox,
    row_search,
    second_tries,
    subjects,
    sync_state,
    what_next,
)
from betterform.db import db, transaction
from betterform.errors import InvalidInput, NotFound, WrongState
from betterform.models.user import Role
from betterform.models.webhook_event import InboxState, WebhookEvent
from betterform.views import access, office
from betterform.views.admin import rows
from betterform.views.admin.blueprint import blueprint
from betterform.views.item_links import item_address
from betterform.views.paging import page_of
from betterform.views.rendering import page_or_fragment

OVERTAKEN = "The worker was faster with {count} of them: they are as they were."


@blueprint.get("/inbox", endpoint="inbox")
@access.may(Role.ADMIN)
def inbox_list() -> ResponseReturnValue:
    """Webhooks, the newest first: searched, filtered, page by page. Asks again by itself while one moves."""
    session, company, now = db.session(), office.company(), clock.now()
    sought = rows.sought(company)
    counts = row_search.events_by_state(session, sought)
    page = page_of(session, row_search.events(sought), total=_total(counts, sought.state))
    problem = account_health.problem_of(session)
    moving = not problem and row_search.events_move(session, at=now)
    seen = rows.seen_of(moving, problem, sorted(counts.items()), [_shown_of(row) for row in page.rows])
    if request.headers.get("X-Seen") == seen:
        return "", 204
    return page_or_fragment(
        "admin/inbox.html",
        "admin/_inbox_news.html",
        page=page,
        company=company,
        typed=sought.typed,
        counts=counts,
        states=list(InboxState),
        boards={board.board_id: board.name or board.role for board in boards.every(session)},
        times=rows.TIMES,
        kept=rows.kept,
        shown=rows.shown,
        seen=seen,
        moving=moving,
        subjects=subjects.of_items(session, (row.item_id for row in page.rows)),
        next_steps={row.id: what_next.of_event(row, problem=problem, at=now) for row in page.rows},
        most=second_tries.MOST_AT_ONCE,
    )


def _total(counts: dict[str, int], state: str) -> int:
    return counts.get(state, 0) if state in set(InboxState) else sum(counts.values())


def _shown_of(row: WebhookEvent) -> tuple[object, ...]:
    return (row.id, row.state, row.attempts, row.reason, row.next_attempt_at)


@blueprint.get("/inbox/<int:event_id>")
@access.may(Role.ADMIN)
def inbox_row(event_id: int) -> ResponseReturnValue:
    """One webhook as it came, what became of it, and whatever else there is about the same item."""
    session = db.session()
    event = _event(event_id)
    subject = subjects.of_items(session, [event.item_id]).get(event.item_id)
    others = inbox.of_item(session, event.item_id) if event.item_id else []
    board = boards.of_monday_id(session, event.board_id)
    return render_template(
        "admin/inbox_row.html",
        event=event,
        payload=rows.shown(event.payload),
        reason=rows.shown(event.reason),
        subject=subject,
        board=board,
        names=sync_state.NAMES,
        next_step=what_next.of_event(event, problem=account_health.problem_of(session), at=clock.now()),
        item_address=item_address(board.board_id if board else None, event.item_id),
        others=[other for other in others if other.id != event.id][:10],
        deliveries=deliveries.of_record(session, subject.kind, subject.id)[:10] if subject else [],
        history=history.of(session, event, limit=20),
        may_leave=second_tries.is_worth_leaving(event),
        company=office.company(),
    )


@blueprint.post("/inbox/<int:event_id>/replay")
@access.may(Role.ADMIN)
def replay(event_id: int) -> ResponseReturnValue:
    """Read a webhook again. Says so where a worker is at it."""
    try:
        with transaction() as session:
            second_tries.replay(session, _event(event_id), by=access.author(), at=clock.now())
    except WrongState as overtaken:
        flash(overtaken.message, "warning")
    else:
        flash("It will be read again in a moment.", "success")
    return redirect(url_for("admin.inbox_row", event_id=event_id))


@blueprint.get("/inbox/<int:event_id>/give-up")
@access.may(Role.ADMIN)
def leaving(event_id: int) -> ResponseReturnValue:
    """Ask why, and once more whether."""
    return _ask_why([_event(event_id)])


@blueprint.post("/inbox/selection")
@access.may(Role.ADMIN)
def inbox_selection() -> ResponseReturnValue:
    """Read again or give up the rows that were ticked, or every parked one of the filter."""
    verb, _, scope = request.form.get("verb", "").partition("-")
    chosen = _parked_of_filter() if scope == "all" else _rows(db.session(), rows.chosen())
    back = redirect(url_for("admin.inbox", **rows.kept()))
    if not chosen:
        flash("No row was ticked.", "warning")
        return back
    if verb == "give":
        return _ask_why(chosen)
    ids = [row.id for row in chosen]
    with transaction() as session:
        by, now = access.author(), clock.now()
        tally = second_tries.each(
            _rows(session, ids), lambda row: second_tries.replay(session, row, by=by, at=now)
        )
    _report(tally, "will be read again in a moment")
    return back


@blueprint.post("/inbox/given-up")
@access.may(Role.ADMIN)
def leave() -> ResponseReturnValue:
    """Let nothing follow from one or several webhooks, for a reason."""
    ids = rows.chosen()
    try:
        with transaction() as session:
            by, now, reason = access.author(), clock.now(), request.form.get("reason", "")
            tally = second_tries.each(
                _rows(session, ids),
                lambda row: second_tries.leave(session, row, reason=reason, by=by, at=now),
            )
    except InvalidInput as invalid:
        return _ask_why(_rows(db.session(), ids), problem=invalid.message), 422
    _report(tally, "given up")
    if len(ids) == 1:
        return redirect(url_for("admin.inbox_row", event_id=ids[0]))
    return redirect(url_for("admin.inbox"))


def _ask_why(chosen: Sequence[WebhookEvent], *, problem: str = "") -> str:
    return render_template(
        "admin/inbox_give_up.html",
        chosen=chosen,
        problem=problem,
        typed=request.form.get("reason", ""),
        most=second_tries.LONGEST_REASON,
    )


def _report(tally: second_tries.Tally, done: str) -> None:
    if tally.moved:
        flash(f"{tally.moved} {'webhook' if tally.moved == 1 else 'webhooks'} {done}.", "success")
    if tally.overtaken:
        flash(OVERTAKEN.format(count=tally.overtaken), "warning")


def _parked_of_filter() -> list[WebhookEvent]:
    parked = replace(rows.sought(office.company()), state=InboxState.PARKED.value)
    return list(db.session.scalars(row_search.events(parked).limit(second_tries.MOST_AT_ONCE)))


def _rows(session: Session, ids: Sequence[int]) -> list[WebhookEvent]:
    wanted = select(WebhookEvent).options(defer(WebhookEvent.payload)).where(WebhookEvent.id.in_(ids))
    return list(session.scalars(wanted.order_by(WebhookEvent.id)))


def _event(event_id: int) -> WebhookEvent:
    event = db.session.get(WebhookEvent, event_id) if event_id <= row_search.LARGEST_ID else None
    if event is None:
        raise NotFound("There is no such webhook.")
    return event
