"""The worker: nudged after each commit, alive for /readyz, stopped in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from betterform.jobs import queue
from betterform.jobs.worker import Worker
from betterform.models.quote import Quote
from tests.monday.conftest import Connected

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def worker(connected: Connected) -> Iterator[Worker]:
    worker = Worker(connected.app, threads=2)
    worker.start()
    yield worker
    worker.stop()


def wait_for(true: Callable[[], bool], seconds: float) -> float:
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if true():
            return time.monotonic() - started
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} seconds")


def test_a_deal_has_its_link_within_seconds_and_nobody_asks_for_it(
    connected: Connected, worker: Worker
) -> None:
    world = connected.world
    time.sleep(1.5)  # the worker has nothing to do and looks seldom
    deal = world.create_item("DEALS", "Ten microscopes", {})
    wait_for(lambda: "/form/" in str(world.shown(deal.id)), 3)
    connected.session.rollback()
    assert connected.session.query(Quote).one().mid == deal.id


def test_what_was_put_off_is_tried_again_by_itself(connected: Connected, worker: Worker) -> None:
    world = connected.world
    world.trouble.order("locked", "change_multiple_column_values", times=1)
    deal = world.create_item("DEALS", "Ten microscopes", {})
    wait_for(lambda: "/form/" in str(world.shown(deal.id)), 20)


def test_the_worker_is_seen_to_be_alive(connected: Connected, worker: Worker) -> None:
    assert queue.of(connected.app).check() == ""


def test_without_a_worker_that_is_said(connected: Connected) -> None:
    assert "no worker" in queue.of(connected.app).check()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_in_order_when_told_to(connected: Connected, number: signal.Signals) -> None:
    environment = {
        **os.environ,
        "BETTERFORM_ENV": "testing",
        "DATABASE_URL": str(connected.app.config["SQLALCHEMY_DATABASE_URI"]),
        "MONDAY_API_URL": connected.app.config["MONDAY_API_URL"],
        "PUBLIC_URL": connected.app.config["PUBLIC_URL"],
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        wait_for(lambda: queue.of(connected.app).heartbeat_age() is not None, 20)
        process.send_signal(number)
        output, _ = process.communicate(timeout=15)
    finally:
        process.kill()
    assert process.returncode == 0, output.decode()
