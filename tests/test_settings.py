"""Settings are read once at start, and what is wrong with them is said all at once."""

from __future__ import annotations

import pytest

from betterform.errors import ConfigurationError
from betterform.settings import Development, from_environment, with_driver

PRODUCTION = {
    "BETTERFORM_ENV": "production",
    "SECRET_KEY": "f3c1" * 16,
    "DATABASE_URL": "postgresql://betterform:database-password@db/betterform",
    "PUBLIC_URL": "https://quotes.example.com/",
    "MONDAY_API_TOKEN": "monday-token-value",
    "MONDAY_WEBHOOK_SECRET": "webhook-secret-value-0123",
}


def problem(**changes: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        from_environment(PRODUCTION | changes)
    return refused.value.message


def test_production_names_everything_that_is_missing_in_one_error() -> None:
    with pytest.raises(ConfigurationError) as refused:
        from_environment({"BETTERFORM_ENV": "production"})
    for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "MONDAY_API_TOKEN", "MONDAY_WEBHOOK_SECRET"):
        assert f"{name}: missing" in refused.value.message


def test_production_starts_with_all_that_is_needed() -> None:
    config = from_environment(PRODUCTION)
    assert (
        config["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://betterform:database-password@db/betterform"
    )
    assert config["PUBLIC_URL"] == "https://quotes.example.com"
    assert config["MONDAY_API_URL"] == "https://api.monday.com/v2"
    assert config["SESSION_COOKIE_SECURE"]
    assert config["SESSION_COOKIE_HTTPONLY"]
    assert config["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert not config["WORKER_IN_APP"]
    assert config["PDF_PROCESSES"] == 1


def test_production_refuses_the_published_key() -> None:
    assert "published development key" in problem(SECRET_KEY=Development.DEFAULTS["SECRET_KEY"])


def test_production_refuses_short_secrets() -> None:
    assert "SECRET_KEY: shorter than 32" in problem(SECRET_KEY="short")
    assert "MONDAY_WEBHOOK_SECRET: shorter than 16" in problem(MONDAY_WEBHOOK_SECRET="short")


@pytest.mark.parametrize(
    "address",
    ["quotes.example.com", "ftp://x", "https://", "javascript:alert(1)", "http://[", "https://a:99999"],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    assert "PUBLIC_URL: not an http or https address" in problem(PUBLIC_URL=address)
    assert "MONDAY_API_URL: not an http or https address" in problem(MONDAY_API_URL=address)


@pytest.mark.parametrize("url", ["nonsense", "oracle://db/x", "http://db", "postgres//user:hidden-word@db"])
def test_a_database_that_is_none_is_refused(url: str) -> None:
    message = problem(DATABASE_URL=url)
    assert "DATABASE_URL: not an SQLAlchemy URL" in message
    assert "hidden-word" not in message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PDF_PROCESSES", "0"),
        ("PDF_PROCESSES", "²"),
        ("PDF_SECONDS", "1.5"),
        ("TRUSTED_PROXIES", "-1"),
        ("PDF_SECONDS", "9" * 20),
        ("MONDAY_RECONCILE_SECONDS", "0"),
        ("MONDAY_PATIENCE", "0"),
        ("MONDAY_PATIENCE", "nan"),
        ("MONDAY_PATIENCE", "soon"),
    ],
)
def test_a_number_that_is_none_is_refused(name: str, text: str) -> None:
    assert f"{name}: " in problem(**{name: text})


def test_all_that_is_wrong_is_said_at_once_and_no_secret_with_it() -> None:
    message = problem(
        PUBLIC_URL="x", PDF_PROCESSES="many", SECRET_KEY="the-secret-itself", MONDAY_WEBHOOK_SECRET="hush"
    )
    for name in ("PUBLIC_URL", "PDF_PROCESSES", "SECRET_KEY", "MONDAY_WEBHOOK_SECRET"):
        assert f"{name}: " in message
    for secret in ("the-secret-itself", "hush", "database-password", "monday-token-value"):
        assert secret not in message


def test_an_environment_nobody_knows_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="must be one of development, testing, production"):
        from_environment({"BETTERFORM_ENV": "staging"})


@pytest.mark.parametrize("environment", [{}, {"BETTERFORM_ENV": ""}, {"BETTERFORM_ENV": "development"}])
def test_development_needs_nothing(environment: dict[str, str]) -> None:
    config = from_environment(environment)
    assert config["ENV"] == "development"
    assert config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:///")
    assert config["WORKER_IN_APP"]
    assert not config["TESTING"]


def test_testing_explains_what_a_test_forgot() -> None:
    config = from_environment({"BETTERFORM_ENV": "testing"})
    assert config["TESTING"]
    assert "the-test-did-not-name-its-database" in config["SQLALCHEMY_DATABASE_URI"]
    assert "the-test-started-no-stand-in" in config["MONDAY_API_URL"]
    assert config.get("WTF_CSRF_ENABLED", True), "security is on in tests, too"


def test_what_is_set_to_nothing_takes_the_default() -> None:
    assert from_environment({"PDF_SECONDS": ""})["PDF_SECONDS"] == 60


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("mysql://u@h/d", "mysql+pymysql://u@h/d"),
        ("mariadb://u@h/d", "mysql+pymysql://u@h/d"),
        ("sqlite:///a.sqlite", "sqlite:///a.sqlite"),
    ],
)
def test_a_database_url_needs_no_driver(url: str, full: str) -> None:
    assert with_driver(url) == full


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_over_plain_http_on_this_machine_cookies_still_travel(host: str) -> None:
    config = from_environment(PRODUCTION | {"PUBLIC_URL": f"http://{host}"})
    assert not config["SESSION_COOKIE_SECURE"]
    assert not config["REMEMBER_COOKIE_SECURE"]


@pytest.mark.parametrize(
    "address",
    ["http://office.lan", "HTTP://quotes.example.com", "http://127.0.0.1.example", "http://10.0.0.5"],
)
def test_over_plain_http_anywhere_else_production_refuses_to_start(address: str) -> None:
    assert "PUBLIC_URL: http:// would carry passwords" in problem(PUBLIC_URL=address)
