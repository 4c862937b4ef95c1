"""What every test may ask for: a database, an app on it, people, a browser-like client."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import users
from betterform.app import create_app
from betterform.db import db, transaction
from betterform.jobs import queue
from betterform.models.company import Company
from betterform.models.history import SYSTEM
from betterform.models.tax_rate import TaxRate
from betterform.models.user import Role, User
from tests.databases import SQLITE, MigratedDatabase, answering_servers

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
PASSWORD = "a-long-enough-test-password"


def pytest_report_header() -> list[str]:
    """Say which databases these tests can reach."""
    servers = answering_servers()
    return [
        "databases: SQLite"
        + "".join(f", {server.name}" for server in servers)
        + ("" if len(servers) == 2 else " (what does not answer is left out)"),
        f"reference data in ../shared: {'there' if SHARED.is_dir() else 'absent, its tests are skipped'}",
    ]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file brought up to date by the migrations, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    app = create_app(_config(path))
    with app.app_context():
        upgrade()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def server_database() -> Iterator[Callable[[str], str]]:
    """`server_database("MariaDB")`: the URL of a database brought up to date there, emptied at each call.

    Skips where that server does not answer.
    """
    with ExitStack() as at_the_end:
        made: dict[str, MigratedDatabase] = {}

        def url_of(name: str) -> str:
            if name not in made:
                server = next((server for server in answering_servers() if server.name == name), None)
                if server is None:
                    pytest.skip(f"{name} does not answer on this machine")
                url = at_the_end.enter_context(server.empty_database())
                _upgrade(url)
                made[name] = MigratedDatabase.at(url)
            made[name].empty()
            return made[name].url

        yield url_of


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """SQLite, unless the test is marked `@everywhere`: then each database in turn."""
    name: str = getattr(request, "param", SQLITE)
    return name


@pytest.fixture
def config(
    tmp_path: Path, empty_database: Path, database: str, server_database: Callable[[str], str]
) -> dict[str, object]:
    """The settings of the app under test; a test may change them before it asks for the app."""
    path = tmp_path / "betterform.sqlite"
    if database == SQLITE:
        shutil.copyfile(empty_database, path)
        return _config(path)
    url = server_database(database)
    return _config(path) | {"SQLALCHEMY_DATABASE_URI": url, "DATABASE_URL": url}


def _upgrade(url: str) -> None:
    app = create_app(_config(Path("none")) | {"SQLALCHEMY_DATABASE_URI": url, "DATABASE_URL": url})
    with app.app_context():
        upgrade()
    close(app)


def close(app: Flask) -> None:
    """Close every connection of an app: those to its database, and that of its queue."""
    queue.of(app).close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(config: dict[str, object]) -> Iterator[Flask]:
    """The real app on a database of its own."""
    app = create_app(config)
    yield app
    close(app)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The database session inside an app context."""
    with app.app_context():
        yield db.session()


def _config(path: Path) -> dict[str, object]:
    return {
        "ENV": "testing",
        "TESTING": True,
        "SECRET_KEY": "testing-secret-key-that-no-real-server-may-ever-use",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}",
        "DATABASE_URL": f"sqlite:///{path}",
        "PUBLIC_URL": "http://localhost",
        "MONDAY_API_URL": "http://127.0.0.1:9/v2",
        "MONDAY_WEBHOOK_SECRET": "testing-webhook-secret",
        "SESSION_COOKIE_SECURE": False,
        "WORKER_IN_APP": False,
    }


@pytest.fixture
def company(session: Session) -> Company:
    """The company with a letterhead and Swiss tax rates, 8.1 % by default."""
    with transaction():
        rates = [
            TaxRate(name="MWST", percent="8.1", category="S", position=0),
            TaxRate(name="MWST", percent="2.6", category="S", position=1),
            TaxRate(
                name="Export", percent=0, category="G", exemption="Export, free of Swiss VAT.", position=2
            ),
        ]
        session.add_all(rates)
        session.flush()
        company = session.get_one(Company, 1)
        company.name = "Helvetia Instruments AG"
        company.street, company.postal_code, company.city = "Technikumstrasse 9", "8400", "Winterthur"
        company.country_code = "CH"
        company.email = "sales@helvetia-instruments.example"
        company.default_tax_rate_id = rates[0].id
    return company


@pytest.fixture
def people(session: Session) -> dict[str, User]:
    """One person of each role, by the role's name; all have PASSWORD."""
    with transaction():
        first = users.create(
            session,
            email="admin@example.org",
            name="Admin",
            role=Role.ADMIN,
            password=PASSWORD,
            by=SYSTEM,
            at=clock.now(),
        )
        # Argon2 is slow on purpose: one hash serves all three.
        others = {
            role.value: User(
                email=f"{role.value}@example.org",
                name=role.value.title(),
                role=role.value,
                password_hash=first.password_hash,
                session_key=secrets.token_hex(16),
            )
            for role in Role
            if role is not Role.ADMIN
        }
        session.add_all(others.values())
    return {Role.ADMIN.value: first, **others}
