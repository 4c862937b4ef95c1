"""The pages on which whole boards are read, watched and gone on with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, board_readings, boards, reading_steps
from betterform.actions.reading_steps import Noted
from betterform.db import db, transaction
from betterform.models.board import BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind, ReadingState
from betterform.models.company import Company
from betterform.models.history import SYSTEM
from tests.browser import Browser

PAGE = "/settings/monday/readings"


@pytest.fixture
def chosen(session: Session, company: Company) -> None:
    """Three boards, and an account."""
    with transaction():
        for number, role in enumerate(board_readings.READ):
            boards.choose(session, role, board_id=str(number + 1), name=role.value)
        boards.remember_account(
            session,
            account_id="1",
            account_name="Office",
            user_id="2",
            user_name="betterform",
            daily_limit=1000,
            at=clock.now(),
        )


@pytest.fixture
def reading(session: Session, chosen: None) -> BoardReading:
    """Contacts being fetched: 2 of 4 are there, one of them refused."""
    with transaction():
        row = board_readings.start(session, BoardRole.CONTACTS, ReadingKind.PULL, by=SYSTEM, at=clock.now())
        reading_steps.note(row, [Noted("11", "Ada", "added"), Noted("12", "", "refused", "It has no name.")])
        row.items_expected = 4
    return row


def all_readings() -> list[BoardReading]:
    db.session.rollback()
    return db.session.query(BoardReading).all()


def test_the_button_has_both_catalogues_fetched_and_twice_is_once(staff: Browser, chosen: None) -> None:
    for _ in range(2):
        page = staff.get(PAGE)
        page = staff.send(page, f"{PAGE}/pull")
        assert page.address == PAGE
    assert sorted((row.role, row.kind) for row in all_readings()) == [
        ("contacts", "pull"),
        ("products", "pull"),
    ]


def test_while_it_runs_the_page_shows_how_far_it_is_and_asks_again(
    staff: Browser, reading: BoardReading
) -> None:
    page = staff.get(PAGE)
    assert "2 of 4 items read" in page.text
    assert page.one("progress").attrib["value"] == "50"
    assert page.one("div", id="readings").attrib["hx-trigger"] == "every 1s"


def test_when_it_is_done_the_summary_stands_there_and_nothing_asks_again(
    staff: Browser, reading: BoardReading
) -> None:
    with transaction() as session:
        row = session.get_one(BoardReading, reading.id)
        reading_steps.turn_page(session, row, cursor=None, expected=None, at=clock.now())
    page = staff.get(PAGE)
    assert "1 added, 0 changed, 0 archived, 0 restored, 0 untouched, 1 refused" in page.text
    assert "Item without a name" in page.text
    assert "It has no name." in page.text
    assert "hx-trigger" not in page.one("div", id="readings").attrib


def test_what_failed_says_why_and_goes_on_from_there(staff: Browser, reading: BoardReading) -> None:
    with transaction() as session:
        step = reading_steps.claim_step(session, at=clock.now(), lease=timedelta(seconds=60))
        assert step is not None
        reading_steps.fail(session, step, reason="The token was revoked.", at=clock.now())
    page = staff.get(PAGE)
    assert "It stopped after 2 items. The token was revoked." in page.text
    staff.send(page, f"{PAGE}/{reading.id}/go-on")
    (row,) = all_readings()
    assert (row.state, row.items_read) == (ReadingState.RUNNING, 2)


def test_what_waits_says_for_what_and_can_be_tried_now(staff: Browser, reading: BoardReading) -> None:
    with transaction() as session:
        row = session.get_one(BoardReading, reading.id)
        row.next_step_at, row.reason = clock.now() + timedelta(hours=3), "monday.com is busy."
    page = staff.get(PAGE)
    assert "monday.com is busy. Next attempt in 3 hours." in page.text
    staff.send(page, f"{PAGE}/{reading.id}/go-on")
    assert all_readings()[0].next_step_at <= clock.now()


def test_without_boards_or_without_entry_it_says_so(staff: Browser, company: Company) -> None:
    page = staff.send(staff.get(PAGE), f"{PAGE}/pull")
    assert "connect the boards first" in page.text
    assert all_readings() == []


def test_a_problem_of_the_account_is_told_instead_of_starting(staff: Browser, chosen: None) -> None:
    with transaction() as session:
        account_health.note_problem(session, "The token was revoked.", at=clock.now())
    page = staff.send(staff.get(PAGE), f"{PAGE}/changes")
    assert "The token was revoked." in page.text
    assert all_readings() == []


def test_the_products_page_offers_it_to_staff_and_not_to_viewers(
    staff: Browser, viewer: Browser, chosen: None
) -> None:
    assert staff.get("/products").all("form", action=f"{PAGE}/pull")
    assert not viewer.get("/products").all("form", action=f"{PAGE}/pull")


def test_the_settings_show_the_card(admin: Browser, reading: BoardReading) -> None:
    assert "2 of 4 items read" in admin.get("/settings/monday").text
