"""Deliveries that stopped, for tests of any room."""

from __future__ import annotations

from typing import Any

from betterform import clock
from betterform.actions import deliveries
from betterform.db import transaction
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState, Target


def parked(quote_id: int, reason: str = "The status has no label of that name.", **attempt: Any) -> Delivery:
    """The values of a quote's deal, refused at the one attempt; `attempt` says more about that one."""
    now = clock.now()
    with transaction() as session:
        row = deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote_id, at=now)
        row.state, row.reason = DeliveryState.PARKED.value, reason
        row.tries = [DeliveryAttempt(**({"at": now, "outcome": "fix data"} | attempt))]
    return row
