"""Inbox and outbox with several processes at once, on every database that answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import boards, deliveries, delivery_claims, inbox
from betterform.actions.delivery_claims import Claim
from betterform.db import db, prepare_engine, transaction
from betterform.models.base import Base
from betterform.models.board import ApiCallDay, Board, BoardRole
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.webhook_event import WebhookEvent
from tests.databases import answering_servers

SERVERS = {server.name: server for server in answering_servers()}
LEASE = timedelta(seconds=60)


@pytest.fixture(params=["SQLite", "PostgreSQL", "MariaDB"], scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A small app on a database of that kind, with all tables."""
    if request.param == "SQLite":
        yield from _on(f"sqlite:///{tmp_path_factory.mktemp('side') / 'by-side.sqlite'}")
    elif request.param in SERVERS:
        with SERVERS[request.param].empty_database() as url:
            yield from _on(url)
    else:
        pytest.skip(f"{request.param} does not answer on this machine")


def _on(url: str) -> Iterator[Flask]:
    app = Flask("side_by_side")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    database: SQLAlchemy = db
    database.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(database: Flask) -> Flask:
    """The same, with three boards and nothing else."""
    with database.app_context():
        with transaction() as session:
            for table in (Delivery, WebhookEvent, ApiCallDay, Board):
                session.execute(delete(table))
            for number, role in enumerate((BoardRole.DEALS, BoardRole.CONTACTS, BoardRole.PRODUCTS)):
                boards.choose(session, role, board_id=str(number + 1), name=role.value)
        db.session.remove()
    return database


@pytest.fixture
def at_once(app: Flask) -> Callable[[Callable[[Session], Any], int], list[Any]]:
    """Run an action in that many transactions that start at the same moment; their results."""

    def at_once(action: Callable[[Session], Any], times: int) -> list[Any]:
        start = threading.Barrier(times)

        def one(_number: int) -> Any:
            with app.app_context():
                start.wait(10)
                try:
                    with transaction() as session:
                        return action(session)
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return at_once


def want(session: Session, record_id: int = 1, target: Target = Target.DEAL) -> int:
    return deliveries.want(session, target, record_type="quote", record_id=record_id, at=clock.now()).id


def claim(session: Session, role: BoardRole = BoardRole.DEALS) -> Claim | None:
    return delivery_claims.claim_due(session, role, at=clock.now(), lease=LEASE)


def in_transaction(app: Flask, action: Callable[[Session], Any]) -> Any:
    with app.app_context():
        try:
            with transaction() as session:
                return action(session)
        finally:
            db.session.remove()


def test_the_same_wish_from_everybody_at_once_is_one_delivery(app: Flask, at_once: Any) -> None:
    ids = at_once(want, 8)
    assert len(set(ids)) == 1
    wanted = in_transaction(app, lambda session: session.get_one(Delivery, ids[0]).wanted)
    assert wanted == 8


def test_of_all_workers_one_gets_a_boards_next_delivery(app: Flask, at_once: Any) -> None:
    for record_id in range(1, 4):
        in_transaction(app, partial(want, record_id=record_id))
    claims = [found for found in at_once(claim, 6) if found is not None]
    assert len(claims) == 1


def test_boards_are_written_to_side_by_side(app: Flask) -> None:
    in_transaction(app, lambda session: want(session, 1, Target.DEAL))
    in_transaction(app, lambda session: want(session, 1, Target.CONTACT))
    assert in_transaction(app, lambda session: claim(session, BoardRole.DEALS)) is not None
    assert in_transaction(app, lambda session: claim(session, BoardRole.CONTACTS)) is not None
    assert in_transaction(app, lambda session: claim(session, BoardRole.PRODUCTS)) is None


def test_a_wish_during_the_delivery_is_delivered_afterwards(app: Flask) -> None:
    in_transaction(app, want)
    first = in_transaction(app, claim)
    in_transaction(app, want)
    in_transaction(app, lambda session: delivery_claims.finish(session, first, at=clock.now()))
    second = in_transaction(app, claim)
    assert second is not None
    assert (second.delivery_id, second.wanted) == (first.delivery_id, 2)
    assert second.idempotency_key != first.idempotency_key
    in_transaction(app, lambda session: delivery_claims.finish(session, second, at=clock.now()))
    assert in_transaction(app, claim) is None
    closed = in_transaction(app, lambda session: session.get_one(Delivery, second.delivery_id).open_key)
    assert closed is None


