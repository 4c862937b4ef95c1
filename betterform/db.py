"""The database: one session per request, and the only commit in the program.

Reading needs no ceremony. Everything that changes a record happens in `with transaction():`, which
commits when the block ends and rolls back when it raises.

Rows are locked with `with_for_update(key_share=True)`: on PostgreSQL whoever points at the row by a
foreign key, as a new quote does at its contact, need not wait, and so nobody waits in a circle. Where
a row's own unique key is about to change, the full lock is right.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from betterform.models import Base

db = SQLAlchemy(model_class=Base)

BUSY_SECONDS = 30
_WRITING = "betterform_writing"

SQLITE_CROWDING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
POSTGRESQL_CROWDING = frozenset({"40001", "40P01"})  # not serialisable, deadlock
MARIADB_CROWDING = frozenset({1205, 1213})  # waited too long for a lock, deadlock


@contextmanager
def transaction() -> Iterator[Session]:
    """A write: commits at the end, rolls back on any exception.

    Whatever was read before is read again inside, so that decisions rest on what is true now. On
    SQLite the write lock is taken at the start (a read that later turns into a write would fail at
    once when somebody else wrote in between, whatever the busy time-out). Not to be nested.
    """
    session: Session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("records were changed outside transaction()")
    if session.info.get(_WRITING):
        raise RuntimeError("transaction() cannot be nested")
    session.rollback()  # ends the read; loaded objects are refreshed on their next use
    session.info[_WRITING] = True
    try:
        session.connection(execution_options={_WRITING: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITING, None)


def is_crowding(error: DBAPIError) -> bool:
    """Whether the database gave up only since others were writing: trying once more will do."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_CROWDING
    if getattr(cause, "sqlstate", None) is not None:
        return cause.sqlstate in POSTGRESQL_CROWDING  # type: ignore[union-attr]
    return bool(cause is not None and cause.args and cause.args[0] in MARIADB_CROWDING)


def prepare_engine(engine: Engine) -> None:
    """Make `engine` keep our promises: on SQLite WAL, foreign keys, patience and explicit BEGIN."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name in ("mysql", "mariadb"):
        event.listen(engine, "connect", _prepare_mariadb)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # With WAL, NORMAL may lose the last commits at a power cut; a webhook answered 200 must not be lost.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_mariadb(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # Strict: a value that does not fit is an error, never cut short silently.
    cursor.execute("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION'")
    # Each statement sees what is committed, as on PostgreSQL; locks are taken where they are needed.
    cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    cursor.close()
