"""The worker: Huey's consumer with threads, a heartbeat, and an end that lets jobs finish."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import threading
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

import click
from flask import Flask
from huey.consumer import Consumer

from betterform import clock
from betterform.jobs import account, queue

log = logging.getLogger(__name__)

THREADS = 4
STOP_SECONDS = 30.0
HEALTH_SECONDS = 2.0
MINUTE_SECONDS = 60.0


class QuietConsumer(Consumer):
    """Huey's consumer without its signal handlers: it may run in a thread of a web server."""

    def _set_signal_handlers(self) -> None:
        """Whoever runs it handles signals."""


class Worker:
    """A running worker: `start`, then `stop`."""

    def __init__(self, app: Flask, *, threads: int = THREADS) -> None:
        self._app = app
        self._queue = queue.of(app)
        self._threads = threads
        self._consumer: Any = None
        self._stopped = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._look_seconds = min(
            float(app.config.get(name) or MINUTE_SECONDS)
            for name in ("MONDAY_RECONCILE_SECONDS", "MONDAY_LISTING_SECONDS")
        )

    def start(self) -> None:
        """Begin to work, in threads of its own, after one call that finds out whether the token is good.

        Whoever gave us another token restarts the worker; with one of another account, every item would
        seem to be gone. Where monday does not answer, it is asked again until it does.
        """
        self._heart.start()
        again_at = self._ask(1)
        if self._stopped.is_set():
            return
        if again_at is not None:
            asking = threading.Thread(target=self._ask_until_answered, args=(again_at,), name="asking")
            asking.daemon = True
            asking.start()
        self._consumer = QuietConsumer(
            self._queue.huey,
            workers=self._threads,
            periodic=True,
            initial_delay=0.05,
            max_delay=0.5,
            scheduler_interval=1,
            check_worker_health=True,
            shutdown_timeout=STOP_SECONDS,
        )
        self._consumer.start()
        if self._look_seconds < MINUTE_SECONDS:
            threading.Thread(target=self._look_often, name="look around", daemon=True).start()
        for job in queue.JOBS:
            self._queue.nudge(job)  # what was left when the last worker ended

    def stop(self) -> None:
        """Let the running jobs finish (at most half a minute), then end. Whatever is left is found again."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
        self._heart.join(timeout=queue.HEARTBEAT_SECONDS)
        self._queue.close()

    def check(self) -> None:
        """Replace threads that died."""
        self._consumer.check_worker_health()

    def _ask(self, attempts: int) -> datetime | None:
        """Ask monday whose token it is. Returns when to ask again, None once it is answered."""
        try:
            with self._app.app_context():
                return account.ask_at_start(attempts)
        except Exception:
            log.exception("monday could not be asked whose token it is")
            return clock.now() + timedelta(seconds=MINUTE_SECONDS)

    def _ask_until_answered(self, again_at: datetime | None) -> None:
        attempts = 1
        while again_at is not None:
            if self._stopped.wait(timeout=max(0.0, (again_at - clock.now()).total_seconds())):
                return
            attempts += 1
            again_at = self._ask(attempts)

    def _beat(self) -> None:
        while True:
            try:
                self._queue.beat()
            except Exception:
                log.warning("the heartbeat could not be written", exc_info=True)
            if self._stopped.wait(timeout=queue.HEARTBEAT_SECONDS):
                return

    def _look_often(self) -> None:
        """Look around more often than the queue's clock does, which knows minutes only."""
        while not self._stopped.wait(timeout=self._look_seconds):
            self._queue.look_around()


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT."""
    worker = Worker(app)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    worker.start()
    log.info("worker started with %s threads", THREADS)
    try:
        while not ended.wait(timeout=HEALTH_SECONDS):
            worker.check()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        worker.stop()
        log.info("worker stopped")


def start_in_app(app: Flask) -> None:
    """In development the app works itself: under `flask run` and under a web server, in no other command."""
    if not app.config.get("WORKER_IN_APP") or not _serves():
        return
    worker = Worker(app)
    # The app begins to answer meanwhile.
    threading.Thread(target=worker.start, name="worker", daemon=True).start()
    atexit.register(worker.stop)


def _serves() -> bool:
    """Whether this process answers requests: `flask run` (its reloading child, if it reloads) or gunicorn."""
    context = click.get_current_context(silent=True)
    if context is None:
        return os.environ.get("SERVER_SOFTWARE", "").startswith("gunicorn")
    if context.info_name != "run":
        return False
    reloads = context.params.get("reload")
    reloads = context.params.get("debug") if reloads is None else reloads
    return not reloads or os.environ.get("WERKZEUG_RUN_MAIN") == "true"
