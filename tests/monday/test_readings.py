"""A board fetched whole: page by page, through every interruption, never counted twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import (
    account_health,
    board_readings,
    reading_results,
    reading_steps,
)
from betterform.actions.reading_results import count_of
from betterform.db import db, transaction
from betterform.errors import WrongState
from betterform.models.board import BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind, ReadingState
from betterform.models.contact import Contact
from betterform.monday import readings
from tests.databases import everywhere
from tests.monday.conftest import Connected
from tests.monday.reading_helpers import (
    ANNA,
    abandon,
    contact_item,
    contact_of,
    fill,
    hurry,
    known,
    let_lease_end,
    read,
    shown,
    start,
)


def test_a_board_of_1200_items_is_three_calls(quiet: Connected) -> None:
    fill(quiet.world, "CONTACTS", 1200)
    reading = read(BoardRole.CONTACTS, office=quiet.office)
    assert reading.state == ReadingState.DONE, reading.reason
    assert (reading.items_read, reading.items_expected) == (1200, 1200)
    assert count_of(reading, "added") == known(quiet.session) == 1200
    assert len(quiet.world.calls) == 3
    assert len(reading_results.names_of(reading, "added")) == reading_steps.MOST_NAMES
    assert reading.started_by == "Anna"
    assert not reading.present
    again = read(BoardRole.CONTACTS, office=quiet.office)
    assert count_of(again, "untouched") == 1200
    assert not reading_steps.found_anything(again)


def test_a_pull_goes_on_after_its_worker_was_killed_between_any_two_steps(
    quiet: Connected,
) -> None:
    fill(quiet.world, "CONTACTS", 70)
    reading_id = start(BoardRole.CONTACTS, page=20)
    while shown(reading_id).state == ReadingState.RUNNING:
        abandon(quiet.office, reading_id)
        assert readings.work_next(quiet.office)
    assert count_of(shown(reading_id), "added") == known(quiet.session) == 70
    assert shown(reading_id).items_read == 70


class Killed(BaseException):
    """What happens to a worker."""


def test_a_page_that_was_half_written_counts_each_item_once(quiet: Connected) -> None:
    fill(quiet.world, "CONTACTS", 120)
    reading_id = start(BoardRole.CONTACTS)

    def die_in_the_second_transaction_of_the_page(session: Session) -> None:
        written = session.scalar(select(func.count()).select_from(Contact))
        if not session.in_nested_transaction() and written is not None and written > 50:
            raise Killed

    event.listen(db.session, "before_commit", die_in_the_second_transaction_of_the_page)
    try:
        with pytest.raises(Killed):
            readings.work_next(quiet.office)
    finally:
        event.remove(db.session, "before_commit", die_in_the_second_transaction_of_the_page)
    assert shown(reading_id).items_read == known(quiet.session) == 50
    assert not readings.work_next(quiet.office), "the lease still holds"
    let_lease_end(reading_id)
    readings.run(quiet.office, reading_id)
    reading = shown(reading_id)
    assert (count_of(reading, "added"), count_of(reading, "untouched")) == (120, 0)


def test_a_cursor_that_expired_begins_again_without_counting_twice(
    quiet: Connected,
) -> None:
    fill(quiet.world, "CONTACTS", 80)
    reading_id = start(BoardRole.CONTACTS, page=30)
    assert readings.work_next(quiet.office)
    assert shown(reading_id).cursor
    quiet.world.clock.advance(3_700)
    readings.run(quiet.office, reading_id)
    reading = shown(reading_id)
    assert reading.state == ReadingState.DONE, reading.reason
    assert count_of(reading, "added") == known(quiet.session) == 80
    assert count_of(reading, "untouched") == 0
    assert any("CursorExpiredError" in str(call.errors) or call.errors for call in quiet.world.calls)


def test_an_old_cursor_is_not_even_tried(quiet: Connected) -> None:
    fill(quiet.world, "CONTACTS", 70)
    reading_id = start(BoardRole.CONTACTS, page=40)
    assert readings.work_next(quiet.office)
    with transaction() as session:
        session.get_one(BoardReading, reading_id).cursor_since = clock.now() - timedelta(minutes=56)
    readings.run(quiet.office, reading_id)
    assert [call.name for call in quiet.world.calls] == ["FirstPage", "FirstPage", "NextPage"]
    assert count_of(shown(reading_id), "added") == 70


def test_too_complex_a_page_is_asked_for_in_smaller_ones(quiet: Connected) -> None:
    fill(quiet.world, "CONTACTS", 300)
    quiet.world.trouble.order("complexity", "boards", times=1)
    reading_id = start(BoardRole.CONTACTS)
    assert readings.work_next(quiet.office)
    assert shown(reading_id).reason
    hurry(reading_id)
    readings.run(quiet.office, reading_id)
    limits = [call.variables["limit"] for call in quiet.world.calls]
    assert limits == [500, 250, 250]
    assert count_of(shown(reading_id), "added") == 300


@pytest.mark.parametrize("kind", ["locked", "rate_limited", "server_error", "internal_error", "cut"])
def test_trouble_on_page_two_is_waited_out(quiet: Connected, kind: str) -> None:
    fill(quiet.world, "CONTACTS", 80)
    quiet.world.trouble.order(kind, "next_items_page", times=1)
    reading_id = start(BoardRole.CONTACTS, page=30)
    assert readings.work_next(quiet.office)
    assert readings.work_next(quiet.office)
    waiting = shown(reading_id)
    assert (waiting.state, waiting.items_read) == (ReadingState.RUNNING, 30)
    assert waiting.reason
    assert waiting.next_step_at > clock.now()
    hurry(reading_id)
    readings.run(quiet.office, reading_id)
    reading = shown(reading_id)
    assert (reading.state, reading.reason) == (ReadingState.DONE, "")
    assert count_of(reading, "added") == 80


def test_the_daily_limit_has_it_wait_for_tomorrow(quiet: Connected) -> None:
    quiet.world.trouble.order("daily_limit", times=1)
    reading_id = start(BoardRole.CONTACTS)
    assert readings.work_next(quiet.office)
    waiting = shown(reading_id)
    assert waiting.state == ReadingState.RUNNING
    assert waiting.next_step_at.date() == clock.now().date() + timedelta(days=1)
    assert "calls to monday.com are used up" in waiting.reason


def test_a_revoked_token_holds_it_in_words_and_it_goes_on_from_where_it_stopped(quiet: Connected) -> None:
    fill(quiet.world, "CONTACTS", 80)
    reading_id = start(BoardRole.CONTACTS, page=30)
    assert readings.work_next(quiet.office)
    quiet.world.revoke_token()
    assert readings.work_next(quiet.office)
    held = shown(reading_id)
    assert (held.state, held.items_read) == (ReadingState.RUNNING, 30)
    assert "does not let us in" in held.reason
    quiet.world.calls.clear()
    readings.run(quiet.office, reading_id)
    assert len(quiet.world.calls) == 0
    assert "does not let us in" in shown(reading_id).reason
    with pytest.raises(WrongState, match="does not let us in"):
        start(BoardRole.PRODUCTS)
    quiet.world.accept_token_again()
    with transaction() as session:
        account_health.cleared(session, at=clock.now())
    readings.run(quiet.office, reading_id)
    reading = shown(reading_id)
    assert reading.state == ReadingState.DONE
    assert count_of(reading, "added") == known(quiet.session) == 80
    with pytest.raises(WrongState, match="done already"), transaction() as session:
        board_readings.resume(session, board_readings.find(session, reading_id), at=clock.now())


def test_an_item_without_a_name_is_refused_with_its_id(quiet: Connected) -> None:
    item = quiet.world.items_of(quiet.world.board("PRODUCTS").id)[0]
    item.name = ""
    reading = read(BoardRole.PRODUCTS, office=quiet.office)
    assert count_of(reading, "refused") == 1
    assert reading.refused[0]["item"] == item.id
    assert "no name" in reading.refused[0]["reason"]


def test_what_left_the_board_is_archived_and_comes_back(quiet: Connected) -> None:
    world = quiet.world
    read(BoardRole.CONTACTS, office=quiet.office)
    gone, put_away = [item.id for item in world.items_of(world.board("CONTACTS").id)[:2]]
    world.delete_item(gone)
    world.archive_item(put_away)
    reading = read(BoardRole.CONTACTS, office=quiet.office)
    assert count_of(reading, "archived") == 2
    assert contact_of(gone).archived_at is not None
    assert {name for _, name in reading_results.names_of(reading, "archived")} >= {
        contact_of(gone).display_name
    }
    world.restore_item(gone)
    assert count_of(read(BoardRole.CONTACTS, office=quiet.office), "restored") == 1
    assert contact_of(gone).archived_at is None
    assert contact_of(put_away).archived_at is not None


def test_a_board_that_shows_nothing_archives_nothing(quiet: Connected) -> None:
    world = quiet.world
    read(BoardRole.CONTACTS, office=quiet.office)
    there = known(quiet.session)
    for item in list(world.items_of(world.board("CONTACTS").id)):
        world.archive_item(item.id)
    reading = read(BoardRole.CONTACTS, ReadingKind.LISTING, office=quiet.office)
    assert reading.state == ReadingState.DONE
    assert "nothing was archived" in reading.reason
    assert known(quiet.session) == there


def test_an_item_that_moved_past_the_cursor_is_not_taken_for_gone(quiet: Connected) -> None:
    read(BoardRole.CONTACTS, office=quiet.office)
    there = known(quiet.session)
    reading_id = start(BoardRole.CONTACTS, ReadingKind.LISTING)
    with transaction() as session:
        row = session.get_one(BoardReading, reading_id)
        # As if the pages had shown one item only.
        reading_steps.note(row, [reading_steps.Noted(contact_item(quiet.world))])
        reading_steps.turn_page(session, row, cursor=None, expected=there, at=clock.now())
    readings.run(quiet.office, reading_id)
    assert shown(reading_id).state == ReadingState.DONE
    assert known(quiet.session) == there


@everywhere
def test_of_many_workers_one_does_a_step_and_together_they_count_once(quiet: Connected) -> None:
    fill(quiet.world, "CONTACTS", 230)
    with transaction() as session:
        reading = board_readings.start(session, BoardRole.CONTACTS, ReadingKind.PULL, by=ANNA, at=clock.now())
        reading.counts = {**reading.counts, board_readings.LARGEST_PAGE: 40}
    reading_id = reading.id
    db.session.rollback()

    def work() -> None:
        with quiet.app.app_context():
            readings.run(quiet.office, reading_id)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    reading = shown(reading_id)
    assert reading.state == ReadingState.DONE, reading.reason
    assert (count_of(reading, "added"), count_of(reading, "untouched")) == (230, 0)
    assert len(quiet.world.calls) == 6


def test_pressing_twice_shows_the_one_that_is_running(quiet: Connected) -> None:
    first = start(BoardRole.CONTACTS)
    assert start(BoardRole.CONTACTS) == first
    assert start(BoardRole.PRODUCTS) != first
