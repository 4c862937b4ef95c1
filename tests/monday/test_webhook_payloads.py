"""Each captured payload (contract, section 2.3), carried through the door and the worker to its end state.

Only the ids are exchanged for those of the stand-in's boards; everything else is as monday sent it. The stand-in's
own webhooks are switched off, so that nothing but the payload tells betterform what happened.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState, WebhookEvent
from betterform.monday.sandbox.records import Item
from tests.house.tree import ROOT
from tests.monday.conftest import Connected

CONTRACT = ROOT.parent / "shared" / "monday" / "CONTRACT.md"
KEPT = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "payloads").glob("*.json"))
}


def payloads_in(text: str) -> list[dict[str, Any]]:
    """The JSON blocks of section 2.3."""
    section = text.partition("### 2.3 Real payloads")[2].partition("### 2.4")[0]
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]


PRINTED = payloads_in(CONTRACT.read_text(encoding="utf-8")) if CONTRACT.is_file() else []
EVERY = KEPT | {f"contract {body['event']['type']} {i}": body for i, body in enumerate(PRINTED)}


@pytest.fixture
def quiet(connected: Connected) -> Connected:
    """Connected, but nobody has switched the board's webhooks on."""
    for webhook in connected.world.webhooks.values():
        webhook.active = False
    return connected


@pytest.fixture
def deal(quiet: Connected) -> Item:
    return quiet.world.create_item("DEALS", "Ten microscopes", {})


class Told:
    """Posts payloads about one deal, and works off what follows."""

    def __init__(self, connected: Connected, deal: Item) -> None:
        self.connected = connected
        self.deal = deal

    def __call__(self, body: dict[str, Any], **changes: Any) -> WebhookEvent:
        """Post a payload with the deal's ids, work, and return its row of the inbox."""
        event = copy.deepcopy(body["event"]) | {"boardId": int(self.deal.board_id), **changes}
        for key in ("pulseId", "itemId"):
            if key in event and "parentItemId" not in event:
                event[key] = int(self.deal.id)
        answer = requests.post(self.connected.office.webhook_url, json={"event": event}, timeout=5)
        assert answer.status_code == 200
        self.connected.world.calls.clear()
        self.connected.work()
        self.connected.session.rollback()
        return self.connected.events()[-1]

    def quotes(self) -> list[Quote]:
        self.connected.session.rollback()
        return self.connected.session.query(Quote).all()

    def open_quote(self) -> Quote:
        self(KEPT["create_item"], triggerUuid="0" * 32)
        (quote,) = self.quotes()
        return quote


@pytest.fixture
def told(quiet: Connected, deal: Item) -> Told:
    return Told(quiet, deal)


def a_new_deal_gets_one_quote(told: Told, body: dict[str, Any]) -> None:
    event = told(body)
    assert event.state == InboxState.DONE
    again = told(body, isRetry=True, triggerTime="2026-11-23T12:00:00.000Z")
    assert again.id == event.id, "the same trigger again is the same event"
    told(body, triggerUuid="another-trigger-of-the-same-item")
    assert [(quote.mid, quote.subject) for quote in told.quotes()] == [(told.deal.id, "Ten microscopes")]


def a_subitem_changes_nothing(told: Told, body: dict[str, Any]) -> None:
    told.open_quote()
    event = told(body)
    assert event.state == InboxState.IGNORED
    assert len(told.connected.world.calls) == 0
    assert [quote.mid for quote in told.quotes()] == [told.deal.id]


def another_owner_reaches_the_draft(told: Told, body: dict[str, Any]) -> None:
    quote = told.open_quote()
    # What the payload says is somebody whom this account does not know: only what the board shows counts.
    told.connected.world.set_values(
        told.deal.id, {"Owner": {"personsAndTeams": [{"id": 67214743, "kind": "person"}]}}
    )
    told(body, columnId=told.connected.world.column("DEALS", "Owner").id)
    (quote,) = told.quotes()
    assert quote.owner_name == "Tomás Ferreira"


