"""The queue: Huey on SQLite, PostgreSQL or Redis, and the nudge after each commit that left something to do.

Inbox and outbox are the truth; a job in the queue only says "look now". A job that is lost loses nothing,
since a look around every minute finds whatever is due.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import huey
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from betterform import clock
from betterform.db import db
from betterform.jobs import deliveries, inbox, periodic, printing, readings
from betterform.models.board_reading import BoardReading, ReadingState
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.document import Document
from betterform.models.monday_account import MondayAccount
from betterform.models.webhook_event import InboxState, WebhookEvent

log = logging.getLogger(__name__)

EXTENSION = "betterform-queue"
HEARTBEAT = "heartbeat"
HEARTBEAT_SECONDS = 5.0
_NUDGES = "betterform_nudges"
JOBS: dict[str, Callable[[], bool]] = {
    "deliver": deliveries.deliver,
    "read_inbox": inbox.read,
    "read_boards": readings.step,
    "print": printing.print_waiting,
}


class Queue:
    """One app's queue. Huey and its storage are made at the first use, so that starting costs nothing."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._huey: Any = None
        self._tasks: dict[str, Any] = {}
        self._look_around: Any = None
        self._lock = threading.Lock()

    @property
    def huey(self) -> Any:
        with self._lock:
            if self._huey is None:
                made = _huey_for(self._app)
                self._tasks = {
                    name: made.task(name=name)(partial(_work, self._app, name, job))
                    for name, job in JOBS.items()
                }
                every_minute = made.periodic_task(huey.crontab(minute="*"), name="look_around")
                self._look_around = every_minute(partial(_look_around, self._app, periodic.look_around))
                self._huey = made
            return self._huey

    def nudge(self, job: str, *, at: datetime | None = None) -> None:
        """Have a worker look, now or at `at`. Never raises: the look around would find the work as well."""
        try:
            made = self.huey
            task = self._tasks[job].s()
            if at is not None and at > clock.now():
                task.eta = at.astimezone(UTC).replace(tzinfo=None)
                made.add_schedule(task)
            else:
                made.enqueue(task)
        except Exception:
            log.warning("the queue did not take a job; the next look around will do it", exc_info=True)

    def look_around(self) -> None:
        """Have a worker look around now, as every minute anyway. Never raises."""
        try:
            made = self.huey
            made.enqueue(self._look_around.s())
        except Exception:
            log.warning("the queue did not take a look around; the next will do", exc_info=True)

    def beat(self) -> None:
        """Note that a worker is alive."""
        self.huey.put(HEARTBEAT, time.time())

    def heartbeat_age(self) -> float | None:
        """Seconds since a worker was last alive, or None where none ever was."""
        beaten = self.huey.get(HEARTBEAT, peek=True)
        return max(0.0, time.time() - beaten) if isinstance(beaten, int | float) else None

    def check(self) -> str:
        """For /readyz: "" while a worker is alive, else what is wrong."""
        try:
            age = self.heartbeat_age()
        except Exception:
            log.exception("the queue does not answer")
            return "the queue does not answer"
        if age is None:
            return "no worker has run yet: start `flask --app wsgi worker`"
        return "" if age < HEARTBEAT_SECONDS * 6 else f"the worker was last alive {round(age)} seconds ago"

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._huey is not None:
                self._huey.storage.close()
                self._huey = None


def bind(app: Flask) -> Queue:
    """Give the app its queue, and a worker of its own where the settings want one."""
    queue = Queue(app)
    app.extensions[EXTENSION] = queue
    from betterform.jobs import worker

    worker.start_in_app(app)
    return queue


def of(app: Flask) -> Queue:
    """The app's queue."""
    queue: Queue = app.extensions[EXTENSION]
    return queue


def _huey_for(app: Flask) -> Any:
    """Huey on what QUEUE_URL names: by default PostgreSQL when the database is that, else a SQLite file beside it."""
    options: dict[str, Any] = {"results": False, "utc": True}
    wanted = str(app.config.get("QUEUE_URL") or "")
    database = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if wanted.startswith(("redis://", "rediss://")):
        return huey.RedisHuey("betterform", url=wanted, **options)
    if wanted.startswith(("postgres://", "postgresql")):
        return huey.PostgresHuey("betterform", dsn=_dsn(make_url(wanted)), **options)
    if wanted:
        return _sqlite(Path(wanted.removeprefix("sqlite:///")), options)
    if database.get_backend_name() == "postgresql":
        return huey.PostgresHuey("betterform", dsn=_dsn(database), **options)
    if database.get_backend_name() == "sqlite" and database.database in (None, "", ":memory:"):
        return huey.MemoryHuey("betterform", **options)
    if database.get_backend_name() == "sqlite":
        file = Path(str(database.database))
        return _sqlite(file.with_name(f"{file.stem}-queue.sqlite"), options)
    return _sqlite(Path(app.instance_path) / "queue.sqlite", options)


def _sqlite(file: Path, options: dict[str, Any]) -> Any:
    file.parent.mkdir(parents=True, exist_ok=True)
    # What is in here can be found again in the tables, so a commit need not wait for the disk.
    return huey.SqliteHuey("betterform", filename=str(file), fsync=False, **options)


def _dsn(url: Any) -> str:
    return str(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _work(app: Flask, name: str, job: Callable[[], bool]) -> None:
    """Run a job; while it found something to do, have it run again, so that a worker can stop in between."""
    with app.app_context():
        found = job()
    if found:
        of(app).nudge(name)


def _look_around(app: Flask, job: Callable[[], None]) -> None:
    try:
        with app.app_context():
            job()
    finally:  # whatever failed, what was left behind is found
        for name in JOBS:
            of(app).nudge(name)


@event.listens_for(db.session, "after_flush")
def _see_what_waits(session: Session, _context: Any) -> None:
    """Remember which jobs the changes of this transaction call for, and when."""
    for record in [*session.new, *session.dirty]:
        if isinstance(record, Delivery) and record.state == DeliveryState.WAITING:
            _remember(session, "deliver", record.next_attempt_at)
        elif (
            isinstance(record, WebhookEvent)
            and record.state == InboxState.WAITING
            and record.claimed_until is None
        ):
            _remember(session, "read_inbox", record.next_attempt_at)
        elif isinstance(record, MondayAccount) and not record.problem:
            _remember(session, "deliver", None)
            _remember(session, "read_inbox", None)
            _remember(session, "read_boards", None)
        elif (
            isinstance(record, BoardReading)
            and record.state == ReadingState.RUNNING
            and record.claimed_until is None
        ):
            _remember(session, "read_boards", record.next_step_at)
        elif isinstance(record, Document) and not record.is_printed:
            _remember(session, "print", record.issued_at + printing.PATIENCE)


def _remember(session: Session, job: str, at: datetime | None) -> None:
    nudges: set[tuple[str, datetime | None]] = session.info.setdefault(_NUDGES, set())
    due = at is None or at <= clock.now()
    # To the second, upwards: a hundred deliveries that wait for the same moment need one job.
    nudges.add((job, None if due or at is None else at.replace(microsecond=0) + timedelta(seconds=1)))


@event.listens_for(db.session, "after_commit")
def _nudge(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint was released: nobody else can see the rows before the real commit
    nudges = session.info.pop(_NUDGES, None)
    if not nudges or not current_app:
        return
    queue = current_app.extensions.get(EXTENSION)
    for job, at in sorted(nudges, key=lambda nudge: (nudge[1] is not None, str(nudge[1]))):
        if queue is not None:
            queue.nudge(job, at=at)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_NUDGES, None)
