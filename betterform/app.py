"""create_app: the one file that knows everyone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask, request
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from betterform import cli, settings
from betterform.db import db, prepare_engine
from betterform.documents import pdf
from betterform.extensions import csrf, htmx, limiter, login_manager, migrate
from betterform.jobs import queue
from betterform.views import (
    access,
    admin,
    auth,
    contacts,
    customer,
    dashboard,
    errors,
    health,
    monday,
    monday_setup,
    products,
    quotes,
    rendering,
    security,
)
from betterform.views import settings as settings_pages
from betterform.views.api import pricing as pricing_api


class Betterform(Flask):
    """Flask that keeps addresses out of its log: the webhook's and customers' hold a secret."""

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """Log an unforeseen error with the request's id and the rule of its address, such as /d/<token>."""
        self.logger.error(
            "request %s: exception on %s [%s]",
            errors.request_id(),
            request.url_rule or "an unknown address",
            request.method,
            exc_info=exc_info,
        )


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application. `config` overrides what the environment says, key by key (for tests)."""
    app = Betterform("betterform", instance_path=str(settings.ROOT / "instance"))
    app.config.from_mapping(settings.from_environment())
    app.config.from_mapping(config or {})
    if not app.testing:
        _set_up_log()
    _bind_extensions(app)
    _register_views(app)
    cli.register(app)
    pdf.configure(processes=app.config["PDF_PROCESSES"], seconds=app.config["PDF_SECONDS"])
    health.add_check(app, "worker", queue.bind(app).check)
    return app


def _set_up_log() -> None:
    """One line an event to stderr, where systemd or a container takes it. Does nothing where somebody did."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("huey", "alembic.runtime.plugins", "PIL", "fontTools", "weasyprint"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _bind_extensions(app: Flask) -> None:
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(app, db, directory=str(settings.ROOT / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    htmx.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _register_views(app: Flask) -> None:
    access.init_app(app)
    errors.init_app(app)
    rendering.init_app(app)
    security.init_app(app)
    for room in (
        admin,
        auth,
        contacts,
        customer,
        dashboard,
        health,
        monday,
        monday_setup,
        pricing_api,
        products,
        quotes,
        settings_pages,
    ):
        app.register_blueprint(room.blueprint)
    csrf.exempt(monday.blueprint)  # monday cannot know a token; the door has its own secret
    csrf.exempt(pricing_api.blueprint)  # bearer tokens; a session must send the token, checked there
