"""Alembic's environment: the app's own engine, and types that every database understands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from betterform.models import Base
from betterform.models.types import ExactNumber, UtcDateTime


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our types as plain ones, so that a migration stays true when the program changes."""
    if kind != "type":
        return False
    if isinstance(item, ExactNumber):
        return "sa.Numeric(18, 6).with_variant(sa.BigInteger(), 'sqlite')"
    if isinstance(item, UtcDateTime):
        autogen.imports.add("from sqlalchemy.dialects import mysql")
        return "sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the queue's own tables alone: Huey makes and changes them."""
    return not (kind == "table" and name is not None and name.startswith("huey_"))


@contextmanager
def tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """On SQLite, most changes of a table make it anew: dropping the old one must not take along what points at it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")  # only works between transactions
    try:
        yield
        lost = driver.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise RuntimeError(f"rows point at nothing after the migration: {lost[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def run_migrations_online() -> None:
    """Upgrade or downgrade the database the app is configured for."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, tables_may_be_made_anew(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            include_name=include_name,
            compare_type=True,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("betterform's migrations need a database; --sql is not supported.")
run_migrations_online()
