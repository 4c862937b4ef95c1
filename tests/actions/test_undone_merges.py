"""Whether a merge that is undone owes the board anything."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from betterform.actions import contacts, deliveries, merging
from betterform.db import transaction
from betterform.models.delivery import DeliveryState
from tests.actions.test_merging import deliveries_of, merge
from tests.quotes import ANNA, NOW, a_contact

EARLIER = NOW - timedelta(hours=1)


def test_undoing_a_merge_writes_nothing_where_the_board_holds_it_all(session: Session) -> None:
    with transaction():
        first = a_contact(session, mid="111")
        other = a_contact(session, mid="222")
        contacts.change(session, other, {"city": "Basel"}, by=ANNA, at=EARLIER)
        (written,) = deliveries_of(session, other)
        deliveries.closed(written, DeliveryState.DONE, at=EARLIER)
    merge(session, first, other)
    with transaction():
        merging.split(session, other.id, by=ANNA, at=NOW)
    assert deliveries_of(session, other) == [written]
    assert written.state == DeliveryState.DONE


def test_a_correction_that_a_merge_kept_back_is_written_once_it_is_undone(session: Session) -> None:
    with transaction():
        first = a_contact(session, mid="111")
        other = a_contact(session, mid="222")
        contacts.change(session, other, {"city": "Basel"}, by=ANNA, at=EARLIER)
    merge(session, first, other)
    assert [delivery.state for delivery in deliveries_of(session, other)] == [DeliveryState.DONE]
    with transaction():
        merging.split(session, other.id, by=ANNA, at=NOW)
    assert deliveries_of(session, other)[0].state == DeliveryState.WAITING
