"""Webhooks: the challenge, the payloads of section 2.3, retries, mishaps, signatures."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests

from betterform.monday.sandbox import SandboxServer
from tests.monday.sandbox.caller import CHANGE, CREATE, Caller, Listener, listening, wait_until

REGISTER = """mutation ($board: ID!, $url: String!, $event: WebhookEventType!, $config: JSON) {
  create_webhook(board_id: $board, url: $url, event: $event, config: $config) { id board_id event config }
}"""

# The captured payloads of the contract, trimmed to types: the shapes that every event must have.
COMMON = {
    "app": str, "type": str, "triggerTime": str, "subscriptionId": int, "isRetry": bool, "userId": int,
    "originalTriggerUuid": type(None), "boardId": int, "triggerUuid": str,
}  # fmt: skip
CREATED = COMMON | {
    "pulseId": int, "pulseName": str, "groupId": str, "groupName": str, "groupColor": str, "isTopGroup": bool,
    "columnValues": dict,
}  # fmt: skip
CHANGED = COMMON | {
    "groupId": str, "pulseId": int, "pulseName": str, "columnId": str, "columnType": str, "columnTitle": str,
    "value": dict, "previousValue": (dict, type(None)), "changedAt": float, "isTopGroup": bool,
}  # fmt: skip
RENAMED = COMMON | {"groupId": str, "pulseId": int, "value": dict, "previousValue": dict}
GONE = COMMON | {"itemId": int, "itemName": str}


def register(monday: Caller, listener: Listener, event: str, board: str = "DEALS", **config: Any) -> str:
    variables = {"board": monday.board_id(board), "url": listener.url, "event": event}
    if config:
        variables["config"] = json.dumps(config)
    return str(monday.ask(REGISTER, variables)["create_webhook"]["id"])


def assert_shape(event: dict[str, Any], shape: dict[str, Any]) -> None:
    assert set(event) == set(shape)
    for key, kind in shape.items():
        assert isinstance(event[key], kind), key
    assert re.fullmatch(r"[0-9a-f]{32}", event["triggerUuid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["triggerTime"])


def test_the_challenge_comes_before_the_registration(monday: Caller, listener: Listener) -> None:
    webhook_id = register(monday, listener, "create_item")
    assert listener.challenges == 1
    query = f"{{ webhooks(board_id: {monday.board_id('DEALS')}) {{ id event board_id }} }}"
    assert monday.ask(query)["webhooks"] == [
        {"id": webhook_id, "event": "create_item", "board_id": monday.board_id("DEALS")}
    ]
    monday.ask(f"mutation {{ delete_webhook(id: {webhook_id}) {{ id }} }}")
    assert monday.ask(query)["webhooks"] == []


def test_an_address_that_is_silent_or_wrong_gets_a_bare_internal_server_error(
    monday: Caller, listener: Listener
) -> None:
    listener.repeats = False
    for url in (listener.url, "http://127.0.0.1:9/nobody"):
        variables = {"board": monday.board_id("DEALS"), "url": url, "event": "create_item"}
        answer = monday.post(REGISTER, variables)
        assert answer.status_code == 200
        assert answer.json()["errors"][0]["message"] == "Internal Server Error"
    too_long = {"board": monday.board_id("DEALS"), "url": listener.url + "x" * 255, "event": "create_item"}
    assert monday.refused(REGISTER, too_long)["extensions"]["code"] == "InvalidArgumentException"
    assert monday.world.webhooks == {}


def test_a_new_item_is_told_with_numbers_for_ids(monday: Caller, listener: Listener) -> None:
    webhook_id = register(monday, listener, "create_item")
    item = monday.world.create_item("DEALS", "New item 1")
    (event,) = listener.wait_for(1)
    assert_shape(event, CREATED)
    assert event["type"] == "create_pulse"
    assert (event["pulseId"], event["boardId"]) == (int(item.id), int(monday.board_id("DEALS")))
    assert event["subscriptionId"] == int(webhook_id)
    assert event["userId"] == 67214742
    assert event["columnValues"] == {}
    assert event["isRetry"] is False


def test_values_given_at_creation_come_with_the_event(monday: Caller, listener: Listener) -> None:
    register(monday, listener, "create_item")
    values = {
        "Quote number": "www.test.org",
        "Quote status": {"label": "Sent"},
        "Currency": {"labels": ["EUR"]},
    }
    monday.world.create_item("DEALS", "From a form", values)
    (event,) = listener.wait_for(1)
    told = {title: event["columnValues"][monday.column("DEALS", title)] for title in values}
    assert told == {
        "Quote number": {"value": "www.test.org"},
        "Quote status": {"label": {"index": 1, "text": "Sent"}, "post_id": None},
        "Currency": {"chosenValues": [{"id": 2, "name": "EUR"}]},
    }


def test_a_change_is_told_with_the_legacy_name_of_the_type(
    monday: Caller, listener: Listener, deal: str
) -> None:
    register(monday, listener, "change_column_value")
    monday.world.set_values(deal, {"Owner": {"personsAndTeams": [{"id": 67214742, "kind": "person"}]}})
    (event,) = listener.wait_for(1)
    assert_shape(event, CHANGED)
    assert event["columnType"] == "multiple-person"
    assert event["value"]["personsAndTeams"] == [{"id": 67214742, "kind": "person"}]
    assert event["previousValue"] == {}


def test_a_status_is_told_with_label_and_style(monday: Caller, listener: Listener, deal: str) -> None:
    register(monday, listener, "change_column_value")
    monday.world.set_values(deal, {"Quote status": {"label": "Accepted"}})
    (event,) = listener.wait_for(1)
    assert event["columnType"] == "color"
    label = event["value"]["label"]
    assert (label["index"], label["text"], label["is_done"]) == (2, "Accepted", True)
    assert set(label["style"]) == {"color", "border", "var_name"}


@pytest.mark.parametrize(
    ("title", "written", "told"),
    [
        ("Total", "12.50", ("numeric", {"value": 12.5, "unit": None})),
        ("Quote number", "Q-1", ("text", {"value": "Q-1"})),
        ("Currency", {"labels": ["CHF"]}, ("dropdown", {"chosenValues": [{"id": 1, "name": "CHF"}]})),
    ],
)
def test_other_types_have_shapes_of_their_own(
    monday: Caller, listener: Listener, deal: str, title: str, written: Any, told: Any
) -> None:
    register(monday, listener, "change_column_value")
    monday.world.set_values(deal, {title: written})
    (event,) = listener.wait_for(1)
    assert (event["columnType"], event["value"]) == told


def test_a_rename_is_told_by_change_name_only(monday: Caller, listener: Listener, deal: str) -> None:
    register(monday, listener, "change_name")
    register(monday, listener, "change_column_value")
    monday.world.rename(deal, "New Name 2")
    listener.wait_for(1)
    assert monday.world.postman.wait_until_quiet()
    (event,) = listener.events()
    assert_shape(event, RENAMED)
    assert (event["value"], event["previousValue"]) == ({"name": "New Name 2"}, {"name": "A deal"})


@pytest.mark.parametrize(("verb", "kind"), [("archive", "archive_pulse"), ("delete", "delete_pulse")])
def test_items_that_are_gone_are_told_by_item_id(
    monday: Caller, listener: Listener, deal: str, verb: str, kind: str
) -> None:
    register(monday, listener, f"item_{verb}d")
    monday.control("POST", f"/items/{deal}/{verb}")
    (event,) = listener.wait_for(1)
    assert_shape(event, GONE)
    assert (event["type"], event["itemId"], event["itemName"]) == (kind, int(deal), "A deal")


def test_a_restored_item_is_told_with_both_states(monday: Caller, listener: Listener, deal: str) -> None:
    register(monday, listener, "item_restored")
    monday.world.archive_item(deal)
    monday.world.restore_item(deal)
    (event,) = listener.wait_for(1)
    assert event["type"] == "restore_pulse"
    assert (event["value"], event["previousValue"]) == ({"state": 1, "is_undo": True}, {"state": 2})
    assert event["itemId"] == int(deal)
    assert "originalTriggerUuid" not in event


def test_writes_through_the_api_are_told_too_with_the_user_of_the_token(
    monday: Caller, listener: Listener, deal: str
) -> None:
    register(monday, listener, "create_item")
    register(monday, listener, "change_column_value")
    monday.ask(CREATE, {"board": monday.board_id("DEALS"), "name": "By API"})
    monday.change(deal, Total="5")
    monday.upload(deal, monday.column("DEALS", "Quote PDF"))
    events = listener.wait_for(3)
    assert {event["userId"] for event in events} == {int(monday.world.me.id)}
    assert {event.get("columnType") for event in events} == {None, "numeric", "file"}


def test_nothing_is_told_when_nothing_changes(monday: Caller, listener: Listener, deal: str) -> None:
    monday.change(deal, Total="5")
    register(monday, listener, "change_column_value")
    monday.change(deal, Total="5")
    assert monday.world.postman.wait_until_quiet()
    assert listener.events() == []


def test_a_webhook_hears_of_its_own_board_and_column_only(
    monday: Caller, listener: Listener, deal: str
) -> None:
    register(monday, listener, "change_specific_column_value", columnId=monday.column("DEALS", "Total"))
    status = monday.column("DEALS", "Quote status")
    register(monday, listener, "change_status_column_value", columnId=status, columnValue={"index": 2})
    contact = monday.world.items_of("CONTACTS")[0]
    monday.world.set_values(contact.id, {"City": "Bern"})
    monday.world.set_values(deal, {"Quote number": "Q-1"})
    monday.world.set_values(deal, {"Quote status": {"label": "Sent"}})
    monday.world.set_values(deal, {"Quote status": {"label": "Accepted"}, "Total": "5"})
    listener.wait_for(2)
    assert monday.world.postman.wait_until_quiet()
    assert [event["columnTitle"] for event in listener.events()] == ["Quote status", "Total"]


def test_two_webhooks_for_one_event_share_its_trigger(monday: Caller, listener: Listener) -> None:
    register(monday, listener, "create_item")
    register(monday, listener, "create_item")
    monday.world.create_item("DEALS", "Twice")
    first, second = listener.wait_for(2)
    assert first["triggerUuid"] == second["triggerUuid"]
    assert first["subscriptionId"] != second["subscriptionId"]


def test_anything_but_200_is_tried_again_with_the_same_trigger(
    quick_monday: Caller, listener: Listener
) -> None:
    register(quick_monday, listener, "create_item")
    listener.answers = [503, 204]
    quick_monday.world.create_item("DEALS", "Tried thrice")
    events = listener.wait_for(3)
    assert [event["isRetry"] for event in events] == [False, True, True]
    assert len({event["triggerUuid"] for event in events}) == 1
    wait_until(lambda: quick_monday.world.postman.deliveries[-1].state == "delivered")
    answers = [attempt["answer"] for attempt in quick_monday.world.postman.deliveries[-1].attempts]
    assert answers == ["503", "204", "200"]


def test_after_half_an_hour_an_event_is_given_up(listener: Listener) -> None:
    with SandboxServer(seed="empty", speed=6_000) as server:
        monday = Caller(server)
        register(monday, listener, "create_item")
        listener.answers = [500] * 100
        monday.world.create_item("DEALS", "Never heard")
        delivery = monday.world.postman.deliveries[-1]
        wait_until(lambda: delivery.state == "given up")
        assert 10 <= len(delivery.attempts) <= 31


def test_webhooks_can_be_lost_doubled_and_delayed(monday: Caller, listener: Listener) -> None:
    register(monday, listener, "create_item")
    for kind, seconds in (("lose", 0), ("double", 0), ("delay", 0.3)):
        monday.control("POST", "/mishaps", kind=kind, event="create_pulse", seconds=seconds)
    lost, doubled, delayed = (
        monday.world.create_item("DEALS", name) for name in ("lost", "doubled", "delayed")
    )
    began = time.monotonic()
    listener.wait_for(3)
    assert time.monotonic() - began > 0.2
    heard = [event["pulseId"] for event in listener.events()]
    assert heard == [int(doubled.id), int(doubled.id), int(delayed.id)]
    assert int(lost.id) not in heard
    assert listener.events()[0]["triggerUuid"] == listener.events()[1]["triggerUuid"]


def test_webhooks_can_be_overtaken(monday: Caller, listener: Listener, deal: str) -> None:
    register(monday, listener, "change_name")
    monday.control("POST", "/mishaps", kind="reorder", seconds=0.5)
    monday.world.rename(deal, "first")
    monday.world.rename(deal, "second")
    assert [event["value"]["name"] for event in listener.wait_for(2)] == ["second", "first"]


@pytest.fixture
def signing() -> Iterator[tuple[Caller, Listener]]:
    secret = "a signing secret of more than 32 bytes"
    with SandboxServer(seed="empty", signing_secret=secret) as server, listening() as listener:
        yield Caller(server), listener


def test_webhooks_of_an_app_carry_a_fresh_token(signing: tuple[Caller, Listener]) -> None:
    monday, listener = signing
    register(monday, listener, "create_item")
    monday.world.create_item("DEALS", "Signed")
    listener.wait_for(1)
    token = listener.authorizations[0]
    assert token is not None
    assert not token.startswith("Bearer")
    secret = monday.world.postman.signing_secret
    claims = jwt.decode(token, secret or "", algorithms=["HS256"], audience=listener.url)
    assert {"accountId", "userId", "aud", "exp", "iat"} <= set(claims)
    assert claims["exp"] - claims["iat"] == 300
    query = f"{{ webhooks(board_id: {monday.board_id('DEALS')}, app_webhooks_only: true) {{ id }} }}"
    assert len(monday.ask(query)["webhooks"]) == 1


def test_other_webhooks_carry_nothing(monday: Caller, listener: Listener, deal: str) -> None:
    register(monday, listener, "change_column_value")
    monday.ask(
        CHANGE,
        {
            "board": monday.board_id("DEALS"),
            "item": deal,
            "values": json.dumps({monday.column("DEALS", "Total"): "1"}),
        },
    )
    listener.wait_for(1)
    assert listener.authorizations == [None]


def test_a_webhook_that_a_person_switched_off_is_listed_and_silent(
    monday: Caller, listener: Listener
) -> None:
    webhook_id = register(monday, listener, "create_item")
    monday.control("POST", f"/webhooks/{webhook_id}/off")
    monday.world.create_item("DEALS", "Unheard")
    assert monday.world.postman.wait_until_quiet()
    assert listener.events() == []
    query = f"{{ webhooks(board_id: {monday.board_id('DEALS')}) {{ id }} }}"
    assert monday.ask(query)["webhooks"] == [{"id": webhook_id}]
    monday.control("POST", f"/webhooks/{webhook_id}/on")
    monday.world.create_item("DEALS", "Heard")
    assert [event["pulseName"] for event in listener.wait_for(1)] == ["Heard"]


def test_an_app_s_webhook_cannot_be_switched_off(signing: tuple[Caller, Listener]) -> None:
    monday, listener = signing
    webhook_id = register(monday, listener, "create_item")
    answer = requests.post(f"{monday.server.url}/_sandbox/webhooks/{webhook_id}/off", timeout=5)
    assert answer.status_code == 422
    assert monday.world.webhooks[webhook_id].active


def test_another_account_signs_with_another_secret(signing: tuple[Caller, Listener]) -> None:
    monday, listener = signing
    register(monday, listener, "create_item")
    other = "the-signing-secret-of-another-account"
    monday.control("POST", "/account", id="777", signing_secret=other)
    assert monday.ask("{ me { account { id } } }") == {"me": {"account": {"id": "777"}}}
    monday.world.create_item("DEALS", "From elsewhere")
    listener.wait_for(1)
    claims = jwt.decode(listener.authorizations[-1] or "", other, algorithms=["HS256"], audience=listener.url)
    assert claims["accountId"] == 777
