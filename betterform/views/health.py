"""For machines that watch: is the program alive, and is it ready to serve?"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from betterform import settings
from betterform.db import db
from betterform.views import access

blueprint = Blueprint("health", __name__)

# A check answers with "" when all is well, else with what is wrong.
Check = Callable[[], str]
EXTENSION = "betterform-checks"


def add_check(app: Flask, name: str, check: Check) -> None:
    """Have /readyz ask `check` as well; the factory adds the worker's here, of which views know nothing."""
    app.extensions.setdefault(EXTENSION, {})[name] = check


@blueprint.get("/healthz")
@access.public
def alive() -> ResponseReturnValue:
    """200 while the process answers at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@access.public
def ready() -> ResponseReturnValue:
    """200 when everything that a request needs is there, else 503 naming what is not."""
    checks: dict[str, Check] = {"database": check_database, "migrations": check_migrations}
    checks |= current_app.extensions.get(EXTENSION, {})
    found = {name: check() for name, check in checks.items()}
    fine = not any(found.values())
    checked = {name: problem or "ok" for name, problem in found.items()}
    return jsonify(status="ok" if fine else "not ready", checks=checked), 200 if fine else 503


def check_database() -> str:
    """Whether the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return "does not answer"
    return ""


def check_migrations() -> str:
    """Whether the tables are as this version of the program needs them."""
    wanted = _newest_revision(settings.ROOT / "migrations")
    try:
        found = MigrationContext.configure(db.session.connection()).get_current_revision()
    except SQLAlchemyError:
        return "cannot be read"
    if found == wanted:
        return ""
    return f"the database is at {found or 'nothing'}, the program needs {wanted}: run `flask db upgrade`"


@lru_cache(maxsize=1)
def _newest_revision(folder: Path) -> str | None:
    config = Config()
    config.set_main_option("script_location", str(folder))
    return ScriptDirectory.from_config(config).get_current_head()
