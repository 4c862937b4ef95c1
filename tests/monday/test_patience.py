"""How long is waited: as long as monday says at least, longer each time where it says nothing, and not in step."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from betterform import clock
from betterform.actions import contacts
from betterform.db import db, transaction
from betterform.jobs import deliveries
from betterform.jobs.worker import Worker
from betterform.models.board_reading import BoardReading
from betterform.models.history import SYSTEM
from betterform.monday.answers import refusal_in
from betterform.monday.client import UPLOADS_TAKE
from betterform.monday.errors import TryAgain
from betterform.monday.office import LEASE_MARGIN_SECONDS
from betterform.monday.patience import after_midnight, next_attempt
from tests.monday.conftest import Connected, issue

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


def waits(refusal: TryAgain, *, attempts: int = 1, patience: float = 1.0) -> list[float]:
    """How many seconds a hundred attempts would wait."""
    return [
        (next_attempt(refusal, attempts=attempts, at=NOW, patience=patience) - NOW).total_seconds()
        for _ in range(100)
    ]


def told(**headers: str) -> float | None:
    refusal = refusal_in(429, headers, {"errors": [{"message": "busy", "extensions": {"code": "x"}}]})
    assert isinstance(refusal, TryAgain)
    return refusal.after_seconds


@pytest.mark.parametrize("patience", [0.1, 1.0])
def test_what_monday_asks_for_is_waited_in_full_however_hurried_we_are(patience: float) -> None:
    found = waits(TryAgain("busy", after_seconds=30), patience=patience)
    assert min(found) > 30
    assert max(found) < 35
    assert len(set(found)) > 50  # not all at the same moment


def test_without_a_hint_it_is_twice_as_long_each_time_and_an_hour_at_most() -> None:
    means = [sum(waits(TryAgain("out of order"), attempts=attempts)) / 100 for attempts in (1, 2, 3, 30)]
    assert means == pytest.approx([2, 4, 8, 3600], rel=0.1)


def test_while_nobody_answers_at_all_it_is_tried_every_five_minutes() -> None:
    assert max(waits(TryAgain("no answer", answered=False), attempts=30)) <= 300 * 1.25


def test_a_hurried_test_cuts_our_own_waits_short() -> None:
    assert max(waits(TryAgain("out of order"), patience=0.1)) <= 0.25


def test_the_longest_of_mondays_hints_counts() -> None:
    assert told(**{"Retry-After": "7"}) == 7
    limits = '"minuteRate";r=0;t=45, "concurrency";r=40'
    assert told(**{"Retry-After": "7", "RateLimit": limits}) == 45


def test_retry_after_may_be_a_date() -> None:
    at = clock.now() + timedelta(seconds=90)
    assert told(**{"Retry-After": format_datetime(at, usegmt=True)}) == pytest.approx(90, abs=5)
    assert told(**{"Retry-After": "soon"}) is None


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_used_up_day_ends_some_minutes_after_midnight_utc(hour: int) -> None:
    at = after_midnight(NOW.replace(hour=hour))
    assert datetime(2026, 11, 24, 0, 1, tzinfo=UTC) <= at <= datetime(2026, 11, 24, 0, 10, tzinfo=UTC)


def test_a_claim_holds_for_as_long_as_an_upload_may_take(connected: Connected) -> None:
    deal = connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    issue(connected, deal.id)
    connected.world.trouble.order("slow", "add_file_to_column", after=True, seconds=1.5)
    held: list[float] = []
    ended = threading.Event()

    def look() -> None:
        with connected.app.app_context():
            while not ended.wait(0.05):
                db.session.rollback()
                now = clock.now()
                held.extend(
                    (row.claimed_until - now).total_seconds()
                    for row in connected.deliveries("deal_pdf")
                    if row.claimed_until
                )
            db.session.remove()

    looking = threading.Thread(target=look)
    looking.start()
    while deliveries.deliver():
        pass
    ended.set()
    looking.join()
    seconds = connected.office.read_seconds * UPLOADS_TAKE
    assert max(held) > seconds + LEASE_MARGIN_SECONDS
    assert len(connected.world.files(deal.id, "Quote PDF")) == 1


def test_readings_are_begun_as_often_as_the_settings_say(connected: Connected) -> None:
    connected.app.config["MONDAY_RECONCILE_SECONDS"] = 1
    worker = Worker(connected.app, threads=2)
    worker.start()
    try:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and not connected.session.query(BoardReading).count():
            connected.session.rollback()
            time.sleep(0.1)
    finally:
        worker.stop()
    assert connected.session.query(BoardReading).count() > 0


def add_contact() -> None:
    with transaction() as session:
        contacts.add(session, {"first_name": "Ada"}, by=SYSTEM, at=clock.now())


def test_the_wait_that_monday_asked_for_stands_in_the_delivery(connected: Connected) -> None:
    add_contact()
    connected.world.trouble.order("rate_limited", seconds=20)
    before = clock.now()
    deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.next_attempt_at >= before + timedelta(seconds=20)
