"""The migrations make the tables that the models describe, and take them away again, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, MetaData, Table, inspect, text
from sqlalchemy.orm import Session

from betterform.app import create_app
from betterform.db import db
from betterform.models import Base
from betterform.models.company import Company
from betterform.models.number_series import NumberSeries
from tests.conftest import close
from tests.databases import SQLITE, answering_servers, everywhere

pytestmark = everywhere

FILLERS: dict[type, object] = {
    str: "",
    int: 1,
    bool: False,
    float: 0,
    Decimal: Decimal(0),
    date: date(2026, 11, 1),
    datetime: datetime(2026, 11, 1, 8),  # noqa: DTZ001 - as the database keeps it
}


@pytest.fixture
def empty(database: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database without a single table."""
    with ExitStack() as at_the_end:
        url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
        if database != SQLITE:
            server = next((server for server in answering_servers() if server.name == database), None)
            if server is None:
                pytest.skip(f"{database} does not answer on this machine")
            url = at_the_end.enter_context(server.empty_database())
        app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATABASE_URL": url, "TESTING": True})
        with app.app_context():
            yield app
        close(app)


def test_up_to_what_the_models_describe_down_to_nothing_and_up_again(empty: Flask) -> None:
    upgrade()
    assert what_autogenerate_would_do() == []
    assert names_of_constraints_are_given()

    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}

    upgrade()
    assert what_autogenerate_would_do() == []
    with Session(db.engine) as session:
        assert session.get_one(Company, 1).default_currency == "CHF"
        series = {row.kind: row.pattern for row in session.query(NumberSeries)}
    assert series == {
        "quote": "Q-{year}-{number:04d}",
        "invoice": "INV-{year}-{number:04d}",
        "credit_note": "CN-{year}-{number:04d}",
    }


def test_records_and_what_points_at_them_stay_when_tables_are_made_anew(empty: Flask) -> None:
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        insert(connection, "boards", id=1, role="deals", board_id="77")
        insert(connection, "board_webhooks", id=1, board_pk=1, event="create_item", webhook_id="9")
        insert(connection, "monday_account", id=1, user_name="Robot")
        insert(connection, "contacts", id=1, mid="88", first_name="Ann")
        quote = {"state": "draft", "currency": "CHF", "discount_kind": "percent", "shipping_tax": "largest"}
        insert(connection, "quotes", id=1, contact_id=1, unparsed="{}", **quote)

    upgrade()
    downgrade(revision="0001")
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT contact_id FROM quotes")).scalars().all() == [1]
        assert connection.execute(text("SELECT webhook_id, column_id FROM board_webhooks")).all() == [
            ("9", "")
        ]
        assert connection.execute(text("SELECT user_name, problem FROM monday_account")).all() == [
            ("Robot", "")
        ]
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def insert(connection: Connection, name: str, **given: object) -> None:
    """A row of a table as it is in the database: what must not be NULL and is not given gets something."""
    table = Table(name, MetaData(), autoload_with=connection)
    others = {
        column.name: FILLERS[column.type.python_type]
        for column in table.columns
        if not column.nullable and column.server_default is None and column.name not in given
    }
    connection.execute(table.insert().values(**given, **others))


def what_autogenerate_would_do() -> list[object]:
    """What `flask db check` reports."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def names_of_constraints_are_given() -> bool:
    """Autogenerate does not compare checks; without their names no later migration could change them."""
    inspector = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {
            str(check.name) for check in table.constraints if check.__visit_name__ == "check_constraint"
        }
        found = {str(check["name"]) for check in inspector.get_check_constraints(table.name)}
        assert wanted <= found, table.name
    return True


def test_a_database_in_use_keeps_its_rows_when_it_is_upgraded_once_more(app: Flask) -> None:
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE company SET name = 'Helvetia'"))
        upgrade()
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT name FROM company")) == "Helvetia"
