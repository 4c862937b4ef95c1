"""Once the day's calls are used up nothing is asked, and everything goes on by itself; so does a first question."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from betterform import clock
from betterform.actions import account_health, board_readings
from betterform.db import transaction
from betterform.jobs import account, deliveries, inbox, periodic, readings
from betterform.jobs.worker import Worker
from betterform.models.board import BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.history import SYSTEM
from betterform.models.monday_account import MondayAccount
from betterform.monday.sandbox import World
from tests.databases import everywhere
from tests.monday.conftest import Connected
from tests.monday.holding import add_contacts, add_contacts_named, fresh, problem, wait_for


@everywhere
def test_once_the_days_calls_are_used_up_the_rest_waits_without_asking(
    connected: Connected, world: World
) -> None:
    add_contacts(connected, 3)
    world.create_item("DEALS", "Ten microscopes", {})
    connected.receive_webhooks()
    with transaction() as session:
        board_readings.start(
            session,
            BoardRole.PRODUCTS,
            ReadingKind.CHANGES,
            by=SYSTEM,
            at=clock.now() + timedelta(seconds=-1),
        )
    world.trouble.order("daily_limit", times=None)
    while deliveries.deliver() | inbox.read() | readings.step():
        pass
    assert len(world.calls) == 1
    connected.session.rollback()
    until = account_health.used_up_until(connected.session, at=clock.now())
    assert until is not None
    assert timedelta() < until - clock.now() <= timedelta(days=1, minutes=10)
    assert {row.next_attempt_at for row in connected.deliveries()} == {until}
    assert sorted(row.attempts for row in connected.deliveries()) == [0, 0, 1]
    assert {event.next_attempt_at for event in connected.events()} == {until}
    assert connected.session.query(BoardReading).one().next_step_at == until
    assert all("used up" in row.reason for row in connected.deliveries())


@everywhere
def test_what_waits_for_the_days_calls_goes_on_as_soon_as_monday_answers(
    connected: Connected, world: World
) -> None:
    add_contacts(connected, 3)
    world.trouble.order("daily_limit", times=None)
    while deliveries.deliver():
        pass
    with transaction() as session:
        busy = session.get_one(Delivery, connected.deliveries()[-1].id)
        later = busy.next_attempt_at = clock.now() + timedelta(minutes=5)
    world.trouble.clear()
    with transaction() as session:
        assert account_health.cleared(session, at=clock.now()) == 2
    connected.session.rollback()
    assert account_health.used_up_until(connected.session, at=clock.now()) is None
    assert connected.deliveries()[-1].next_attempt_at == later  # it waits for something else
    connected.work(hurry=False)
    assert [row.state for row in connected.deliveries()] == ["done", "done", "waiting"]


def test_the_hold_of_the_days_calls_ends_by_itself(connected: Connected, world: World) -> None:
    add_contacts(connected, 2)
    with transaction() as session:
        account_health.note_used_up(session, until=clock.now() + timedelta(seconds=0.3), at=clock.now())
    while deliveries.deliver():
        pass
    assert len(world.calls) == 0
    time.sleep(0.4)
    connected.work(hurry=False)
    assert {row.state for row in connected.deliveries()} == {DeliveryState.DONE.value}


def test_a_second_refusal_of_the_day_does_not_make_the_wait_longer(connected: Connected) -> None:
    now = clock.now()
    with transaction() as session:
        until = account_health.note_used_up(session, until=now + timedelta(hours=2), at=now)
        assert account_health.note_used_up(session, until=now + timedelta(hours=3), at=now) == until
        tomorrow = until + timedelta(seconds=1)
        later = tomorrow + timedelta(days=1)
        assert account_health.note_used_up(session, until=later, at=tomorrow) == later


def test_while_the_days_calls_are_used_up_monday_is_asked_every_hour(
    connected: Connected, world: World
) -> None:
    now = clock.now()
    with transaction() as session:
        account_health.note_used_up(session, until=now + timedelta(hours=5), at=now)
    asked = []
    for minute in range(1, 60 * 6):
        with transaction() as session:
            if account_health.may_ask(session, at=now + timedelta(minutes=minute)):
                asked.append(minute)
    assert asked == [60, 120, 180, 240]
    with transaction() as session:
        session.get_one(MondayAccount, 1).checked_at = now - timedelta(hours=1)
    periodic.look_around()  # the plan was raised meanwhile
    connected.session.rollback()
    assert account_health.used_up_until(connected.session, at=clock.now()) is None


def test_a_worker_makes_one_refused_call_and_goes_on_when_the_days_calls_are_counted_anew(
    connected: Connected, world: World
) -> None:
    worker = Worker(connected.app, threads=2)
    worker.start()
    try:
        world.trouble.order("daily_limit", times=None)
        world.calls.clear()
        add_contacts(connected, 1)
        wait_for(lambda: all("used up" in row.reason for row in fresh(connected)))
        add_contacts_named(connected, ["Grace", "Mary", "Emmy"])
        wait_for(lambda: all("used up" in row.reason for row in fresh(connected)))
        assert len(world.calls) == 1
        assert {row.state for row in fresh(connected)} == {DeliveryState.WAITING.value}
        world.trouble.clear()
        with transaction() as session:  # midnight
            soon = clock.now() + timedelta(seconds=1)
            session.get_one(MondayAccount, 1).used_up_until = soon
            for row in session.query(Delivery):
                row.next_attempt_at = soon
        wait_for(lambda: {row.state for row in fresh(connected)} == {DeliveryState.DONE.value})
    finally:
        worker.stop()


def test_a_worker_asks_whose_token_it_is_until_it_is_answered(connected: Connected, world: World) -> None:
    with transaction() as session:
        row = session.get_one(MondayAccount, 1)
        row.account_id, row.account_name = "4711", "Elsewhere"
    connected.app.config["MONDAY_PATIENCE"] = 0.1
    world.trouble.order("server_error", "me", times=3)
    world.calls.clear()
    worker = Worker(connected.app, threads=1)
    worker.start()
    try:
        assert problem(connected.session) == ""
        wait_for(lambda: "connected in the account Elsewhere" in problem(connected.session))
        asked = len(world.calls.of("WhoAmI"))
        time.sleep(1)
        assert len(world.calls.of("WhoAmI")) == asked == 4
    finally:
        worker.stop()


@pytest.mark.parametrize("refused", [("daily_limit", True), ("rate_limited", True), ("revoked_token", False)])
def test_only_a_question_without_an_answer_is_repeated(
    connected: Connected, world: World, refused: tuple[str, bool]
) -> None:
    kind, is_repeated = refused
    world.trouble.order(kind)
    assert (account.ask_at_start(1) is not None) is is_repeated
    assert account.ask_at_start(2) is None
