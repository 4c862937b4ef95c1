"""What machines that watch are told."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from betterform.db import transaction
from betterform.views import health
from tests.browser import Browser


def test_the_program_is_alive(browser: Browser) -> None:
    answer = browser.client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_database_and_migrations_are_ready(browser: Browser) -> None:
    checks = browser.client.get("/readyz").get_json()["checks"]
    assert (checks["database"], checks["migrations"]) == ("ok", "ok")


def test_a_database_of_another_version_is_not_ready(browser: Browser, session: Session) -> None:
    with transaction():
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = browser.client.get("/readyz")
    assert answer.status_code == 503
    assert "flask db upgrade" in answer.get_json()["checks"]["migrations"]


def test_a_further_check_can_say_no(app: Flask, browser: Browser) -> None:
    health.add_check(app, "worker", lambda: "was last seen an hour ago")
    answer = browser.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["worker"] == "was last seen an hour ago"