def a_column_that_we_write_is_left_alone(told: Told, body: dict[str, Any]) -> None:
    told.open_quote()
    event = told(body, columnId=told.connected.world.column("DEALS", "Quote status").id)
    assert event.state == InboxState.IGNORED
    assert len(told.connected.world.calls) == 0


def another_name_reaches_the_draft(told: Told, body: dict[str, Any]) -> None:
    told.open_quote()
    told.connected.world.rename(told.deal.id, "Eleven microscopes")
    told(body)
    (quote,) = told.quotes()
    assert quote.subject == "Eleven microscopes"  # what the board says, not "New Name 2" of the payload


def the_quote_says_that_its_deal_is_gone(told: Told, body: dict[str, Any]) -> None:
    told.open_quote()
    assert told(body).state == InboxState.DONE
    assert told.quotes()[0].item_problem == "", "the item is there: the event is late, or wrong"
    if body["event"]["type"] == "delete_pulse":
        told.connected.world.delete_item(told.deal.id)
    else:
        told.connected.world.archive_item(told.deal.id)
    told(body, triggerUuid="f" * 32)
    (quote,) = told.quotes()
    assert "no longer on the board" in quote.item_problem


def the_quote_says_that_its_deal_is_back(told: Told, body: dict[str, Any]) -> None:
    told.open_quote()
    told.connected.world.archive_item(told.deal.id)
    told(KEPT["item_archived"])
    assert told.quotes()[0].item_problem
    told.connected.world.restore_item(told.deal.id)
    told(body)
    (quote,) = told.quotes()
    assert quote.item_problem == ""


END_STATES: dict[str, Callable[[Told, dict[str, Any]], None]] = {
    "create_pulse": a_new_deal_gets_one_quote,
    "update_name": another_name_reaches_the_draft,
    "archive_pulse": the_quote_says_that_its_deal_is_gone,
    "delete_pulse": the_quote_says_that_its_deal_is_gone,
    "restore_pulse": the_quote_says_that_its_deal_is_back,
    "multiple-person": another_owner_reaches_the_draft,
    "color": a_column_that_we_write_is_left_alone,
    "subtasks": a_subitem_changes_nothing,
}


@pytest.mark.parametrize("name", EVERY)
def test_a_payload_is_carried_to_its_end_state(told: Told, name: str) -> None:
    event = EVERY[name]["event"]
    if "parentItemId" in event:
        a_subitem_changes_nothing(told, EVERY[name])
    else:
        END_STATES[event.get("columnType", event["type"])](told, EVERY[name])


def test_every_payload_that_the_contract_prints_is_kept_here() -> None:
    if not PRINTED:
        pytest.skip("the contract (../shared/monday/CONTRACT.md) is not on this machine")
    assert len(PRINTED) >= 5, "the payloads were not found in the contract"
    strays = [body["event"]["type"] for body in PRINTED if body not in KEPT.values()]
    assert strays == [], "these differ from the copies in tests/monday/payloads, or are missing there"


def test_values_inside_a_webhook_are_never_taken_for_what_the_board_holds(told: Told) -> None:
    told.open_quote()
    lie = {"name": "A name that only the webhook tells"}
    told(KEPT["change_name"], value=lie)
    assert told.quotes()[0].subject == "Ten microscopes"
    owner = told.connected.world.column("DEALS", "Owner").id
    before = told.quotes()[0].owner_name
    told(KEPT["change_column_value"], columnId=owner)
    assert told.quotes()[0].owner_name == before


def test_a_real_subitem_of_the_stand_in_makes_no_quote(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    for event in ("create_subitem", "change_subitem_name", "change_column_value"):
        world.create_webhook("DEALS", connected.office.webhook_url, event)
    part = world.create_subitem(deal.id, "Part of it")
    world.rename(part.id, "Another part")
    connected.work()
    assert [quote.mid for quote in connected.session.query(Quote).all()] == [deal.id]
    about = [row for row in connected.events() if row.item_id == part.id]
    assert about
    assert {row.state for row in about} == {InboxState.IGNORED.value}
