"""What monday.com sent: found, looked at, read again, left."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import (
    account_health,
    boards,
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
from betterform.models.user import Role
from betterform.models.webhook_event import InboxState, WebhookEvent
from betterform.views import access, office
from betterform.views.admin import rows
from betterform.views.admin.blueprint import blueprint
from betterform.views.item_links import item_address


def _board_names(session: Session) -> list[tuple[str, str]]:
    return [(board.board_id, board.name or board.role) for board in boards.every(session)]


def _lines(session: Session, events: Sequence[WebhookEvent]) -> list[rows.Line[WebhookEvent]]:
    named, problem, now = dict(_board_names(session)), account_health.problem_of(session), clock.now()
    found = subjects.of_items(session, (event.item_id for event in events))
    return [
        rows.Line(
            event,
            name=event_words.headline(event.event_type),
            about=_about(event, found, named),
            at=event.received_at,
            next_step=what_next.of_event(event, problem=problem, at=now),
            may_tick=True,
        )
        for event in events
    ]


def _about(event: WebhookEvent, found: dict[str, subjects.Subject], named: dict[str, str]) -> str:
    subject = found.get(event.item_id)
    item = subject.name if subject is not None else f"Item {event.item_id or 'unknown'}"
    board = named.get(event.board_id) or f"board {event.board_id or 'unknown'}"
    return f"{item} on {board}"


WEBHOOKS = rows.Kind(
    name="inbox",
    key="event_id",
    word="webhook",
    words="webhooks",
    intro="Every webhook that monday.com sent, and what became of it.",
    search="Quote, name, item, webhook or reason",
    part_label="Boards",
    since="Received",
    again="Read again",
    will_be="will be read again",
    given_up="Nothing will follow from it here. It is kept, and can be read again later.",
    empty="Nothing has come yet",
    empty_intro="Once the boards are connected, every change on them that matters is announced here.",
    model=WebhookEvent,
    states=InboxState,
    find=row_search.events,
    count=row_search.events_by_state,
    moves=row_search.events_move,
    parts=_board_names,
    lines=_lines,
    retry=second_tries.replay,
    give_up=second_tries.leave,
)


@blueprint.get("/inbox", endpoint="inbox")
@access.may(Role.ADMIN)
def inbox_list() -> ResponseReturnValue:
    """Webhooks, the newest first."""
    return rows.list_page(WEBHOOKS)


@blueprint.get("/inbox/<int:event_id>")
@access.may(Role.ADMIN)
def inbox_row(event_id: int) -> ResponseReturnValue:
    """One webhook as it came, what became of it, and whatever else there is about the same item."""
    session = db.session()
    event = WEBHOOKS.one(event_id)
    subject = subjects.of_items(session, [event.item_id]).get(event.item_id)
    others = inbox.of_item(session, event.item_id) if event.item_id else []
    board = boards.of_monday_id(session, event.board_id)
    return render_template(
        "admin/inbox_row.html",
        event=event,
        headline=rows.shown(event_words.headline(event.event_type, column=inbox.column_of(event))),
        words_of=event_words.headline,
        payload=rows.shown(event.payload),
        reason=rows.reason_of(event),
        subject=subject,
        board=board,
        names=sync_state.NAMES,
        next_step=what_next.of_event(event, problem=account_health.problem_of(session), at=clock.now()),
        item_address=item_address(board.board_id if board else None, event.item_id),
        events=[other for other in others if other.id != event.id][:10],
        deliveries=deliveries.of_record(session, subject.kind, subject.id)[:10] if subject else [],
        history=history.of(session, event, limit=20),
        may_leave=second_tries.is_worth_leaving(event),
        company=office.company(),
    )


@blueprint.post("/inbox/<int:event_id>/replay")
@access.may(Role.ADMIN)
def replay(event_id: int) -> ResponseReturnValue:
    """Read a webhook again. Says so where a worker is at it."""
    return rows.try_again(WEBHOOKS, event_id)


@blueprint.get("/inbox/<int:event_id>/give-up")
@access.may(Role.ADMIN)
def leaving(event_id: int) -> ResponseReturnValue:
    """Ask why, and once more whether."""
    return rows.ask_why(WEBHOOKS, [WEBHOOKS.one(event_id)])


@blueprint.post("/inbox/selection")
@access.may(Role.ADMIN)
def inbox_selection() -> ResponseReturnValue:
    """Read again or give up the rows that were ticked, or every parked one of the filter."""
    return rows.selection(WEBHOOKS)


@blueprint.post("/inbox/given-up")
@access.may(Role.ADMIN)
def inbox_given_up() -> ResponseReturnValue:
    """Let nothing follow from one or several webhooks, for a reason."""
    return rows.give_up(WEBHOOKS)
