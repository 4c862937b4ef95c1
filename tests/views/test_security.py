"""What every answer tells the browser."""

from __future__ import annotations

from typing import Any

import pytest

from betterform.models.user import User
from tests.browser import Browser
from tests.conftest import PASSWORD


def test_pages_run_and_load_only_what_comes_from_here(browser: Browser) -> None:
    policy = dict(
        rule.split(" ", 1) for rule in browser.get("/login").headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"


@pytest.mark.parametrize("address", ["/login", "/nothing", "/healthz", "/static/css/base.css", "/"])
def test_every_answer_has_the_careful_headers(browser: Browser, address: str) -> None:
    headers = browser.client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Content-Security-Policy" in headers


def test_a_customers_address_does_not_travel_to_other_sites(browser: Browser) -> None:
    headers = browser.client.get("/d/some-key").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_what_only_signed_in_people_see_is_kept_nowhere(viewer: Browser) -> None:
    assert viewer.get("/").headers["Cache-Control"] == "no-store"


def test_a_file_named_by_its_content_is_kept_for_a_year(browser: Browser) -> None:
    (address,) = [
        link.get("href", "")
        for link in browser.get("/login").all("link")
        if "base.css" in link.get("href", "")
    ]
    assert "?v=" in address
    answer = browser.client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


def test_another_file_is_kept_for_a_day(browser: Browser) -> None:
    headers = browser.client.get("/static/css/base.css").headers
    assert headers["Cache-Control"] == "public, max-age=86400"
    assert "Cache-Control" not in browser.client.get("/static/none.css?v=1").headers


def test_plain_http_promises_no_https(browser: Browser) -> None:
    assert "Strict-Transport-Security" not in browser.client.get("/login").headers


class TestBehindHttps:
    @pytest.fixture
    def config(self, config: dict[str, object]) -> dict[str, object]:
        return {**config, "PUBLIC_URL": "https://quotes.example.com", "SESSION_COOKIE_SECURE": True}

    def test_browsers_are_told_to_stay_with_https(self, browser: Browser) -> None:
        assert "max-age=31536000" in browser.client.get("/login").headers["Strict-Transport-Security"]

    def test_the_cookie_travels_by_https_alone(self, browser: Browser, people: dict[str, User]) -> None:
        secure: dict[str, Any] = {
            "base_url": "https://localhost",
            "headers": {"Referer": "https://localhost/login"},
        }
        page = browser.get("/login", **secure)
        data = {**page.form("/login"), "email": "staff@example.org", "password": PASSWORD}
        answer = browser.client.post("/login", data=data, **secure)
        assert answer.status_code == 302
        assert "Secure" in answer.headers["Set-Cookie"]
