"""What is known of items from elsewhere, so that a page read a moment ago does not undo what came since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from betterform.models.board import BoardRole
from betterform.models.board_item import BoardItem
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState, WebhookEvent


def lock_records(session: Session, items: Collection[str]) -> None:
    """Lock the contacts and products of these items, then the quotes: always in the same order."""
    for kind in (Contact, Product, Quote):
        found = session.scalars(select(kind.id).where(kind.mid.in_(items)).order_by(kind.id)).all()
        if found:
            session.scalars(
                select(kind)
                .where(kind.id.in_(found))
                .order_by(kind.id)
                .with_for_update(of=kind, key_share=True)
                .execution_options(populate_existing=True)
            ).unique().all()


def overtaken(
    session: Session, items: Collection[str], *, read_at: datetime, own: Mapping[str, datetime]
) -> set[str]:
    """Those of the items of which something newer may be known than what was read at `read_at`.

    A webhook had one looked at since, or a write of ours reached it. `own` says when the reader itself
    noted an item's values: that is no news. To be asked with the records under lock.
    """
    written = session.execute(
        select(BoardItem.mid, BoardItem.seen_at).where(BoardItem.mid.in_(items), BoardItem.seen_at >= read_at)
    )
    found = {mid for mid, seen_at in written if own.get(mid) != seen_at}
    looked_at = session.scalars(
        select(WebhookEvent.item_id).where(
            WebhookEvent.item_id.in_(items),
            WebhookEvent.state == InboxState.DONE.value,
            WebhookEvent.finished_at >= read_at,
        )
    )
    return found | set(looked_at) | being_written(session, items)


def being_written(session: Session, items: Collection[str]) -> set[str]:
    """Those of the items that a delivery is writing to, or wrote to without an answer or before its worker died.

    Until it is settled, what the item shows may be our own older write.
    """
    unsure = and_(Delivery.state == DeliveryState.WAITING.value, Delivery.first_sent_at.is_not(None))
    found: set[str] = set()
    for kind, target in ((Contact, Target.CONTACT), (Product, Target.PRODUCT)):
        written = (
            select(kind.mid)
            .join(Delivery, (Delivery.record_id == kind.id) & (Delivery.target == target.value))
            .where(
                kind.mid.in_(items),
                Delivery.record_type == target.value,
                or_(Delivery.state == DeliveryState.RUNNING.value, unsure),
            )
        )
        found |= {mid for mid in session.scalars(written) if mid is not None}
    return found


def known(session: Session, role: BoardRole, items: Collection[str]) -> dict[str, bool]:
    """The items that we have records of, and whether each is thought to be on its board."""
    if role is BoardRole.DEALS:
        quotes = session.execute(select(Quote.mid, Quote.item_problem).where(Quote.mid.in_(items)))
        return {mid: not problem for mid, problem in quotes if mid is not None}
    if role is BoardRole.CONTACTS:
        contacts = session.execute(
            select(Contact.mid, Contact.archived_at, Contact.merged_into_id).where(Contact.mid.in_(items))
        )
        return {
            mid: archived_at is None or merged is not None
            for mid, archived_at, merged in contacts
            if mid is not None
        }
    products = session.execute(select(Product.mid, Product.archived_at).where(Product.mid.in_(items)))
    return {mid: archived_at is None for mid, archived_at in products if mid is not None}


def merged_away(session: Session, items: Collection[str]) -> set[str]:
    """Items of contacts that turned out to be others: their values are nobody's news."""
    merged = select(Contact.mid).where(Contact.mid.in_(items), Contact.merged_into_id.is_not(None))
    return {mid for mid in session.scalars(merged) if mid is not None}
