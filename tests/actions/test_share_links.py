"""The customer's key to a document: derived, hashed, renewed, revoked."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import history, quotes, share_links
from betterform.db import transaction
from betterform.errors import WrongState
from betterform.models.company import Company
from betterform.models.delivery import Delivery
from betterform.models.quote import Quote
from tests.quotes import ANNA, NOW, SECRET, a_draft, issue


@pytest.fixture
def quote(session: Session, company: Company) -> Quote:
    with transaction():
        return a_draft(session, company)


@pytest.fixture
def issued(session: Session, company: Company, quote: Quote) -> Quote:
    with transaction():
        issue(session, quote, company)
    return quote


def token_of(session: Session, quote: Quote, secret: str = SECRET) -> str | None:
    url = share_links.customer_url(session, quote, public_url="https://q.example", secret=secret)
    return url.removeprefix("https://q.example/d/") if url else None


def test_a_draft_has_no_link(session: Session, quote: Quote) -> None:
    assert token_of(session, quote) is None
    with pytest.raises(WrongState):
        quotes.renew_link(session, quote, link_secret=SECRET, by=ANNA, at=NOW)


def test_a_link_is_long_random_and_never_stored(session: Session, issued: Quote) -> None:
    token = token_of(session, issued)
    link = share_links.current(session, issued)
    assert token is not None
    assert link is not None
    assert len(token) == 32
    stored = " ".join(str(value) for value in vars(link).values())
    assert token not in stored
    assert share_links.find(session, token) is link


@pytest.mark.parametrize("token", ["", "x", "x" * 32, "x" * 10_000, "ü" * 32, "\0" * 32])
def test_an_unknown_token_finds_nothing(session: Session, issued: Quote, token: str) -> None:
    assert share_links.find(session, token) is None


def test_a_renewed_link_closes_the_old_one(session: Session, company: Company, issued: Quote) -> None:
    old = token_of(session, issued)
    with transaction():
        quotes.renew_link(session, issued, link_secret=SECRET, by=ANNA, at=NOW)
    new = token_of(session, issued)
    assert old is not None
    assert new is not None
    assert old != new
    assert share_links.find(session, old) is None
    assert share_links.find(session, new) is not None
    with transaction():
        share_links.revoke(session, issued, by=ANNA, at=NOW)
    assert share_links.find(session, new) is None
    assert token_of(session, issued) is None
    assert not share_links.is_open(session, issued)
    assert [entry.event for entry in history.of(session, issued)][:3] == [
        "link revoked",
        "link renewed",
        "link revoked",
    ]


def test_after_a_change_of_the_secret_key_old_links_open_and_new_ones_can_be_made(
    session: Session, issued: Quote
) -> None:
    old = token_of(session, issued)
    assert old is not None
    assert token_of(session, issued, secret="another-key") is None
    assert share_links.find(session, old) is not None
    assert share_links.is_open(session, issued), "open, though nobody here can say its address"
    with transaction():
        quotes.renew_link(session, issued, link_secret="another-key", by=ANNA, at=NOW)
    assert token_of(session, issued, secret="another-key") is not None


def test_a_renewed_link_goes_to_the_board(session: Session, company: Company) -> None:
    with transaction():
        quote = a_draft(session, company, mid="5")
        issue(session, quote, company)
    (deal,) = session.scalars(select(Delivery).where(Delivery.target == "deal"))
    wanted = deal.wanted
    with transaction():
        quotes.renew_link(session, quote, link_secret=SECRET, by=ANNA, at=NOW)
    assert deal.wanted == wanted + 1
