"""Signing in and out, through the real form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import users
from betterform.db import transaction
from betterform.models.history import SYSTEM
from betterform.models.user import User
from tests.browser import Browser
from tests.conftest import PASSWORD


def test_a_person_signs_in_and_sees_the_dashboard(browser: Browser, people: dict[str, User]) -> None:
    page = browser.sign_in("staff@example.org", PASSWORD)
    assert page.heading == "Dashboard"


def test_the_address_may_be_typed_in_capitals_and_with_spaces(
    browser: Browser, people: dict[str, User]
) -> None:
    assert browser.sign_in("  STAFF@Example.org ", PASSWORD).heading == "Dashboard"


def test_signing_in_is_remembered_on_the_person(
    browser: Browser, people: dict[str, User], session: Session
) -> None:
    browser.sign_in("staff@example.org", PASSWORD)
    session.rollback()
    assert people["staff"].last_login_at is not None


def test_after_signing_in_the_person_lands_where_the_link_pointed(
    browser: Browser, people: dict[str, User]
) -> None:
    asked = browser.get("/contacts?q=keller&page=2")
    assert asked.heading == "Sign in"
    page = browser.send(asked, "/login", email="staff@example.org", password=PASSWORD)
    assert page.heading == "Contacts"
    assert page.response.request.full_path == "/contacts?q=keller&page=2"


def test_nobody_is_led_away_from_this_site(browser: Browser, people: dict[str, User]) -> None:
    page = browser.get("/login?next=https://evil.example/")
    assert page.form("/login")["next"] == "/"
    sent = browser.send(
        page,
        "/login",
        email="staff@example.org",
        password=PASSWORD,
        next="//evil.example",
        status=302,
        follow=False,
    )
    assert sent.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("email", "password"),
    [("staff@example.org", "wrong-wrong-wrong"), ("nobody@example.org", PASSWORD), ("x", "y")],
)
def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(
    browser: Browser, people: dict[str, User], email: str, password: str
) -> None:
    page = browser.send(browser.get("/login"), "/login", email=email, password=password, status=422)
    assert "E-mail address and password do not fit together." in page.text
    assert page.form("/login")["email"] == email
    assert page.form("/login")["password"] == ""


def test_an_empty_form_says_what_is_missing_at_each_field(browser: Browser) -> None:
    page = browser.send(browser.get("/login"), "/login", status=422)
    assert page.error_at("email") == "Enter your e-mail address."
    assert page.error_at("password") == "Enter your password."


def test_odd_input_is_refused_and_never_an_error(browser: Browser) -> None:
    page = browser.get("/login")
    for odd in ("\x00", "\U0001f600" * 50, "a" * 5000, "<script>alert(1)</script>", "\u202eevil"):
        refused = browser.send(page, "/login", email=odd, password=odd, status=422)
        assert "<script>alert" not in refused.html


def test_a_form_without_its_token_is_refused(app: Flask, people: dict[str, User]) -> None:
    client = Browser.on(app).client
    answer = client.post("/login", data={"email": "staff@example.org", "password": PASSWORD})
    assert answer.status_code == 400
    assert "reload the page" in answer.get_data(as_text=True)


def test_signing_out_ends_the_session(staff: Browser) -> None:
    page = staff.send(staff.get("/"), "/logout")
    assert page.heading == "Sign in"
    assert "You are signed out." in page.text
    assert staff.get("/").heading == "Sign in"


def test_signing_out_takes_a_post(staff: Browser) -> None:
    staff.get("/logout", status=405)
    assert staff.get("/").heading == "Dashboard"


def test_a_disabled_person_is_out_at_once(staff: Browser, people: dict[str, User]) -> None:
    with transaction() as session:
        users.disable(session, people["staff"], at=clock.now(), by=SYSTEM)
    assert staff.get("/").heading == "Sign in"
    refused = staff.send(
        staff.get("/login"), "/login", email="staff@example.org", password=PASSWORD, status=422
    )
    assert "do not fit together" in refused.text


def test_signing_out_everywhere_ends_other_browsers_too(
    sign_in: Callable[[str], Browser], people: dict[str, User]
) -> None:
    at_work, on_the_train = sign_in("staff"), sign_in("staff")
    with transaction():
        users.sign_out_everywhere(people["staff"])
    assert at_work.get("/").heading == "Sign in"
    assert on_the_train.get("/").heading == "Sign in"


def test_the_session_of_before_is_not_carried_over(browser: Browser, people: dict[str, User]) -> None:
    with browser.client.session_transaction() as before:
        before["planted"] = "by somebody else"
    browser.sign_in("staff@example.org", PASSWORD)
    with browser.client.session_transaction() as after:
        assert "planted" not in after


def test_a_form_left_open_can_be_sent_after_signing_in_again(admin: Browser) -> None:
    left_open = admin.get("/settings/tax-rates")
    admin.send(admin.get("/"), "/logout")
    refused = admin.send(left_open, "/settings/tax-rates", name="VAT", percent="20", status=401)
    assert refused.heading == "You have been signed out"
    admin.sign_in("admin@example.org", PASSWORD)
    kept = admin.send(left_open, "/settings/tax-rates", name="VAT", percent="20")
    assert "The tax rate is added." in kept.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: Browser, people: dict[str, User]
) -> None:
    page = browser.send(
        browser.get("/login"),
        "/login",
        email="staff@example.org",
        password=PASSWORD,
        status=302,
        follow=False,
    )
    (cookie,) = [value for value in page.headers.getlist("Set-Cookie") if value.startswith("betterform=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


class TestWithALimitOfThree:
    @pytest.fixture
    def config(self, config: dict[str, object]) -> dict[str, object]:
        return {**config, "LOGIN_LIMIT": "3 per minute"}

    def test_guessing_is_stopped_with_the_form_and_what_was_typed(
        self, browser: Browser, people: dict[str, User]
    ) -> None:
        page = browser.get("/login")
        for _ in range(3):
            browser.send(page, "/login", email="staff@example.org", password="wrong", status=422)
        stopped = browser.send(page, "/login", email="staff@example.org", password=PASSWORD, status=429)
        assert "Too many attempts" in stopped.text
        assert stopped.form("/login")["email"] == "staff@example.org"

    def test_a_forged_forwarding_header_does_not_help(
        self, browser: Browser, people: dict[str, User]
    ) -> None:
        page = browser.get("/login")
        statuses = [
            browser.client.post(
                "/login",
                data={**page.form("/login"), "email": f"guess{guess}@example.org", "password": "wrong"},
                headers={"X-Forwarded-For": f"203.0.113.{guess}"},
            ).status_code
            for guess in range(5)
        ]
        assert statuses == [422, 422, 422, 429, 429]

    def test_guessing_one_address_from_many_places_is_stopped(
        self, app: Flask, people: dict[str, User]
    ) -> None:
        statuses = []
        for place in range(5):
            browser = Browser.on(app)
            data = {**browser.get("/login").form("/login"), "email": "Staff@Example.org", "password": "wrong"}
            from_there = {"REMOTE_ADDR": f"198.51.100.{place}"}
            statuses.append(
                browser.client.post("/login", data=data, environ_overrides=from_there).status_code
            )
        assert statuses == [422, 422, 422, 429, 429]

    def test_an_office_behind_one_address_may_sign_in_together(
        self, sign_in: Callable[[str], Browser], people: dict[str, User]
    ) -> None:
        for _ in range(5):
            assert sign_in("staff").get("/").heading == "Dashboard"
