"""monday's door in odd weather: bodies that a database refuses, odd challenges, and a database in trouble."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from betterform.db import db
from betterform.models.webhook_event import WebhookEvent
from tests.databases import everywhere

DOOR = "/monday/webhook/testing-webhook-secret"
SIGNING_SECRET = "a-signing-secret-of-thirty-two-bytes-or-more"
EVENT: dict[str, Any] = {
    "type": "create_pulse",
    "subscriptionId": 7,
    "boardId": 1,
    "pulseId": 2,
    "triggerUuid": "c95b27e82a81cc6a81db4f5e97d80858",
}


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    app.config["MONDAY_SIGNING_SECRET"] = ""
    return app.test_client()


def stored(session: Session) -> list[WebhookEvent]:
    session.rollback()
    return session.query(WebhookEvent).order_by(WebhookEvent.id).all()


def body(**more: str) -> bytes:
    """The event, with values as raw JSON: body(pulseId="1e400")."""
    told = {key: json.dumps(value) for key, value in EVENT.items()} | more
    return ('{"event": {' + ", ".join(f'"{key}": {value}' for key, value in told.items()) + "}}").encode()


@everywhere
@pytest.mark.parametrize(
    "more",
    [
        {"type": r'"create_\u0000pulse"'},
        {"type": r'"create_pulse\ud800"'},
        {"type": r'"\ud83d\ude00"'},
        {"pulseName": r'"a\u0000b"'},
        {"pulseName": r'"\udc00"'},
        {r"odd\u0000\ud800key": "1"},
        {"boardId": r'"1\u0000"'},
        {"triggerUuid": r'"\u0000\ud800-and-more"'},
        {"value": "1e999"},
        {"value": "NaN"},
        {"value": "-Infinity"},
        {"value": "9" * 4000},
        {"value": "[" * 40 + "]" * 40},
        {"value": '{"a":' * 900 + "1" + "}" * 900},
    ],
    ids=lambda more: ",".join(f"{key[:9]}={value[:12]}" for key, value in more.items()),
)
def test_what_a_database_refuses_is_blanked_and_the_event_kept(
    browser: FlaskClient, session: Session, more: dict[str, str]
) -> None:
    assert browser.post(DOOR, data=body(**more)).status_code == 200
    [event] = stored(session)
    assert (event.board_id, event.item_id) == ("1", "2")
    json.dumps(event.payload, allow_nan=False).encode()
    assert browser.post(DOOR, data=body(**more)).get_json() == {"status": "known"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("8409778368", "8409778368"),
        ('"8409778368"', "8409778368"),
        ('" 8409778368 "', "8409778368"),
        ("8409778368.0", "8409778368"),
        ("9" * 20, "9" * 20),
        ("9" * 21, ""),  # cut short it could be another item's
        ("9" * 4000, ""),
    ],
)
def test_ids_come_in_many_shapes(browser: FlaskClient, session: Session, given: str, kept: str) -> None:
    assert browser.post(DOOR, data=body(pulseId=given)).status_code == 200
    assert [event.item_id for event in stored(session)] == [kept]


@everywhere
def test_triggers_that_differ_in_a_capital_are_two(browser: FlaskClient, session: Session) -> None:
    for trigger in ("abc", "ABC", "abc "):
        assert browser.post(DOOR, data=body(triggerUuid=json.dumps(trigger))).status_code == 200
    assert len(stored(session)) == 3


@pytest.mark.parametrize("kind", ["something_new", "create_update", "x" * 300])
def test_unknown_events_of_unknown_boards_long_ago_are_kept(
    browser: FlaskClient, session: Session, kind: str
) -> None:
    old = body(type=json.dumps(kind), boardId="404", triggerTime='"1999-01-01T00:00:00.000Z"')
    assert browser.post(DOOR, data=old, content_type="text/plain").status_code == 200
    assert [event.event_type for event in stored(session)] == [kind[:50]]


@pytest.mark.parametrize(
    "challenge",
    ["7", "null", "true", "[]", '{"a": "b"}', '""', f'"{"x" * 1001}"', r'"a\nb"', '"<\u00e9>"', r'"\u0000"'],
)
@pytest.mark.parametrize("signing_secret", ["", SIGNING_SECRET])
def test_only_what_looks_like_a_token_is_given_back(
    app: Flask, browser: FlaskClient, challenge: str, signing_secret: str
) -> None:
    app.config["MONDAY_SIGNING_SECRET"] = signing_secret
    assert browser.post(DOOR, data=f'{{"challenge": {challenge}}}'.encode()).status_code == 400


def test_an_event_that_mentions_a_challenge_is_an_event(browser: FlaskClient, session: Session) -> None:
    answer = browser.post(DOOR, json={"challenge": "x", "event": EVENT})
    assert answer.get_json() == {"status": "stored"}
    assert len(stored(session)) == 1


@pytest.mark.parametrize("claims", [{"aud": 5}, {"aud": {"a": 1}}, {"aud": [None]}, {"exp": "soon"}])
def test_a_signature_with_odd_claims_is_refused(
    app: Flask, browser: FlaskClient, session: Session, claims: dict[str, Any]
) -> None:
    app.config["MONDAY_SIGNING_SECRET"] = SIGNING_SECRET
    # PyJWT writes no such claims itself, so they are signed as plain bytes.
    told = json.dumps({"exp": time.time() + 300, **claims}).encode()
    token = jwt.PyJWS().encode(told, SIGNING_SECRET, "HS256")
    assert browser.post(DOOR, json={"event": EVENT}, headers={"Authorization": token}).status_code == 401
    assert stored(session) == []


def _file(app: Flask) -> str:
    return str(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database)


def test_while_another_program_writes_the_door_waits_and_then_keeps(
    app: Flask, browser: FlaskClient, session: Session
) -> None:
    session.rollback()
    other = sqlite3.connect(_file(app), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(1.0, lambda: other.execute("ROLLBACK")).start()
    start = time.monotonic()
    assert browser.post(DOOR, json={"event": EVENT}).status_code == 200
    assert time.monotonic() - start > 0.5, "the lock was not felt"
    assert len(stored(session)) == 1
    other.close()


def test_those_who_queue_behind_a_writer_are_sent_away_soon(app: Flask, session: Session) -> None:
    """One waits for the database; the others leave the threads to people. monday sends them again."""
    app.config["MONDAY_SIGNING_SECRET"] = ""
    session.rollback()
    other = sqlite3.connect(_file(app), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answers: list[tuple[int, float]] = []

    def send(number: int) -> None:
        start = time.monotonic()
        told = {"event": EVENT | {"triggerUuid": f"{number:032x}"}}
        status = app.test_client().post(DOOR, json=told).status_code
        answers.append((status, time.monotonic() - start))

    senders = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for sender in senders:
        sender.start()
    time.sleep(5)
    other.execute("ROLLBACK")
    other.close()
    for sender in senders:
        sender.join()
    assert sorted(status for status, _ in answers) == [200, 503, 503, 503]
    assert max(seconds for status, seconds in answers if status == 503) < 4
    assert len(stored(session)) == 1


def test_a_full_disk_is_told_and_nothing_is_claimed(
    app: Flask, browser: FlaskClient, session: Session
) -> None:
    session.rollback()
    db.engine.dispose()
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    statuses = []
    for number in range(40):
        told = {"event": EVENT | {"triggerUuid": f"{number:032x}", "pulseName": "x" * 3000}}
        answer = browser.post(DOOR, json=told)
        statuses.append(answer.status_code)
    assert set(statuses) == {200, 503}
    assert answer.headers["Retry-After"] == "60"
    assert len(stored(session)) == statuses.count(200)


@everywhere
def test_a_missing_database_is_told_at_once(config: dict[str, object], tmp_path: Any) -> None:
    from betterform.app import create_app
    from tests.conftest import close

    url = make_url(str(config["SQLALCHEMY_DATABASE_URI"]))
    gone = url.set(database=str(tmp_path)) if url.get_backend_name() == "sqlite" else url.set(port=9)
    app = create_app({**config, "SQLALCHEMY_DATABASE_URI": gone.render_as_string(hide_password=False)})
    start = time.monotonic()
    answer = app.test_client().post(DOOR, json={"event": EVENT})
    assert (answer.status_code, answer.get_json()) == (503, {"status": "not stored"})
    assert time.monotonic() - start < 4
    close(app)
