"""On a quote: how far the boards are, at a glance, in monday's own words where a value was refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import deliveries
from betterform.db import transaction
from betterform.models.board import Board, BoardColumn, BoardRole
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState, Target
from betterform.models.monday_account import MondayAccount
from betterform.models.quote import Quote
from tests.browser import Browser, words_of
from tests.views.quotes.conftest import HTMX, Parts

FEWEST_SECONDS = 15  # between two questions of an idle page: four a minute


@pytest.fixture
def delivery(session: Session, quote: Quote) -> Delivery:
    with transaction():
        return deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=clock.now())


def refused(session: Session, delivery: Delivery, outcome: str = "fix data") -> None:
    """Parked with what monday said about one column."""
    with transaction():
        board = Board(role=BoardRole.DEALS.value, board_id="55", name="Deals")
        board.columns.append(
            BoardColumn(field="status", column_id="color_mk1", title="Deal status", column_type="status")
        )
        session.add(board)
        delivery.state = DeliveryState.PARKED.value
        delivery.reason = "monday.com does not take a value. (color_mk1: no label Sent)"
        delivery.result = {"problems": {"color_mk1": "no label Sent"}}
        delivery.tries = [DeliveryAttempt(at=clock.now(), outcome=outcome)]


@pytest.mark.parametrize(
    ("state", "minutes", "word"),
    [
        ("waiting", 0, "On its way"),
        ("running", 0, "On its way"),
        ("waiting", 30, "Waiting"),
        ("done", 0, "On the board"),
        ("parked", 0, "Needs a person"),
    ],
)
def test_one_word_says_how_far_the_boards_are(
    viewer: Browser, quote: Quote, delivery: Delivery, session: Session, state: str, minutes: int, word: str
) -> None:
    with transaction():
        delivery.state = state
        delivery.next_attempt_at = clock.now() + timedelta(minutes=minutes)
        if state == "done":
            deliveries.closed(delivery, DeliveryState.DONE, at=clock.now())
    shown = viewer.get(f"/quotes/{quote.id}").one("a", id="sync-badge")
    assert " ".join("".join(shown.itertext()).split()) == word
    assert (word in viewer.get("/quotes").text) == (state != "done")


def test_a_refused_value_is_told_by_the_columns_title_with_a_way_to_mend_it(
    staff: Browser, quote: Quote, delivery: Delivery, session: Session
) -> None:
    refused(session, delivery)
    page = staff.get(f"/quotes/{quote.id}")
    assert [words_of(item) for item in page.all("li")].count("Deal status : no label Sent") == 1
    assert "color_mk1" not in page.text
    assert [link for link in page.all("a") if link.get("href", "").endswith("/boards/55/pulses/4711")]


def test_staff_try_again_once_the_value_is_right(
    staff: Browser, quote: Quote, delivery: Delivery, session: Session
) -> None:
    refused(session, delivery)
    page = staff.get(f"/quotes/{quote.id}")
    retry = f"/quotes/{quote.id}/deliveries/retry"
    assert "tried again in a moment" in staff.send(page, retry).text
    session.rollback()
    assert delivery.state == "waiting"
    assert "Nothing is left to try again" in staff.send(page, retry).text


def test_what_only_an_admin_can_help_is_not_offered_to_staff(
    staff: Browser, viewer: Browser, quote: Quote, delivery: Delivery, session: Session
) -> None:
    refused(session, delivery, "fix settings")
    retry = f"/quotes/{quote.id}/deliveries/retry"
    page = staff.get(f"/quotes/{quote.id}")
    assert page.all("form", action=retry) == []
    token = page.form("/logout")["csrf_token"]
    sent = staff.client.post(retry, data={"csrf_token": token}, follow_redirects=True)
    assert "only an admin can help" in sent.get_data(as_text=True)
    refused_viewer = viewer.client.post(retry, data=viewer.get("/").form("/logout"))
    assert refused_viewer.status_code == 403
    session.rollback()
    assert delivery.state == "parked"


def test_while_monday_is_held_back_staff_read_that_nothing_is_lost(
    staff: Browser, quote: Quote, delivery: Delivery, session: Session
) -> None:
    with transaction():
        session.add(MondayAccount(id=1, checked_at=clock.now(), problem="The token is not valid."))
    page = staff.get(f"/quotes/{quote.id}")
    assert "Waiting" in page.text
    assert "Nothing is lost" in page.text
    assert "The token is not valid." not in page.text


def test_the_page_corrects_itself_and_speaks_only_of_what_changed(
    staff: Browser, quote: Quote, delivery: Delivery, session: Session
) -> None:
    with transaction():
        deliveries.closed(delivery, DeliveryState.DONE, at=clock.now())
    address = f"/quotes/{quote.id}/deliveries"
    poll = staff.get(f"/quotes/{quote.id}").one("div", id="sync-poll")
    seen = HTMX | json.loads(poll.get("hx-headers", ""))
    seconds = int(poll.get("hx-trigger", "").removeprefix("every ").removesuffix("s"))
    assert seconds >= FEWEST_SECONDS
    assert staff.client.get(address, headers=seen).status_code == 204
    with transaction():  # somebody else changes the quote
        deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=clock.now())
    news = Parts(staff.client.get(address, headers=seen))
    assert news.words("sync-badge") == "On its way"
    assert news.words("sync-aloud") == "monday.com: On its way"
    assert "every 2s" in news.html
    with transaction():
        deliveries.want(session, Target.DEAL_PDF, record_type="quote", record_id=quote.id, at=clock.now())
    (again,) = [div for div in news.parts["sync-poll"] if div.get("id") == "sync-poll"]
    more = Parts(staff.client.get(address, headers=HTMX | json.loads(again.get("hx-headers", ""))))
    assert "PDF on the deal" in more.words("deliveries")
    assert "sync-aloud" not in more.parts


def test_a_page_asks_gently_while_no_worker_takes_what_is_due(
    staff: Browser, quote: Quote, delivery: Delivery
) -> None:
    with transaction():
        delivery.next_attempt_at = clock.now() - timedelta(minutes=3)
    page = staff.get(f"/quotes/{quote.id}")
    assert "On its way" in page.text
    assert page.one("div", id="sync-poll").get("hx-trigger") == "every 20s"


def test_a_list_of_quotes_takes_no_more_statements_for_many_on_their_way(
    staff: Browser, quote: Quote, delivery: Delivery, session: Session, queries: list[str]
) -> None:
    queries.clear()
    staff.get("/quotes")
    one = len(queries)
    with transaction():
        more = [Quote(currency="CHF", date=quote.date, subject=f"Deal {n}") for n in range(20)]
        session.add_all(more)
        session.flush()
        for other in more:
            deliveries.want(session, Target.DEAL, record_type="quote", record_id=other.id, at=clock.now())
    queries.clear()
    page = staff.get("/quotes")
    assert page.text.count("On its way") == 21
    assert 0 < len(queries) <= one
