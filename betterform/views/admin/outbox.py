"""What is on its way to monday.com or has arrived: found, looked at, tried again, given up."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import (
    account_health,
    deliveries,
    event_words,
    history,
    inbox,
    row_search,
    second_tries,
    subjects,
    sync_state,
    what_next,
)
from betterform.db import db
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.user import Role
from betterform.views import access, office
from betterform.views.admin import rows
from betterform.views.admin.blueprint import blueprint
from betterform.views.item_links import item_address


def _targets(_session: Session) -> list[tuple[str, str]]:
    return [(target.value, sync_state.NAMES[target]) for target in Target if "invoice" not in target.value]


def _lines(session: Session, found: Sequence[Delivery]) -> list[rows.Line[Delivery]]:
    problem, now = account_health.problem_of(session), clock.now()
    outcomes, about = what_next.outcomes(session, found), subjects.of_deliveries(session, found)
    lines = []
    for delivery in found:
        subject = about.get((delivery.record_type, delivery.record_id))
        outcome = outcomes.get(delivery.id, "")
        worth_it = second_tries.is_worth_retrying(delivery)
        lines.append(
            rows.Line(
                delivery,
                name=sync_state.NAMES[delivery.target],
                about=subject.name
                if subject
                else f"{delivery.record_type.capitalize()} {delivery.record_id}",
                at=delivery.created_at,
                next_step=what_next.of_delivery(delivery, outcome=outcome, problem=problem, at=now),
                may_tick=worth_it,
                again_at=url_for("admin.retry", delivery_id=delivery.id) if worth_it else "",
            )
        )
    return lines


DELIVERIES = rows.Kind(
    name="outbox",
    key="delivery_id",
    word="delivery",
    words="deliveries",
    intro="Everything that monday.com is owed, and what it answered.",
    search="Quote, name, item, delivery or reason",
    part_label="Targets",
    since="Since",
    again="Retry now",
    will_be="will be tried again",
    given_up="monday.com will not be told. Nothing is changed here, and the next change of the record is"
    " delivered anew.",
    empty="Nothing to deliver",
    empty_intro="When a quote is made or issued, what its item on the board should say is queued here and"
    " sent by itself.",
    model=Delivery,
    states=DeliveryState,
    find=row_search.deliveries,
    count=row_search.deliveries_by_state,
    moves=row_search.deliveries_move,
    parts=_targets,
    lines=_lines,
    retry=second_tries.retry,
    give_up=second_tries.give_up,
)


@blueprint.get("/outbox")
@access.may(Role.ADMIN)
def outbox() -> ResponseReturnValue:
    """Deliveries, the newest first."""
    return rows.list_page(DELIVERIES)


@blueprint.get("/outbox/<int:delivery_id>")
@access.may(Role.ADMIN)
def outbox_row(delivery_id: int) -> ResponseReturnValue:
    """One delivery with every try, and whatever else there is about the same record."""
    session = db.session()
    delivery = DELIVERIES.one(delivery_id)
    subject = subjects.of_deliveries(session, [delivery]).get((delivery.record_type, delivery.record_id))
    outcome = what_next.outcomes(session, [delivery]).get(delivery.id, "")
    problem = account_health.problem_of(session)
    item = subject.mid if subject is not None else ""
    others = deliveries.of_record(session, delivery.record_type, delivery.record_id)
    return render_template(
        "admin/outbox_row.html",
        delivery=delivery,
        reason=rows.reason_of(delivery),
        tries=list(reversed(delivery.tries)),
        shown=rows.shown,
        subject=subject,
        name=sync_state.NAMES[delivery.target],
        names=sync_state.NAMES,
        words_of=event_words.headline,
        outcome=outcome,
        next_step=what_next.of_delivery(delivery, outcome=outcome, problem=problem, at=clock.now()),
        item_address=item_address(subjects.board_ids(session).get(delivery.record_type), item),
        deliveries=[other for other in others if other.id != delivery.id][:10],
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
    return rows.try_again(DELIVERIES, delivery_id)


@blueprint.get("/outbox/<int:delivery_id>/give-up")
@access.may(Role.ADMIN)
def giving_up(delivery_id: int) -> ResponseReturnValue:
    """Ask why, and once more whether."""
    return rows.ask_why(DELIVERIES, [DELIVERIES.one(delivery_id)])


@blueprint.post("/outbox/selection")
@access.may(Role.ADMIN)
def outbox_selection() -> ResponseReturnValue:
    """Retry or give up the rows that were ticked, or every parked one of the filter."""
    return rows.selection(DELIVERIES)


@blueprint.post("/outbox/given-up")
@access.may(Role.ADMIN)
def outbox_given_up() -> ResponseReturnValue:
    """Give up one or several deliveries, for a reason."""
    return rows.give_up(DELIVERIES)
