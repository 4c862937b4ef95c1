"""Which database servers answer on this machine, and an empty database on one of them for a test."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from betterform.models import Base

SQLITE = "SQLite"

everywhere = pytest.mark.parametrize("database", [SQLITE, "PostgreSQL", "MariaDB"], indirect=True)
"""Marks a test, or by `pytestmark` a file, that is to hold on every database that answers."""


@dataclass(frozen=True, slots=True)
class Server:
    """A database server and how to reach its administration database."""

    name: str
    url: str

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The URL of a new database, dropped at the end."""
        name = f"betterform_test_{secrets.token_hex(6)}"
        admin = create_engine(self.url, isolation_level="AUTOCOMMIT")
        extra = " CHARACTER SET utf8mb4" if self.name == "MariaDB" else ""
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{extra}"))
        try:
            yield self.url.rsplit("/", 1)[0] + f"/{name}"
        finally:
            force = " WITH (FORCE)" if self.name == "PostgreSQL" else ""
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name}{force}"))
            admin.dispose()


SERVERS = (
    Server(
        "PostgreSQL",
        os.environ.get("TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"),
    ),
    Server("MariaDB", os.environ.get("TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1:3306/test")),
)


@lru_cache(maxsize=1)
def answering_servers() -> tuple[Server, ...]:
    """The servers that answer within two seconds."""
    return tuple(server for server in SERVERS if _answers(server))


def _answers(server: Server) -> bool:
    engine = create_engine(server.url, connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return True
    except (SQLAlchemyError, OSError):
        return False
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class MigratedDatabase:
    """A database with all tables, and the rows that the migrations put there."""

    url: str
    first_rows: dict[str, list[dict[str, Any]]]

    @classmethod
    def at(cls, url: str) -> MigratedDatabase:
        """The database as the migrations left it."""
        with _connected(url) as engine, engine.connect() as connection:
            rows = {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }
        return cls(url, {name: found for name, found in rows.items() if found})

    def empty(self) -> None:
        """Take it back to the first rows."""
        with _connected(self.url) as engine, engine.begin() as connection:
            names = [table.name for table in Base.metadata.sorted_tables]
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))
            else:
                connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
                for name in names:
                    connection.execute(text(f"DELETE FROM {name}"))
            for table in Base.metadata.sorted_tables:
                if table.name in self.first_rows:
                    connection.execute(insert(table), self.first_rows[table.name])


@contextmanager
def _connected(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
