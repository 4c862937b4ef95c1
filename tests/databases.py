"""Which database servers answer on this machine, and an empty database on one of them for a test."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError


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
