"""Whatever goes wrong: a page for people, a notice for htmx, a problem document for programs."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context

import pytest
from flask import Flask, abort
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import IntegerConverter

from betterform import errors
from betterform.db import db, transaction
from betterform.models.number_series import NumberSeries
from betterform.views import access
from tests.browser import Browser
from tests.databases import everywhere

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}

MISHAPS = {
    "missing": (errors.NotFound("There is no such quote."), 404, "There is no such quote."),
    "forbidden": (errors.NotAllowed("Only for admins."), 403, "Only for admins."),
    "wrong-state": (errors.WrongState("It was issued <b>."), 409, "It was issued <b>."),
    "out-of-date": (errors.OutOfDate("Somebody else saved it."), 409, "Somebody else saved it."),
    "stale": (StaleDataError(), 409, "Somebody else changed this while you were working on it."),
    "invalid": (errors.InvalidInput(fields={"name": "Too long.", "mail": "No address."}), 422, "Too long."),
    "monday": (errors.MondayError("monday.com is down."), 502, "monday.com is down."),
    "printing": (errors.PrintingError("The PDF took too long."), 503, "The PDF took too long."),
}


@pytest.fixture
def app(app: Flask) -> Flask:
    """The app with addresses where things go wrong."""

    @access.public
    def go_wrong(what: str) -> str:
        if what.isdigit():
            abort(int(what))
        if what == "bug":
            raise RuntimeError("secret detail")
        raise MISHAPS[what][0]

    app.add_url_rule("/wrong/<what>", "wrong", go_wrong)
    app.add_url_rule("/api/v1/wrong/<what>", "api_wrong", go_wrong)
    return app


@pytest.mark.parametrize("what", MISHAPS)
def test_what_the_program_refuses_is_a_page_that_says_why(browser: Browser, what: str) -> None:
    _, status, sentence = MISHAPS[what]
    page = browser.get(f"/wrong/{what}", status=status)
    assert sentence in page.text
    assert "secret" not in page.text


@pytest.mark.parametrize("what", MISHAPS)
def test_htmx_gets_a_notice_beside_the_page_instead_of_a_swap(browser: Browser, what: str) -> None:
    _, status, sentence = MISHAPS[what]
    answer = browser.client.get(f"/wrong/{what}", headers=PARTIAL)
    assert answer.status_code == status
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toasts", "beforeend")
    html = answer.get_data(as_text=True)
    assert "<html" not in html
    assert sentence.replace("<", "&lt;").replace(">", "&gt;") in html


@pytest.mark.parametrize("what", MISHAPS)
def test_the_api_gets_a_problem_document(browser: Browser, what: str) -> None:
    _, status, sentence = MISHAPS[what]
    answer = browser.client.get(f"/api/v1/wrong/{what}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = answer.get_json()
    assert problem["status"] == status
    assert problem["title"]
    assert sentence in problem["detail"]
    assert problem["instance"] == f"urn:request:{answer.headers['X-Request-Id']}"


def test_a_problem_document_names_the_fields(browser: Browser) -> None:
    problem = browser.client.get("/api/v1/wrong/invalid").get_json()
    assert problem["errors"] == [
        {"field": "name", "detail": "Too long."},
        {"field": "mail", "detail": "No address."},
    ]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 415, 422, 429, 500, 503])
def test_every_refusal_of_the_server_has_a_helpful_page(browser: Browser, status: int) -> None:
    page = browser.get(f"/wrong/{status}", status=status)
    assert str(status) in page.text
    assert page.headers["X-Request-Id"]


def test_an_unknown_address_leads_home(browser: Browser) -> None:
    page = browser.get("/no/such/page", status=404)
    assert page.heading == "There is nothing here"
    assert browser.client.get("/api/nothing").mimetype == "application/problem+json"


def test_a_body_that_is_too_large_is_refused(browser: Browser) -> None:
    page = browser.get("/login")
    answer = browser.client.post("/login", data={**page.form("/login"), "email": "x" * 5_000_000})
    assert answer.status_code == 413


LARGEST_ID = 2**31 - 1


@everywhere
@pytest.mark.parametrize("number", [LARGEST_ID, LARGEST_ID + 1, 10**17, 10**18 - 1, 10**40])
def test_a_number_that_no_record_can_have_leads_to_nothing(staff: Browser, number: int) -> None:
    for address in ("/quotes/{}", "/quotes/{}/edit", "/contacts/{}", "/products/{}", "/pdf/quotes/{}"):
        staff.get(address.format(number), status=404)


def test_every_address_with_a_number_is_limited(app: Flask) -> None:
    numbers = [
        converter
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, IntegerConverter)
    ]
    assert numbers
    assert {converter.max for converter in numbers} == {LARGEST_ID}


class TestWhenTheDatabaseIsCrowded:
    @pytest.fixture
    def app(self, app: Flask) -> Flask:
        """The app with an address whose work waits for somebody who waits for it."""

        @access.public
        def crowd() -> str:
            meet_head_on(app)
            return "nobody was in the way"

        app.add_url_rule("/crowd", "crowd", crowd)
        app.add_url_rule("/api/v1/crowd", "api_crowd", crowd)
        return app

    @pytest.mark.parametrize("database", ["PostgreSQL", "MariaDB"], indirect=True)
    def test_whoever_lost_is_asked_to_try_again(self, browser: Browser) -> None:
        page = browser.get("/crowd", status=503)
        assert "Too many people saved at the same moment. Nothing was lost; please try again." in page.text
        assert int(page.headers["Retry-After"]) > 0

    @pytest.mark.parametrize("database", ["PostgreSQL"], indirect=True)
    def test_so_are_htmx_and_programs(self, browser: Browser) -> None:
        answer = browser.client.get("/crowd", headers=PARTIAL)
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (503, "#toasts")
        problem = browser.client.get("/api/v1/crowd")
        assert (problem.status_code, problem.mimetype) == (503, "application/problem+json")
        assert "Too many people saved" in problem.get_json()["detail"]
        assert int(problem.headers["Retry-After"]) > 0

    def test_a_locked_sqlite_file_is_such_a_crowd(self, app: Flask, browser: Browser) -> None:
        path = str(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database)

        @access.public
        def hasty() -> str:
            db.session.execute(text("PRAGMA busy_timeout = 20"))
            with transaction():
                return "the file was free"

        app.add_url_rule("/hasty", "hasty", hasty)
        other = sqlite3.connect(path, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            page = browser.get("/hasty", status=503)
        finally:
            other.close()
        assert "Too many people saved at the same moment." in page.text
        assert browser.client.get("/hasty").status_code == 200


def meet_head_on(app: Flask) -> None:
    """Two transactions take two rows in opposite order; raises what the one in this thread is told.

    MariaDB and PostgreSQL each pick a loser. Whoever won is tried again until it is our turn to lose.
    """
    for _ in range(20):
        both_hold_one = threading.Barrier(2)

        def take(first: int, second: int, meeting: threading.Barrier = both_hold_one) -> None:
            with transaction() as session:
                lock(session, first)
                meeting.wait(10)
                lock(session, second)

        def the_other(work: Callable[[int, int], None] = take) -> None:
            with app.app_context(), suppress(OperationalError):
                work(2, 1)

        thread = Context().run(threading.Thread, target=the_other)
        thread.start()
        try:
            take(1, 2)
        finally:
            thread.join()


def lock(session: Session, place: int) -> None:
    kinds = ("quote", "invoice")
    wanted = select(NumberSeries).where(NumberSeries.kind == kinds[place - 1]).with_for_update(key_share=True)
    session.scalars(wanted).one()


class TestInProduction:
    @pytest.fixture
    def config(self, config: dict[str, object]) -> dict[str, object]:
        return {**config, "PROPAGATE_EXCEPTIONS": False}

    def test_the_log_of_a_failure_holds_no_key_of_an_address(
        self, app: Flask, browser: Browser, caplog: pytest.LogCaptureFixture
    ) -> None:
        key = "a-customers-key-of-32-characters"
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("DROP TABLE share_links"))
        answer = browser.client.get(f"/d/{key}")
        assert answer.status_code == 500
        assert "no such table" in caplog.text
        assert answer.headers["X-Request-Id"] in caplog.text
        assert "exception on /d/<" in caplog.text
        assert key not in caplog.text

    def test_the_door_asks_monday_to_come_again_and_its_log_holds_no_secret(
        self, app: Flask, browser: Browser, caplog: pytest.LogCaptureFixture
    ) -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("DROP TABLE webhook_events"))
        secret = app.config["MONDAY_WEBHOOK_SECRET"]
        event = {"event": {"type": "create_item", "boardId": 1, "pulseId": 2, "triggerUuid": "t"}}
        answer = browser.client.post(f"/monday/webhook/{secret}", json=event)
        assert answer.status_code == 503
        assert "OperationalError" in caplog.text
        assert secret not in caplog.text

    def test_a_database_that_fails_otherwise_is_a_failure(self, app: Flask, browser: Browser) -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("DROP TABLE share_links"))
        browser.get("/d/a-customers-key-of-32-characters", status=500)

    def test_a_bug_says_nothing_of_itself_but_the_request(self, browser: Browser) -> None:
        page = browser.get("/wrong/bug", status=500)
        assert "secret" not in page.html
        assert page.headers["X-Request-Id"] in page.text
