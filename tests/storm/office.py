"""An office ready to work: its database, its people, the boards connected, the programs' environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from betterform import clock
from betterform.actions import company, tax_rates, users
from betterform.app import create_app
from betterform.db import db, transaction
from betterform.jobs import queue
from betterform.models.history import SYSTEM
from betterform.models.tax_rate import TaxCategory
from betterform.models.user import Role
from betterform.settings import from_environment
from tests.databases import Server
from tests.storm.staff import EMAIL, PASSWORD

SECRET = "of-the-storm-and-of-no-real-server-ever"
WEBHOOK_SECRET = "of-the-storm-webhook-secret"
LEFT_OUT = ("MONDAY_", "SMTP", "QUEUE_", "DATABASE_", "PUBLIC_", "BETTERFORM_", "TRUSTED_", "PDF_")


@contextmanager
def scratch_database(server_url: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: a SQLite file, or a new one on the PostgreSQL or MariaDB server at `server_url`."""
    if not server_url or server_url.startswith("sqlite"):
        yield f"sqlite:///{folder / 'betterform.sqlite'}"
        return
    plain = server_url.replace("postgres://", "postgresql://", 1)
    name = "PostgreSQL" if plain.startswith("postgresql") else "MariaDB"
    driver = "postgresql+psycopg" if name == "PostgreSQL" else "mysql+pymysql"
    with Server(name, f"{driver}://{plain.partition('://')[2]}").empty_database() as url:
        yield url


def environment(*, database: str, api_url: str, public_url: str, web_processes: int) -> dict[str, str]:
    """What production's programs find in their environment, with waits cut short."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    return kept | {
        "BETTERFORM_ENV": "production",
        "SECRET_KEY": SECRET,
        "DATABASE_URL": database,
        "PUBLIC_URL": public_url,
        "BIND": public_url.partition("://")[2],
        "WEB_CONCURRENCY": str(web_processes),
        "MONDAY_API_URL": api_url,
        "MONDAY_API_TOKEN": "sandbox-token",
        "MONDAY_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "MONDAY_SECONDS": "2",
        "MONDAY_PATIENCE": "0.1",
        "MONDAY_RECONCILE_SECONDS": "5",
        "MONDAY_LISTING_SECONDS": "10",
        "PDF_SECONDS": "15",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def records(environ: Mapping[str, str]) -> Iterator[Flask]:
    """The app in this process, for what is set up before and looked at afterwards; it neither serves nor works."""
    config: dict[str, Any] = from_environment(environ) | {"WORKER_IN_APP": False, "TESTING": True}
    app = create_app(config)
    try:
        yield app
    finally:
        queue.of(app).close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def furnish(app: Flask) -> None:
    """Make the tables, the company and one member of staff."""
    with app.app_context():
        upgrade()
        with transaction() as session:
            facts = {
                "name": "Helvetia Instruments AG",
                "street": "Technikumstrasse 9",
                "postal_code": "8400",
                "city": "Winterthur",
                "country_code": "CH",
                "default_currency": "CHF",
                "chf_rounding_step": Decimal("0.05"),
            }
            company.change(session, facts, by=SYSTEM, at=clock.now())
            rate = tax_rates.add(
                session,
                name="VAT",
                percent=Decimal("8.1"),
                category=TaxCategory.STANDARD,
                exemption="",
                by=SYSTEM,
                at=clock.now(),
            )
            session.flush()
            company.change(session, {"default_tax_rate_id": rate.id}, by=SYSTEM, at=clock.now())
            users.create(
                session,
                email=EMAIL,
                name="Staff",
                password=PASSWORD,
                role=Role.STAFF,
                by=SYSTEM,
                at=clock.now(),
            )
        db.session.remove()


def connect(app: Flask) -> None:
    """`flask monday connect` and `flask monday pull`. The web server has to be up: monday asks it for a word."""
    runner = app.test_cli_runner()
    for command in (["monday", "connect", "--yes"], ["monday", "pull"]):
        result = runner.invoke(args=command)
        if result.exit_code != 0:
            raise AssertionError(f"flask {' '.join(command)}: {result.output}\n{result.exception!r}")
    with app.app_context():
        db.session.remove()


def token() -> str:
    return secrets.token_hex(4)
