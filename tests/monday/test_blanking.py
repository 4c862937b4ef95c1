"""Keys to customers' pages are nowhere in what is kept of monday's words."""

from __future__ import annotations

import json

import pytest

from betterform.jobs import deliveries
from betterform.models.delivery import DeliveryState
from tests.monday.conftest import Connected, issue

KEY = "zWn04Q92OZ3zvp5myjnUHTNS36F0L2TH"


def test_monday_s_words_about_a_link_are_kept_without_its_key(
    connected: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    deal = connected.world.create_item("DEALS", "A deal")
    connected.work()
    issue(connected, deal.id)
    connected.world.trouble.order(
        "application_error",
        "change_multiple_column_values",
        code="ColumnValueException",
        message=f"invalid value, please check https://quotes.example.com/d/{KEY} again",
        error_data={"column_id": "link", "value": f"https://quotes.example.com/d/{KEY}"},
    )
    connected.step(deliveries.deliver)
    parked = [row for row in connected.deliveries("deal") if row.state == DeliveryState.PARKED]
    assert len(parked) == 1
    assert "invalid value, please check https://quotes.example.com/d/… again" in parked[0].reason
    kept = [parked[0].reason, json.dumps(parked[0].result), caplog.text]
    kept += [json.dumps([attempt.sent, attempt.received]) for attempt in parked[0].tries]
    assert KEY not in "".join(kept)
