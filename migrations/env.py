"""Alembic's environment: the app's own engine, and types that every database understands."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

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


def run_migrations_online() -> None:
    """Upgrade or downgrade the database the app is configured for."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
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
