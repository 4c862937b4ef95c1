"""Whatever goes wrong: a page for people, a notice for htmx, a problem document for programs."""

from __future__ import annotations

import pytest
from flask import Flask, abort
from sqlalchemy.orm.exc import StaleDataError

from betterform import errors
from betterform.views import access
from tests.browser import Browser

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


class TestInProduction:
    @pytest.fixture
    def config(self, config: dict[str, object]) -> dict[str, object]:
        return {**config, "PROPAGATE_EXCEPTIONS": False}

    def test_a_bug_says_nothing_of_itself_but_the_request(self, browser: Browser) -> None:
        page = browser.get("/wrong/bug", status=500)
        assert "secret" not in page.html
        assert page.headers["X-Request-Id"] in page.text
