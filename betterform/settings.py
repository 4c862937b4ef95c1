"""Settings: one table of names, read once at start from the environment.

`docs/operating.md` and the README describe them. Production refuses to start half-configured and
names everything that is missing in one error.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from betterform.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Name:
    """One setting: its environment variable, its default, and whether production insists on it."""

    variable: str
    default: str = ""
    required: bool = False
    why: str = ""


NAMES = (
    Name("SECRET_KEY", required=True, why="signs sessions and customers' links: a long random text"),
    Name("DATABASE_URL", required=True, why="an SQLAlchemy URL, such as postgresql+psycopg://user@host/name"),
    Name(
        "PUBLIC_URL",
        required=True,
        why="how browsers and monday reach this server, such as https://quotes.example.com",
    ),
    Name("MONDAY_API_TOKEN", required=True, why="an API token of a monday user made for this program"),
    Name("MONDAY_WEBHOOK_SECRET", required=True, why="the secret path segment of the webhook address"),
    Name("MONDAY_API_URL", default="https://api.monday.com/v2"),
    Name("MONDAY_SIGNING_SECRET"),
    Name("MONDAY_SECONDS", default="40"),
    Name("MONDAY_PATIENCE", default="1"),
    Name("MONDAY_RECONCILE_SECONDS", default="3600"),
    Name("MONDAY_LISTING_SECONDS", default="86400"),
    Name("QUEUE_URL"),
    Name("SMTP_URL"),
    Name("PDF_PROCESSES", default="1"),
    Name("PDF_SECONDS", default="60"),
    Name("TRUSTED_PROXIES", default="0"),
)

# What must be a whole number, and the lowest that makes sense.
WHOLE_NUMBERS = {
    "PDF_PROCESSES": 1,
    "PDF_SECONDS": 1,
    "TRUSTED_PROXIES": 0,
    "MONDAY_SECONDS": 1,
    "MONDAY_RECONCILE_SECONDS": 1,
    "MONDAY_LISTING_SECONDS": 1,
}
# What must be a number above zero.
NUMBERS = ("MONDAY_PATIENCE",)
SHORTEST_SECRET = 32
# Between a browser and a server on one machine there is no network to listen to.
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Base:
    """What is the same everywhere."""

    ENV = "base"
    DEBUG = False
    TESTING = False
    SESSION_COOKIE_NAME = "betterform"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_SECURE = True
    PERMANENT_SESSION_LIFETIME = 60 * 60 * 12
    WTF_CSRF_TIME_LIMIT = None  # as long as the session: a form left open over lunch is not lost
    MAX_CONTENT_LENGTH = 4 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024
    MAX_FORM_PARTS = 60_000  # 5,000 lines of a dozen fields
    RATELIMIT_STORAGE_URI = "memory://"
    RATELIMIT_HEADERS_ENABLED = True
    LOGIN_LIMIT = "10 per minute; 100 per hour"
    # Whether the app runs the worker itself, in a thread.
    WORKER_IN_APP = False


class Development(Base):
    """A developer's machine: everything has a default, mail is shown in the log."""

    ENV = "development"
    SESSION_COOKIE_SECURE = False
    REMEMBER_COOKIE_SECURE = False
    WORKER_IN_APP = True
    DEFAULTS: Mapping[str, str] = {
        "SECRET_KEY": "development-only-secret-key-never-use-in-production",
        "DATABASE_URL": f"sqlite:///{ROOT / 'instance' / 'betterform.sqlite'}",
        "PUBLIC_URL": "http://127.0.0.1:5000",
        "MONDAY_API_URL": "http://127.0.0.1:8999/v2",
        "MONDAY_API_TOKEN": "sandbox-token",
        "MONDAY_WEBHOOK_SECRET": "development-webhook-secret",
    }


class Testing(Base):
    """Tests: values that explain themselves where they turn up in a stack trace."""

    ENV = "testing"
    TESTING = True
    SESSION_COOKIE_SECURE = False
    REMEMBER_COOKIE_SECURE = False
    DEFAULTS: Mapping[str, str] = {
        "SECRET_KEY": "testing-secret-key-that-no-real-server-may-ever-use",
        "DATABASE_URL": "sqlite:///the-test-did-not-name-its-database.sqlite",
        "PUBLIC_URL": "http://the-test-did-not-set-public-url.invalid",
        "MONDAY_API_URL": "http://the-test-started-no-stand-in.invalid/v2",
        "MONDAY_API_TOKEN": "sandbox-token",
        "MONDAY_WEBHOOK_SECRET": "testing-webhook-secret",
    }


class Production(Base):
    """Real people: nothing is guessed."""

    ENV = "production"
    DEFAULTS: Mapping[str, str] = {}


ENVIRONMENTS: dict[str, type[Base]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}


