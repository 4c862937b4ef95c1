"""Twenty senders at once, and the server killed in the middle: what was answered 200 is there, once."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform.jobs import queue
from betterform.models.webhook_event import WebhookEvent
from tests.databases import everywhere
from tests.storm_door.crowd import Crowd, Line, webhooks
from tests.storm_door.server import DOOR, SECRET, Server

WEBHOOKS = 200
DOUBLED = 0.2


@pytest.fixture
def server(config: dict[str, Any], app: Flask, tmp_path: Path) -> Iterator[Server]:
    server = Server(str(config["DATABASE_URL"]), tmp_path)
    server.start()
    yield server
    server.stop()
    queue.of(app).huey.flush()  # on PostgreSQL the queue is in the database that the next test is given


def kept(session: Session) -> Counter[str]:
    session.rollback()
    return Counter(
        session.scalars(WebhookEvent.__table__.select().with_only_columns(WebhookEvent.dedupe_key))
    )


@everywhere
def test_what_was_answered_200_outlives_a_kill_and_is_there_once(server: Server, session: Session) -> None:
    events = webhooks(WEBHOOKS)
    killed_at: list[int] = []

    def kill() -> None:
        killed_at.append(len(crowd.report.accepted))
        server.kill_and_start()

    crowd = Crowd(server.port, DOOR, doubled=DOUBLED, disturb=kill)
    report = crowd.send(events)

    assert WEBHOOKS // 2 <= killed_at[0] < len(report.accepted), "the kill was not in the middle"
    assert report.statuses[0] > 0, "nobody noticed the kill"
    assert set(report.statuses) == {0, 200}
    assert report.given_up == []
    assert len(report.accepted) > WEBHOOKS, "nothing was sent twice"
    assert kept(session) == {event.key: 1 for event in events}
    assert set(report.accepted) == set(kept(session))


@everywhere
def test_twenty_who_bring_the_same_webhook_at_once_leave_one(server: Server, session: Session) -> None:
    same = webhooks(5, seed=2)
    report = Crowd(server.port, DOOR).send([event for event in same for _ in range(20)])
    assert report.statuses == {200: 100}
    assert kept(session) == {event.key: 1 for event in same}


def test_the_servers_log_says_who_was_refused_and_holds_no_secret(server: Server) -> None:
    line = Line(server.port)
    [event] = webhooks(1, seed=3)
    answers = [
        line.ask("POST", DOOR, event.first)[0],
        line.ask("POST", f"{DOOR}x", event.first)[0],
        line.ask("POST", f"{DOOR}/", event.first)[0],
        line.ask("POST", DOOR, b"not json")[0],
        line.ask("GET", DOOR)[0],
        line.ask("HEAD", DOOR)[0],
    ]
    line.close()
    server.stop()
    log = server.log.read_text()
    assert answers == [200, 404, 404, 400, 405, 405]
    assert "webhook with a wrong secret from 127.0.0.1" in log
    assert "webhook refused: its body is not JSON" in log
    assert SECRET not in log


def test_a_chunked_body_is_read_up_to_the_limit(server: Server, session: Session) -> None:
    [event] = webhooks(1, seed=4)
    assert in_chunks(server.port, [event.first[:50], event.first[50:]]) == 200
    assert in_chunks(server.port, [b'{"event": "'] + [b"x" * 65_536] * 5) in (400, 413)
    assert in_chunks(server.port, [b"never ends"], end=b"nonsense\r\n") == 400
    assert kept(session) == {event.key: 1}


def in_chunks(port: int, chunks: list[bytes], *, end: bytes = b"0\r\n\r\n") -> int:
    """The status of the answer to a body that does not say how long it is; 0 where none came."""
    head = f"POST {DOOR} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(head.encode())
        with suppress(BrokenPipeError, ConnectionResetError):
            for chunk in chunks:
                line.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            line.sendall(end)
        answer = line.recv(100)
    return int(answer.split()[1]) if answer else 0
