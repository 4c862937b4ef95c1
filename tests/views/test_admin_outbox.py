"""The outbox: found, looked at, tried again, given up; secrets stay secret."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import deliveries
from betterform.db import transaction
from betterform.models.board import Board, BoardColumn, BoardRole
from betterform.models.company import Company
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.history import HistoryEntry
from betterform.models.monday_account import MondayAccount
from betterform.models.quote import Quote
from tests.browser import Browser
from tests.deliveries import parked
from tests.quotes import a_draft

TOKEN, SIGNING, KEY = "api-token-0123456789abcdef", "signing-0123456789", "K3y_of-A-customer~link-0123456789"
REQUEST = "9f3c1a52-77aa-4be0-a1c1-000000000001"


@pytest.fixture
def config(config: dict[str, object]) -> dict[str, object]:
    return config | {"MONDAY_API_TOKEN": TOKEN, "MONDAY_SIGNING_SECRET": SIGNING}


@pytest.fixture
def quote(session: Session, company: Company) -> Quote:
    with transaction():
        return a_draft(session, company, mid="4711", subject="Lasers for Basel")


@pytest.fixture
def delivery(session: Session, quote: Quote) -> Delivery:
    """Parked after one refused attempt."""
    return parked(quote.id, request_id=REQUEST, milliseconds=87)


@pytest.mark.parametrize(
    "typed", ["4711", "#1", "lasers basel", "label", REQUEST, "LASERS", "the status has no label"]
)
def test_a_delivery_is_found_by_whatever_a_person_knows(
    admin: Browser, delivery: Delivery, typed: str
) -> None:
    assert "Values on the deal #1" in admin.get("/admin/outbox", query_string={"q": typed}).text


@pytest.mark.parametrize("typed", ["4712", "Zug", "%", "Zug\0", "'", "#99999999999999", "no-such-request-1"])
def test_what_is_not_there_is_not_found_and_breaks_nothing(
    admin: Browser, delivery: Delivery, typed: str
) -> None:
    assert "No delivery fits this search" in admin.get("/admin/outbox", query_string={"q": typed}).text


def test_filters_stay_in_the_address(admin: Browser, delivery: Delivery) -> None:
    page = admin.get("/admin/outbox?state=parked&part=deal&time=week&q=lasers")
    assert "Values on the deal #1" in page.text
    links = [link.get("href", "") for link in page.all("a", class_="chip")]
    assert all("part=deal" in link and "time=week" in link and "q=lasers" in link for link in links)
    for address in (
        "?part=contact",
        "?state=done",
        "?state=nonsense&part=deal_pdf",
        "?time=soon&page=x&q=Zug",
    ):
        assert "#1" not in admin.get("/admin/outbox" + address).text


def test_no_secret_is_shown(admin: Browser, app: Flask, delivery: Delivery, session: Session) -> None:
    webhook_secret, secret_key = app.config["MONDAY_WEBHOOK_SECRET"], app.config["SECRET_KEY"]
    link = f"https://quotes.example/d/{KEY}"
    planted = {
        "token": TOKEN,
        "said": f"Authorization {TOKEN}, {SIGNING}, {secret_key}",
        "link": link,
        "address": f"https://quotes.example/monday/webhook/{webhook_secret}",
        "within": json.dumps({"url": link}).replace("/", "\\/"),
        "deep": [{TOKEN: [link]}],
    }
    with transaction():
        delivery.reason = f"monday said {TOKEN} and {link}"
        delivery.tries[0].sent, delivery.tries[0].received = planted, {"answers": [planted]}
    for address in ("/admin/outbox", f"/admin/outbox/{delivery.id}"):
        html = admin.get(address).html
        assert [
            secret for secret in (TOKEN, SIGNING, secret_key, webhook_secret, KEY) if secret in html
        ] == []
    assert "https://quotes.example/d/…" in html


def test_a_row_says_what_came_back_and_what_is_next(admin: Browser, delivery: Delivery) -> None:
    page = admin.get(f"/admin/outbox/{delivery.id}")
    for words in (
        "Only a person can help",
        "monday.com refused a value",
        "87 ms",
        REQUEST,
        "Lasers for Basel",
    ):
        assert words in page.text
    assert page.all("a", href="/quotes/1")


def test_giving_up_asks_for_a_reason_and_history_names_who(
    admin: Browser, delivery: Delivery, session: Session
) -> None:
    page = admin.get(f"/admin/outbox/{delivery.id}/give-up")
    again = admin.send(page, "/admin/outbox/given-up", status=422, reason="  ")
    assert "Please say why" in again.error_at("reason")
    shown = admin.send(again, "/admin/outbox/given-up", reason="The customer went elsewhere.")
    assert "Given up by Admin: The customer went elsewhere." in shown.text
    session.rollback()
    assert (delivery.state, delivery.open_key) == ("given_up", None)
    entry = session.query(HistoryEntry).filter_by(record_type="delivery", event="given up").one()
    assert (entry.author_name, entry.details["reason"]) == ("Admin", "The customer went elsewhere.")


@pytest.mark.parametrize(
    ("state", "words"), [("done", "delivered meanwhile"), ("running", "being delivered right now")]
)
def test_a_button_that_is_overtaken_says_so(
    admin: Browser, delivery: Delivery, session: Session, state: str, words: str
) -> None:
    page = admin.get(f"/admin/outbox/{delivery.id}")
    with transaction():
        delivery.state = state
        delivery.open_key = None if state == "done" else delivery.open_key
    assert words in admin.send(page, f"/admin/outbox/{delivery.id}/retry").text
    assert session.query(HistoryEntry).filter_by(event="retried").count() == 0


def test_all_parked_of_a_filter_are_retried_at_once(
    admin: Browser, delivery: Delivery, session: Session
) -> None:
    others = [parked(900 + number) for number in range(3)]
    page = admin.get("/admin/outbox?q=lasers")
    admin.send(page, "/admin/outbox/selection?q=lasers", verb="retry-all")
    session.rollback()
    assert (delivery.state, {other.state for other in others}) == ("waiting", {"parked"})
    page = admin.get("/admin/outbox")
    sent = admin.send(page, "/admin/outbox/selection", verb="retry", ids=[row.id for row in others])
    assert "3 deliveries will be tried again" in sent.text
    session.rollback()
    assert {other.state for other in others} == {"waiting"}


def test_a_list_takes_the_same_statements_for_one_row_as_for_fifty(
    admin: Browser, delivery: Delivery, session: Session, queries: list[str]
) -> None:
    queries.clear()
    admin.get("/admin/outbox")
    one = len(queries)
    for number in range(49):
        parked(1000 + number)
    queries.clear()
    admin.get("/admin/outbox")
    assert 0 < len(queries) <= one


def test_a_list_that_has_not_changed_sends_nothing(admin: Browser, session: Session, quote: Quote) -> None:
    with transaction():
        row = deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=clock.now())
    poll = admin.get("/admin/outbox").one("div", id="row-poll")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", **json.loads(poll.get("hx-headers", ""))}
    assert poll.get("hx-trigger") == "every 3s"
    assert admin.client.get("/admin/outbox", headers=headers).status_code == 204
    with transaction():
        deliveries.closed(row, DeliveryState.DONE, at=clock.now())
    news = admin.client.get("/admin/outbox", headers=headers).get_data(as_text=True)
    assert 'hx-target="#row-table"' in news
    assert "hx-trigger" not in news


def test_admins_are_told_on_every_page_while_monday_does_not_let_us_in(
    admin: Browser, staff: Browser, session: Session, delivery: Delivery
) -> None:
    with transaction():
        session.add(
            MondayAccount(
                id=1, checked_at=clock.now(), problem="The token is not valid.", problem_since=clock.now()
            )
        )
    assert "Nothing goes to monday.com or comes from it" in admin.get("/contacts").text
    assert "See why, and put it right" in admin.get("/contacts").text
    told = staff.get("/contacts").text
    assert "monday.com is held back" in told
    assert "The token is not valid." not in told


def test_columns_are_called_by_their_titles(admin: Browser, quote: Quote, session: Session) -> None:
    with transaction():
        board = Board(role=BoardRole.DEALS.value, board_id="55", name="Deals")
        board.columns.append(
            BoardColumn(field="status", column_id="color_mk1", title="Deal status", column_type="status")
        )
        session.add(board)
    row = parked(quote.id, "monday.com does not take a value. (color_mk1: no label Sent)")
    for address in ("/admin/outbox", f"/admin/outbox/{row.id}", "/"):
        text = admin.get(address).text
        assert "“Deal status”: no label Sent" in text
        assert "color_mk1" not in text


def test_the_dashboard_names_what_needs_a_person(admin: Browser, staff: Browser, delivery: Delivery) -> None:
    assert "Values on the deal: Lasers for Basel" in admin.get("/").text
    assert "Only a person can help" not in staff.get("/").text


def test_the_days_calls_are_shown_against_the_limit(admin: Browser, session: Session) -> None:
    with transaction():
        session.add(MondayAccount(id=1, checked_at=clock.now(), daily_limit=10000))
    assert "API calls to monday.com today (UTC): 0 of 10,000" in admin.get("/admin/").text
