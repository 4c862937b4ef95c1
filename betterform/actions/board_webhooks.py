"""Which webhooks on monday's boards are ours, and when each of them last told us something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform.actions.inbox import LONGEST_KEY
from betterform.models.board import Board, BoardWebhook
from betterform.models.webhook_event import WebhookEvent

LATEST = 1000  # events that are looked at one by one


def remember(
    session: Session,
    board_id: str,
    *,
    event: str,
    column_id: str,
    webhook_id: str,
    address_digest: str,
    instead_of: str,
) -> str | None:
    """Note that monday tells us of `event` by that webhook. Returns the id of the one that counts.

    It is another than `webhook_id` when somebody else registered the same at the same moment: then that
    one stays and ours is a double. None when the board plays no part any more. `instead_of` is the
    webhook that was known when we began, "" for none.
    """
    board = _locked(session, board_id)
    if board is None:
        return None
    row = _row(session, board, event, column_id)
    if row is None:
        row = BoardWebhook(event=event, column_id=column_id)
        board.webhooks.append(row)
    elif row.webhook_id not in (webhook_id, instead_of) and row.address_digest == address_digest:
        return row.webhook_id
    row.webhook_id, row.address_digest = webhook_id, address_digest
    session.flush()
    return webhook_id


def forget(session: Session, board_id: str, *, event: str, column_id: str, webhook_id: str) -> None:
    """Note that the webhook is gone, unless another took its place meanwhile."""
    board = _locked(session, board_id)
    row = _row(session, board, event, column_id) if board is not None else None
    if board is not None and row is not None and row.webhook_id == webhook_id:
        board.webhooks.remove(row)
        session.flush()


def _locked(session: Session, board_id: str) -> Board | None:
    """The board under lock, so that of two who register at once the second sees what the first did."""
    found = session.scalar(select(Board.id).where(Board.board_id == board_id))
    if found is None:
        return None
    return session.scalar(
        select(Board)
        .where(Board.id == found)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _row(session: Session, board: Board, event: str, column_id: str) -> BoardWebhook | None:
    return session.scalar(
        select(BoardWebhook)
        .where(
            BoardWebhook.board_pk == board.id,
            BoardWebhook.event == event,
            BoardWebhook.column_id == column_id,
        )
        .execution_options(populate_existing=True)
    )


def known_ids(session: Session) -> set[str]:
    """The ids of all webhooks of ours."""
    return set(session.scalars(select(BoardWebhook.webhook_id)))


def last_events(session: Session) -> Mapping[str, datetime]:
    """When each webhook of ours that ever told us something did so last, by its id.

    Those that tell us much are among the latest events, and the others have few events to look through:
    so it takes about as long after years as on the first day.
    """
    latest = select(WebhookEvent.dedupe_key, WebhookEvent.received_at)
    found: dict[str, datetime] = {}
    for key, at in session.execute(latest.order_by(WebhookEvent.id.desc()).limit(LATEST)):
        webhook_id = key.partition(":")[0]
        found[webhook_id] = max(at, found.get(webhook_id, at))
    for webhook_id in known_ids(session) - found.keys():
        last = last_event_of(session, webhook_id)
        if last is not None:
            found[webhook_id] = last
    return found


def last_event_of(session: Session, webhook_id: str) -> datetime | None:
    """When that very webhook last told us something: an event's key begins with its webhook.

    Not every database uses its index for a beginning, and each sorts a colon elsewhere: the two bounds
    hold all such keys in any order of letters and digits, and few others.
    """
    return session.scalar(
        select(func.max(WebhookEvent.received_at)).where(
            WebhookEvent.dedupe_key >= webhook_id,
            WebhookEvent.dedupe_key <= webhook_id + "z" * LONGEST_KEY,
            WebhookEvent.dedupe_key.startswith(f"{webhook_id}:", autoescape=True),
        )
    )
