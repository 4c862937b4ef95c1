"""One session, one commit: transaction() and what it promises, on every database."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from betterform.app import create_app
from betterform.db import BUSY_SECONDS, db, transaction
from betterform.models.company import Company
from betterform.models.contact import Contact
from tests.conftest import ROOT, close
from tests.databases import everywhere


def names(session: Session) -> list[str]:
    return list(session.scalars(select(Contact.last_name).order_by(Contact.id)))


def test_sqlite_keeps_its_promises(session: Session) -> None:
    def pragma(name: str) -> object:
        return session.scalar(text(f"PRAGMA {name}"))

    assert pragma("journal_mode") == "wal"
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == BUSY_SECONDS * 1000
    assert pragma("synchronous") == 2  # FULL: a power cut loses nothing that was answered


@everywhere
def test_a_transaction_commits_at_its_end(session: Session) -> None:
    with transaction() as inside:
        inside.add(Contact(last_name="Müller"))
    session.rollback()
    assert names(session) == ["Müller"]


@everywhere
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_takes_everything_back(session: Session, error: type[BaseException]) -> None:

    def fail_half_way() -> None:
        with transaction() as inside:
            inside.add(Contact(last_name="Müller"))
            inside.flush()
            raise error

    with pytest.raises(error):
        fail_half_way()
    assert names(session) == []
    with transaction() as inside:
        inside.add(Contact(last_name="Keller"))
    assert names(session) == ["Keller"]


def test_a_transaction_inside_another_is_refused(session: Session) -> None:
    with pytest.raises(RuntimeError, match="nested"), transaction(), transaction():
        pass
    with transaction():
        pass


@pytest.mark.parametrize("change", ["new", "dirty", "deleted"])
def test_what_was_changed_outside_is_refused(session: Session, change: str) -> None:
    with transaction() as inside:
        inside.add(Contact(last_name="Müller"))
    found = session.scalars(select(Contact)).one()
    if change == "new":
        session.add(Contact(last_name="Keller"))
    elif change == "dirty":
        found.last_name = "Keller"
    else:
        session.delete(found)
    with pytest.raises(RuntimeError, match="outside transaction"), transaction():
        pass


@everywhere
def test_decisions_rest_on_what_is_true_now(app: Flask, session: Session) -> None:
    company = session.get_one(Company, 1)
    assert company.name == ""
    in_another_thread(app, lambda: rename("Helvetia"))
    with transaction():
        assert company.name == "Helvetia"


@everywhere
def test_two_sessions_do_not_see_what_the_other_has_not_committed(app: Flask, session: Session) -> None:
    session.add(Contact(last_name="Müller"))
    session.flush()
    seen: list[list[str]] = []
    in_another_thread(app, lambda: seen.append(names(db.session())))
    session.rollback()
    assert seen == [[]]


@pytest.mark.parametrize("who", ["first", "second"])
def test_each_test_has_a_database_of_its_own(session: Session, who: str) -> None:
    assert names(session) == []
    with transaction() as inside:
        inside.add(Contact(last_name=who))


@everywhere
def test_writers_wait_for_one_another(app: Flask) -> None:
    """Each reads, then writes what it read plus one: without waiting, some would be lost or refused."""

    def count_up() -> None:
        for _ in range(5):
            with transaction() as session:
                company = session.get_one(Company, 1, with_for_update=True)
                company.default_validity_days += 1

    threads = [threading.Thread(target=in_context, args=(app, count_up)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.get_one(Company, 1).default_validity_days == 30 + 20


def test_sqlite_takes_the_write_lock_when_a_transaction_begins(session: Session) -> None:
    begun: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        begun.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    session.execute(text("SELECT 1"))
    with transaction():
        pass
    session.execute(text("SELECT 1"))
    assert [statement for statement in begun if "BEGIN" in statement] == ["BEGIN", "BEGIN IMMEDIATE", "BEGIN"]


KILLED_IN_THE_MIDDLE = """
import os, sys
from betterform.app import create_app
from betterform.db import transaction
from betterform.models.contact import Contact
app = create_app({"SQLALCHEMY_DATABASE_URI": os.environ["DATABASE_URL"]})
with app.app_context(), transaction() as session:
    session.add_all([Contact(last_name=f"Half {number}") for number in range(500)])
    session.flush()
    print("in the middle", flush=True)
    sys.stdin.read()
"""


@everywhere
def test_a_process_killed_in_the_middle_leaves_nothing_half(config: Mapping[str, object]) -> None:
    environment = os.environ | {
        "DATABASE_URL": str(config["SQLALCHEMY_DATABASE_URI"]),
        "BETTERFORM_ENV": "testing",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_IN_THE_MIDDLE],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in the middle\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    app = create_app(config)
    try:
        with app.app_context():
            assert names(db.session()) == []
            rename("Still writable")
            if db.engine.dialect.name == "sqlite":
                path = Path(str(db.engine.url.database))
                with sqlite3.connect(path) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                connection.close()
    finally:
        close(app)


def rename(name: str) -> None:
    with transaction() as session:
        session.get_one(Company, 1).name = name


def in_context(app: Flask, work) -> None:
    with app.app_context():
        work()


def in_another_thread(app: Flask, work) -> None:
    thread = threading.Thread(target=in_context, args=(app, work))
    thread.start()
    thread.join()
