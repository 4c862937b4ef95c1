"""What is on its way to monday.com or has arrived: found, looked at, tried again, given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import (
    account_health,
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
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.user import Role
from betterform.views import access, office
from betterform.views.admin import rows
from betterform.views.admin.blueprint import blueprint
from betterform.views.item_links import item_address
from betterform.views.paging import page_of
from betterform.views.rendering import page_or_fragment

OVERTAKEN = "The worker was faster with {count} of them: they are as they were."
SHUT_OUT = "It is first in line, and is tried as soon as monday.com lets us in again: see the settings."


@blueprint.get("/outbox")
@access.may(Role.ADMIN)
def outbox() -> ResponseReturnValue:
    """Deliveries, the newest first: searched, filtered, page by page. Asks again by itself while one moves."""
    session, company, now = db.session(), office.company(), clock.now()
    sought = rows.sought(company)
    counts = row_search.deliveries_by_state(session, sought)
    page = page_of(session, row_search.deliveries(sought), total=_total(counts, sought.state))
    problem = account_health.problem_of(session)
    outcomes = what_next.outcomes(session, page.rows)
    moving = not problem and row_search.deliveries_move(session, at=now)
    seen = rows.seen_of(moving, problem, sorted(counts.items()), [_shown_of(row) for row in page.rows])
    if request.headers.get("X-Seen") == seen:
        return "", 204
    return page_or_fragment(
        "admin/outbox.html",
        "admin/_outbox_news.html",
        page=page,
        company=company,
        typed=sought.typed,
        counts=counts,
        states=list(DeliveryState),
        names=sync_state.NAMES,
        targets=[target.value for target in Target if "invoice" not in target.value],
        times=rows.TIMES,
        kept=rows.kept,
        shown=rows.shown,
        seen=seen,
        moving=moving,
        subjects=subjects.of_deliveries(session, page.rows),
        next_steps={
            row.id: what_next.of_delivery(row, outcome=outcomes.get(row.id, ""), problem=problem, at=now)
            for row in page.rows
        },
        most=second_tries.MOST_AT_ONCE,
        may_retry=second_tries.is_worth_retrying,
    )


def _total(counts: dict[str, int], state: str) -> int:
    return counts.get(state, 0) if state in set(DeliveryState) else sum(counts.values())


def _shown_of(row: Delivery) -> tuple[object, ...]:
    return (row.id, row.state, row.attempts, row.reason, row.next_attempt_at)


@blueprint.get("/outbox/<int:delivery_id>")
@access.may(Role.ADMIN)
def outbox_row(delivery_id: int) -> ResponseReturnValue:
    """One delivery with every try, and whatever else there is about the same record."""
    session, now = db.session(), clock.now()
    delivery = _delivery(delivery_id)
    subject = subjects.of_deliveries(session, [delivery]).get((delivery.record_type, delivery.record_id))
    outcome = what_next.outcomes(session, [delivery]).get(delivery.id, "")
    item = subject.mid if subject is not None else ""
    others = deliveries.of_record(session, delivery.record_type, delivery.record_id)
    return render_template(
        "admin/outbox_row.html",
        delivery=delivery,
        tries=list(reversed(delivery.tries)),
        shown=rows.shown,
        subject=subject,
        name=sync_state.NAMES[delivery.target],
        names=sync_state.NAMES,
        outcome=outcome,
        next_step=what_next.of_delivery(
            delivery, outcome=outcome, problem=account_health.problem_of(session), at=now
        ),
        item_address=item_address(subjects.board_ids(session).get(delivery.record_type), item),
        others=[other for other in others if other.id != delivery.id][:10],
        events=inbox.of_item(session, item)[:10] if item else [],
        history=history.of(session, delivery, limit=20),
        may_retry=second_tries.is_worth_retrying(delivery),
        may_send_anew=second_tries.is_worth_sending_anew(delivery),
        company=office.company(),
    )


@blueprint.post("/outbox/<int:delivery_id>/retry")
@access.may(Role.ADMIN)
def retry(delivery_id: int) -> ResponseReturnValue:
    """Try a delivery again now. Says so where a worker was faster."""
    try:
        with transaction() as session:
            wanted = second_tries.retry(session, _delivery(delivery_id), by=access.author(), at=clock.now())
            delivery_id = wanted.id
    except WrongState as overtaken:
        flash(overtaken.message, "warning")
    else:
        shut_out = account_health.problem_of(db.session())
        flash(SHUT_OUT if shut_out else "It will be tried again in a moment.", "success")
    return redirect(url_for("admin.outbox_row", delivery_id=delivery_id))


@blueprint.get("/outbox/<int:delivery_id>/give-up")
@access.may(Role.ADMIN)
def giving_up(delivery_id: int) -> ResponseReturnValue:
    """Ask why, and once more whether."""
    return _ask_why([_delivery(delivery_id)])


@blueprint.post("/outbox/selection")
@access.may(Role.ADMIN)
def outbox_selection() -> ResponseReturnValue:
    """Retry or give up the rows that were ticked, or every parked one of the filter."""
    verb, _, scope = request.form.get("verb", "").partition("-")
    chosen = _parked_of_filter() if scope == "all" else _rows(db.session(), rows.chosen())
    back = redirect(url_for("admin.outbox", **rows.kept()))
    if not chosen:
        flash("No row was ticked.", "warning")
        return back
    if verb == "give":
        return _ask_why(chosen)
    ids = [row.id for row in chosen]
    with transaction() as session:
        by, now = access.author(), clock.now()
        tally = second_tries.each(
            _rows(session, ids), lambda row: second_tries.retry(session, row, by=by, at=now)
        )
    _report(tally, "will be tried again in a moment")
    return back


@blueprint.post("/outbox/given-up")
@access.may(Role.ADMIN)
def give_up() -> ResponseReturnValue:
    """Give up one or several deliveries, for a reason."""
    ids = rows.chosen()
    try:
        with transaction() as session:
            by, now, reason = access.author(), clock.now(), request.form.get("reason", "")
            tally = second_tries.each(
                _rows(session, ids),
                lambda row: second_tries.give_up(session, row, reason=reason, by=by, at=now),
            )
    except InvalidInput as invalid:
        return _ask_why(_rows(db.session(), ids), problem=invalid.message), 422
    _report(tally, "given up")
    if len(ids) == 1:
        return redirect(url_for("admin.outbox_row", delivery_id=ids[0]))
    return redirect(url_for("admin.outbox"))


def _ask_why(chosen: Sequence[Delivery], *, problem: str = "") -> str:
    return render_template(
        "admin/outbox_give_up.html",
        chosen=chosen,
        problem=problem,
        names=sync_state.NAMES,
        subjects=subjects.of_deliveries(db.session(), chosen),
        typed=request.form.get("reason", ""),
        most=second_tries.LONGEST_REASON,
    )


def _report(tally: second_tries.Tally, done: str) -> None:
    if tally.moved:
        flash(f"{tally.moved} {'delivery' if tally.moved == 1 else 'deliveries'} {done}.", "success")
    if tally.overtaken:
        flash(OVERTAKEN.format(count=tally.overtaken), "warning")


def _parked_of_filter() -> list[Delivery]:
    parked = replace(rows.sought(office.company()), state=DeliveryState.PARKED.value)
    return list(db.session.scalars(row_search.deliveries(parked).limit(second_tries.MOST_AT_ONCE)))


def _rows(session: Session, ids: Sequence[int]) -> list[Delivery]:
    return list(session.scalars(select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id)))


def _delivery(delivery_id: int) -> Delivery:
    delivery = db.session.get(Delivery, delivery_id) if delivery_id <= row_search.LARGEST_ID else None
    if delivery is None:
        raise NotFound("There is no such delivery.")
    return delivery