def from_environment(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings as Flask's configuration wants them.

    Raises ConfigurationError naming every setting that is missing or cannot be right.
    """
    environ = os.environ if environ is None else environ
    which = environ.get("BETTERFORM_ENV") or "development"
    if which not in ENVIRONMENTS:
        raise ConfigurationError(f"BETTERFORM_ENV is {which!r}; it must be one of {', '.join(ENVIRONMENTS)}.")
    chosen = ENVIRONMENTS[which]
    defaults: Mapping[str, str] = getattr(chosen, "DEFAULTS", {})
    values = {
        name.variable: environ.get(name.variable) or defaults.get(name.variable, name.default)
        for name in NAMES
    }
    problems = list(_problems(values, which))
    if problems:
        raise ConfigurationError(
            f"betterform cannot start in {which}. Please set:\n"
            + "\n".join(f"  {problem}" for problem in problems)
        )
    return _as_config(chosen, values)


def _problems(values: Mapping[str, str], which: str) -> list[str]:
    problems = []
    for name in NAMES:
        if name.required and not values[name.variable]:
            problems.append(f"{name.variable}: missing ({name.why})")
    if which == "production" and values["SECRET_KEY"]:
        if len(values["SECRET_KEY"]) < SHORTEST_SECRET:
            problems.append(f"SECRET_KEY: shorter than {SHORTEST_SECRET} characters")
        known = {env.DEFAULTS.get("SECRET_KEY") for env in (Development, Testing)}
        if values["SECRET_KEY"] in known:
            problems.append("SECRET_KEY: this is the published development key")
    if which == "production" and 0 < len(values["MONDAY_WEBHOOK_SECRET"]) < 16:
        problems.append("MONDAY_WEBHOOK_SECRET: shorter than 16 characters")
    for variable in ("PUBLIC_URL", "MONDAY_API_URL"):
        if values[variable] and not _is_web_address(values[variable]):
            problems.append(f"{variable}: not an http or https address, such as https://quotes.example.com")
    if which == "production" and _is_plain_http_abroad(values["PUBLIC_URL"]):
        problems.append(
            "PUBLIC_URL: http:// would carry passwords and sessions readably over the network; "
            "use https:// (plain http is for localhost, 127.0.0.1 and ::1 only)"
        )
    if values["DATABASE_URL"] and not _is_database_url(values["DATABASE_URL"]):
        # What was set is not repeated: it may hold a password.
        problems.append("DATABASE_URL: not an SQLAlchemy URL of SQLite, PostgreSQL or MariaDB")
    for variable, lowest in WHOLE_NUMBERS.items():
        text = values[variable]
        if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text) >= lowest):
            problems.append(f"{variable}: {text!r} is not a whole number of at least {lowest}")
    for variable in NUMBERS:
        if not _is_above_zero(values[variable]):
            problems.append(f"{variable}: {values[variable]!r} is not a number above zero")
    return problems


def _is_above_zero(text: str) -> bool:
    try:
        return 0 < float(text) < 1_000_000
    except ValueError:
        return False


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_plain_http_abroad(text: str) -> bool:
    """Whether `text` is a plain http address of a machine other than this one."""
    parts = urlsplit(text) if _is_web_address(text) else None
    return parts is not None and parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS


def _is_database_url(text: str) -> bool:
    try:
        return make_url(with_driver(text)).get_backend_name() in ("sqlite", "postgresql", "mysql", "mariadb")
    except (ArgumentError, ValueError):
        return False


def _as_config(chosen: type[Base], values: Mapping[str, str]) -> dict[str, Any]:
    config = {key: getattr(chosen, key) for key in dir(chosen) if key.isupper() and key != "DEFAULTS"}
    config.update(values)
    config["PUBLIC_URL"] = values["PUBLIC_URL"].rstrip("/")
    for variable in WHOLE_NUMBERS:
        config[variable] = int(values[variable])
    for variable in NUMBERS:
        config[variable] = float(values[variable])
    # Statements in an error's text are for the log, people's data in their parameters is not.
    config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": chosen is Production}
    config["SQLALCHEMY_DATABASE_URI"] = with_driver(values["DATABASE_URL"])
    if urlsplit(config["PUBLIC_URL"]).scheme == "http" and chosen is Production:
        # On this machine only. A browser may not send a Secure cookie back over plain http.
        config["SESSION_COOKIE_SECURE"] = config["REMEMBER_COOKIE_SECURE"] = False
    return config


def with_driver(url: str) -> str:
    """A database URL with the drivers we install where it names none."""
    for plain, driver in (
        ("postgres://", "postgresql+psycopg://"),
        ("postgresql://", "postgresql+psycopg://"),
        ("mysql://", "mysql+pymysql://"),
        ("mariadb://", "mysql+pymysql://"),
    ):
        if url.startswith(plain):
            return driver + url.removeprefix(plain)
    return url
