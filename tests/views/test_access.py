"""Who may enter, and where a person may be led after signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, jsonify
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import tokens, users
from betterform.db import transaction
from betterform.extensions import csrf
from betterform.models.api_token import ApiToken
from betterform.models.history import SYSTEM
from betterform.models.user import Role, User
from betterform.views import access
from tests.browser import Browser

INSIDE = [
    "/",
    "/form/123",
    "/quotes?state=draft&page=2",
    "/quotes/1#lines",
    "/contacts?q=M%C3%BCller",
    "/contacts?next=https://evil.example",
    "/a:b",
    "/d/abc//def",
]
OUTSIDE = [
    None,
    "",
    "quotes",
    "?q=1",
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/quotes\\..\\evil",
    "https://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    " /quotes",
    "/ /evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: x=y",
    "/\x00",
    "/\x7f",
    "/" + "a" * 3000,
    "/login",
    "/login?next=/login",
    "/logout",
    "@evil.example",
    ".evil.example",
    "//[",
]


@pytest.mark.parametrize("target", INSIDE)
def test_an_address_of_this_site_is_let_through(target: str) -> None:
    assert access.inside(target) == target


@pytest.mark.parametrize("target", OUTSIDE)
def test_every_other_address_leads_to_the_dashboard(target: str | None) -> None:
    assert access.inside(target) == "/"


def test_a_stranger_is_asked_to_sign_in(browser: Browser) -> None:
    answer = browser.client.get("/contacts?q=a&page=2")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=%2Fcontacts%3Fq%3Da%26page%3D2"


def test_htmx_moves_the_whole_page_to_the_sign_in(browser: Browser) -> None:
    answer = browser.client.get(
        "/contacts",
        headers={
            "HX-Request": "true",
            "HX-Request-Type": "partial",
            "HX-Current-URL": "http://localhost/quotes/7/edit?x=1",
        },
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=%2Fquotes%2F7%2Fedit%3Fx%3D1"
    assert answer.get_data() == b""


def test_htmx_posts_of_a_session_that_ended_leave_the_page_and_offer_the_sign_in(browser: Browser) -> None:
    answer = browser.client.post("/settings", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert answer.mimetype == "text/html"
    assert '<a href="/login" target="_blank"' in answer.get_data(as_text=True)


def test_a_search_field_of_a_session_that_ended_leaves_the_page_too(browser: Browser) -> None:
    answer = browser.client.get(
        "/contacts", headers={"HX-Request": "true", "HX-Source": "input#contact_query"}
    )
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers


def test_a_form_sent_after_the_session_ended_says_how_to_keep_the_typing(browser: Browser) -> None:
    answer = browser.client.post("/settings", data={"name": "x"})
    assert answer.status_code == 401
    assert "your browser sends what you typed once more" in answer.get_data(as_text=True)


def test_staff_may_not_change_the_settings(staff: Browser) -> None:
    page = staff.get("/settings", status=403)
    assert page.heading == "This is not for you"
    assert "role admin" in page.text


def test_the_navigation_shows_what_the_person_may_open(viewer: Browser, admin: Browser) -> None:
    assert "Settings" not in viewer.get("/").text
    assert "Settings" in admin.get("/").text


def test_a_page_without_a_mark_is_closed(app: Flask, request: pytest.FixtureRequest) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    admin: Browser = request.getfixturevalue("admin")
    page = admin.get("/forgotten", status=403)
    assert "secret" not in page.text


def test_a_forged_session_id_opens_nothing(browser: Browser, people: dict[str, User]) -> None:
    for forged in ("1", "1:", f"{people['admin'].id}:wrong", "x:y", "9" * 30 + ":k", "²:k"):
        with browser.client.session_transaction() as session:
            session["_user_id"] = forged
        assert browser.get("/").heading == "Sign in", forged


@pytest.fixture
def api(app: Flask) -> Flask:
    """The app with an address that tokens may use."""

    @access.api(Role.STAFF, "pricing")
    def who() -> object:
        return jsonify(name=access.author().name)

    app.add_url_rule("/api/v1/who", "who", csrf.exempt(who), methods=["GET", "POST"])
    return app


def make_token(session: Session, **facts: Any) -> str:
    with transaction():
        return tokens.create(session, name="till", at=clock.now(), by=SYSTEM, **facts)[1]


def call(api: Flask, token: str, method: str = "POST") -> tuple[int, dict[str, object]]:
    answer = Browser.on(api).client.open(
        "/api/v1/who", method=method, headers={"Authorization": f"Bearer {token}"}
    )
    return answer.status_code, answer.get_json()


def test_a_bearer_token_opens_the_api(api: Flask, session: Session) -> None:
    assert call(api, make_token(session)) == (200, {"name": "API token till"})


def test_using_a_token_is_remembered(api: Flask, session: Session) -> None:
    call(api, make_token(session))
    session.rollback()
    assert session.query(ApiToken).one().last_used_at is not None


def test_a_token_opens_no_page(api: Flask, session: Session) -> None:
    headers = {"Authorization": f"Bearer {make_token(session)}"}
    assert Browser.on(api).client.get("/", headers=headers).status_code == 302


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer ", "Bearer", "Basic dTpw", "bf_x", "Bearer \u00e9"]
)
def test_a_wrong_token_is_refused_as_a_problem_document(api: Flask, header: str) -> None:
    answer = Browser.on(api).client.get("/api/v1/who", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_expired_and_revoked_tokens_are_refused(api: Flask, session: Session) -> None:
    plain = make_token(session)
    with transaction():
        token = session.query(ApiToken).one()
        token.expires_at = clock.now() - timedelta(seconds=1)
    assert call(api, plain)[0] == 401
    with transaction():
        token.expires_at = None
        tokens.revoke(session, token, at=clock.now(), by=SYSTEM)
    assert call(api, plain)[0] == 401


def test_a_token_without_the_scope_is_refused(api: Flask, session: Session) -> None:
    status, problem = call(api, make_token(session, scopes="contacts"))
    assert status == 403
    assert problem["detail"] == "The token does not have the scope pricing."


def test_a_token_does_what_its_owner_may_and_ends_with_them(
    api: Flask, session: Session, people: dict[str, User]
) -> None:
    assert call(api, make_token(session, user=people["viewer"]))[0] == 403
    plain = make_token(session, user=people["staff"])
    assert call(api, plain) == (200, {"name": "API token till"})
    with transaction():
        users.disable(session, people["staff"], at=clock.now(), by=SYSTEM)
    assert call(api, plain)[0] == 401


def test_the_api_without_token_or_session_asks_for_one(api: Flask) -> None:
    answer = Browser.on(api).client.get("/api/v1/who")
    assert answer.status_code == 401
    assert answer.get_json()["status"] == 401


def test_a_session_may_read_the_api_and_needs_the_csrf_token_to_write(api: Flask, staff: Browser) -> None:
    assert staff.client.get("/api/v1/who").get_json() == {"name": "Staff"}
    assert staff.client.post("/api/v1/who").status_code == 400
    token = staff.get("/").form("/logout")["csrf_token"]
    assert staff.client.post("/api/v1/who", headers={"X-CSRFToken": token}).status_code == 200
