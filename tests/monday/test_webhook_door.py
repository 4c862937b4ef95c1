"""monday's door: what is let in, what is stored, what is refused. Payloads as captured are in payloads/."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from betterform.models.webhook_event import InboxState, WebhookEvent

PAYLOADS = Path(__file__).parent / "payloads"
DOOR = "/monday/webhook/testing-webhook-secret"
SIGNING_SECRET = "a-signing-secret-of-thirty-two-bytes-or-more"


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def stored(session: Session) -> list[WebhookEvent]:
    session.rollback()
    return session.query(WebhookEvent).order_by(WebhookEvent.id).all()


@pytest.mark.parametrize(
    ("name", "event_type", "item_id"),
    [
        ("create_item", "create_pulse", "8409778368"),
        ("create_item_of_2021", "create_pulse", "8409778368"),
        ("create_item_from_a_form_again", "create_pulse", "9575061505"),
        ("create_subitem", "create_pulse", "8409778999"),
        ("change_column_value", "update_column_value", "7786784003"),
        ("change_status", "update_column_value", "7786784003"),
        ("subitem_on_its_parent", "update_column_value", "7786784003"),
        ("change_name", "update_name", "7786784003"),
        ("item_archived", "archive_pulse", "8409778368"),
        ("item_deleted", "delete_pulse", "8409778368"),
        ("item_restored", "restore_pulse", "8409778368"),
    ],
)
def test_a_captured_payload_is_stored(
    browser: FlaskClient, session: Session, name: str, event_type: str, item_id: str
) -> None:
    assert browser.post(DOOR, json=payload(name)).status_code == 200
    (event,) = stored(session)
    assert (event.event_type, event.item_id, event.state) == (event_type, item_id, InboxState.WAITING)
    assert event.board_id.isdigit()


def test_every_captured_payload_is_tested() -> None:
    cases = test_a_captured_payload_is_stored.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {path.stem for path in PAYLOADS.glob("*.json")} == {case[0] for case in cases}


def test_the_challenge_is_given_back_and_nothing_stored(browser: FlaskClient, session: Session) -> None:
    answer = browser.post(DOOR, json={"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"})
    assert answer.status_code == 200
    assert answer.get_json() == {"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}
    assert stored(session) == []


def test_a_wrong_secret_finds_no_door(browser: FlaskClient, session: Session) -> None:
    for body in ({"challenge": "x"}, payload("create_item")):
        assert browser.post("/monday/webhook/wrong", json=body).status_code == 404
    assert stored(session) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"event": null}',
        b'{"event": []}',
        b'{"event": {}}',
        b'{"event": {"type": 7}}',
        b'{"event": {"type": ""}}',
        b'{"event": {"type": "create_pulse", "boardId": {"a": 1}}}',
        b'{"challenge": 7}',
        b"\xff\xfe\x00",
        b"[" * 20_000,
    ],
)
def test_what_is_no_event_is_refused(browser: FlaskClient, session: Session, body: bytes) -> None:
    answer = browser.post(DOOR, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert stored(session) == []


def test_a_body_without_end_is_refused(browser: FlaskClient, session: Session) -> None:
    answer = browser.post(DOOR, data=b'{"event": "' + b"x" * 300_000 + b'"}', content_type="application/json")
    assert answer.status_code == 413
    assert stored(session) == []


def test_ten_times_the_same_webhook_is_stored_once(browser: FlaskClient, session: Session) -> None:
    body = payload("create_item")
    for attempt in range(10):
        body["event"]["isRetry"] = attempt > 0
        body["event"]["triggerTime"] = f"2025-02-05T16:{28 + attempt}:02.630Z"
        assert browser.post(DOOR, json=body).status_code == 200
    assert len(stored(session)) == 1


def test_events_without_an_id_are_told_apart_by_what_they_say(browser: FlaskClient, session: Session) -> None:
    body = payload("create_item")
    del body["event"]["triggerUuid"]
    for item in (1, 1, 2):
        body["event"]["pulseId"] = item
        assert browser.post(DOOR, json=body).status_code == 200
    assert [event.item_id for event in stored(session)] == ["1", "2"]


def test_only_posts_are_taken(browser: FlaskClient) -> None:
    assert browser.get(DOOR).status_code == 405


class TestWithASigningSecret:
    @pytest.fixture
    def browser(self, app: Flask) -> FlaskClient:
        app.config["MONDAY_SIGNING_SECRET"] = SIGNING_SECRET
        return app.test_client()

    def post(self, browser: FlaskClient, header: str | None) -> int:
        headers = {"Authorization": header} if header is not None else {}
        return browser.post(DOOR, json=payload("create_item"), headers=headers).status_code

    def token(self, app: Flask, secret: str = SIGNING_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
        url = f"{app.config['PUBLIC_URL']}{DOOR}"
        told = {
            "accountId": 1,
            "userId": 2,
            "aud": url,
            "iat": time.time(),
            "exp": time.time() + 300,
            **claims,
        }
        return jwt.encode({key: value for key, value in told.items() if value is not None}, secret, algorithm)

    def test_a_signed_event_is_stored(self, app: Flask, browser: FlaskClient, session: Session) -> None:
        assert self.post(browser, self.token(app)) == 200
        assert len(stored(session)) == 1

    def test_bearer_before_the_token_does_not_matter(self, app: Flask, browser: FlaskClient) -> None:
        assert self.post(browser, f"Bearer {self.token(app)}") == 200

    def test_a_query_string_in_the_audience_does_not_matter(self, app: Flask, browser: FlaskClient) -> None:
        assert self.post(browser, self.token(app, aud=f"{app.config['PUBLIC_URL']}{DOOR}/?x=1")) == 200

    def test_an_event_without_a_signature_is_refused(self, browser: FlaskClient, session: Session) -> None:
        assert self.post(browser, None) == 401
        assert stored(session) == []

    def test_a_wrong_signature_is_refused(self, app: Flask, browser: FlaskClient, session: Session) -> None:
        wrong = [
            self.token(app, secret="another-secret-of-thirty-two-bytes-or-more"),
            self.token(app, exp=time.time() - 3600),
            self.token(app, exp=None),
            self.token(app, aud="https://elsewhere.example/hook"),
            self.token(app, algorithm="HS512", secret=SIGNING_SECRET * 2),
            jwt.encode({"exp": time.time() + 300}, "", algorithm="none"),
            "nonsense",
            "Bearer ",
        ]
        assert {self.post(browser, header) for header in wrong} == {401}
        assert stored(session) == []

    def test_the_challenge_needs_no_signature(self, browser: FlaskClient) -> None:
        assert browser.post(DOOR, json={"challenge": "x"}).status_code == 200
