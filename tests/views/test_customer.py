"""The customer's page: what they see, what it notes, and what nobody else may learn."""

from __future__ import annotations

import hashlib
import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform.actions import quotes, share_links
from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.quote import Quote
from tests.browser import Browser
from tests.quotes import ANNA, NOW, a_draft, issue

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}


@pytest.fixture
def issued(app: Flask, session: Session, company: Company) -> Quote:
    with transaction():
        quote = a_draft(session, company, validity_days=3650, subject="<b>Probes</b> 🧪")
        issue(session, quote, company, link_secret=app.config["SECRET_KEY"])
    return quote


@pytest.fixture
def link(app: Flask, session: Session, issued: Quote) -> str:
    url = share_links.customer_url(session, issued, public_url="", secret=app.config["SECRET_KEY"])
    assert url is not None
    return url


def was_viewed(session: Session, quote: Quote) -> bool:
    session.rollback()
    session.refresh(quote)
    return quote.viewed_at is not None


def test_the_quote_opens_without_an_account(
    browser: Browser, session: Session, issued: Quote, link: str
) -> None:
    page = browser.get(link, headers=PHONE)
    assert "Q-2026-0001" in page.heading
    assert "<b>Probes</b> 🧪" in page.text
    assert "216.20" in page.text
    assert was_viewed(session, issued)


def test_nobody_else_learns_of_the_link(browser: Browser, link: str) -> None:
    for address in (link, f"{link}/pdf", "/d/" + "x" * 32):
        headers = browser.client.get(address).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_whoever_has_no_key_gets_one_and_the_same_answer(
    app: Flask, browser: Browser, session: Session, company: Company, issued: Quote, link: str
) -> None:
    with transaction():
        draft = a_draft(session, company)
        token = share_links.create(session, draft, secret="s").token("s")
        share_links.revoke(session, issued, by=ANNA, at=NOW)
    answers = {
        (answer.status_code, re.sub(rb"[0-9a-f]{16,}", b"", answer.data))
        for address in (
            link,
            f"{link}/pdf",
            f"/d/{token}",
            f"/d/{token}/pdf",
            f"/d/{'x' * 32}",
            "/d/x",
            f"/d/{'é' * 32}",
        )
        for answer in [browser.client.get(address)]
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0"},
        {"User-Agent": "curl/8.0"},
        PHONE | {"Sec-Purpose": "prefetch"},
        PHONE | {"Purpose": "prefetch"},
    ],
)
def test_programs_that_look_ahead_are_no_readers(
    browser: Browser, session: Session, issued: Quote, link: str, headers: dict[str, str]
) -> None:
    assert browser.client.get(link, headers=headers).status_code == 200
    assert not was_viewed(session, issued)


def test_neither_staff_nor_a_head_request_is_a_reader(
    staff: Browser, browser: Browser, session: Session, issued: Quote, link: str
) -> None:
    staff.client.get(link, headers=PHONE)
    browser.client.head(link, headers=PHONE)
    assert not was_viewed(session, issued)


def test_the_pdf_is_the_one_that_was_stored(
    browser: Browser, session: Session, issued: Quote, link: str
) -> None:
    first, second = browser.client.get(f"{link}/pdf"), browser.client.get(f"{link}/pdf?download=1")
    assert first.data == second.data
    assert first.data.startswith(b"%PDF-")
    assert first.headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
    assert "attachment" in second.headers["Content-Disposition"]
    assert "Q-2026-0001.pdf" in second.headers["Content-Disposition"]
    session.rollback()
    document = quotes.document_of(session, issued)
    assert document is not None
    assert document.sha256 == hashlib.sha256(first.data).hexdigest()
    again = browser.client.get(f"{link}/pdf", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