def test_a_wish_after_the_delivery_is_a_new_one(app: Flask) -> None:
    first = in_transaction(app, want)
    taken = in_transaction(app, claim)
    in_transaction(app, lambda session: delivery_claims.finish(session, taken, at=clock.now()))
    assert in_transaction(app, want) != first


def test_finishing_and_wishing_at_once_loses_no_wish(app: Flask, at_once: Any) -> None:
    in_transaction(app, want)
    for _ in range(10):
        taken = in_transaction(app, claim)
        assert taken is not None
        turns = iter(
            [lambda session, done=taken: delivery_claims.finish(session, done, at=clock.now()), want]
        )
        lock = threading.Lock()

        def either(session: Session, turns: Any = turns, lock: Any = lock) -> Any:
            with lock:
                action = next(turns)
            return action(session)

        at_once(either, 2)
        still_open = in_transaction(
            app, lambda session: session.query(Delivery).filter(Delivery.open_key.is_not(None)).count()
        )
        assert still_open == 1


def test_a_claim_that_ran_out_goes_to_somebody_else_and_the_first_is_told(app: Flask) -> None:
    in_transaction(app, want)
    past = clock.now() - timedelta(minutes=5)
    in_transaction(app, lambda session: _date_back(session, past))
    late = in_transaction(
        app, lambda session: delivery_claims.claim_due(session, BoardRole.DEALS, at=past, lease=LEASE)
    )
    other = in_transaction(app, claim)
    assert late is not None
    assert other is not None
    assert other.may_have_happened
    extended = in_transaction(app, lambda session: delivery_claims.extend(session, late, until=clock.now()))
    assert extended is None
    in_transaction(app, lambda session: delivery_claims.finish(session, late, at=clock.now()))
    state = in_transaction(app, lambda session: session.get_one(Delivery, other.delivery_id).state)
    assert state == DeliveryState.RUNNING


def _date_back(session: Session, at: Any) -> None:
    session.query(Delivery).update({"next_attempt_at": at})


def event(number: int, item: int = 7) -> dict[str, Any]:
    told = {"type": "create_pulse", "boardId": "1", "pulseId": str(item), "subscriptionId": "5"}
    return {"event": {**told, "triggerUuid": f"uuid-{number}"}}


def receive(session: Session, number: int, item: int = 7) -> bool:
    return inbox.receive(session, event(number, item), at=clock.now()) is not None


def test_the_same_webhook_from_all_sides_at_once_is_one_row(app: Flask, at_once: Any) -> None:
    rows = at_once(partial(receive, number=1), 8)
    assert sum(rows) == 1
    assert in_transaction(app, lambda session: session.query(WebhookEvent).count()) == 1


def test_one_worker_at_a_time_looks_at_an_item(app: Flask, at_once: Any) -> None:
    for number, item in ((1, 7), (2, 7), (3, 8)):
        in_transaction(app, partial(receive, number=number, item=item))
    claims = [
        found.item_id
        for found in at_once(lambda session: inbox.claim_due(session, at=clock.now(), lease=LEASE), 6)
        if found is not None
    ]
    assert sorted(claims) == ["7", "8"]


def test_what_was_read_for_one_event_finishes_the_others_of_its_item(app: Flask) -> None:
    for number in (1, 2, 3):
        in_transaction(app, partial(receive, number=number))
    taken = in_transaction(app, lambda session: inbox.claim_due(session, at=clock.now(), lease=LEASE))

    def done(session: Session) -> int:
        inbox.finish(session, taken, at=clock.now())
        return inbox.finish_covered(session, taken, read_at=clock.now(), at=clock.now())

    assert in_transaction(app, done) == 2
    assert in_transaction(app, lambda session: inbox.claim_due(session, at=clock.now(), lease=LEASE)) is None


def test_calls_of_many_workers_are_all_counted(app: Flask, at_once: Any) -> None:
    from decimal import Decimal

    day = clock.now().date()
    at_once(lambda session: boards.count_calls(session, day=day, calls=Decimal("1.1")), 8)
    assert in_transaction(app, lambda session: boards.calls_on(session, day)) == Decimal("8.8")
