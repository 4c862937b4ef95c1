"""What no webhook told us of: found by looking from time to time, at few calls."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import (
    account_health,
    board_readings,
    boards,
    quotes,
    reading_results,
)
from betterform.actions.reading_results import count_of
from betterform.db import transaction
from betterform.jobs import periodic
from betterform.models.board import Board, BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind, ReadingState
from betterform.models.company import Company
from betterform.models.quote import Quote
from betterform.monday import readings
from betterform.monday.deals_in import GONE
from betterform.monday.office import Office
from tests.monday.conftest import Connected
from tests.monday.reading_helpers import (
    contact_item,
    contact_of,
    read,
    shown,
    start,
)


def connected_long_ago(days: int = 3) -> None:
    with transaction() as session:
        for board in boards.every(session):
            board.created_at = clock.now() - timedelta(days=days)


def test_a_deal_whose_webhook_never_came_gets_its_quote_in_one_call(quiet: Connected) -> None:
    world = quiet.world
    linked = contact_item(world)
    deal = world.create_item("DEALS", "Nobody told us", {"Contact": {"item_ids": [linked]}})
    reading = read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    assert reading.state == ReadingState.DONE, reading.reason
    assert len(world.calls) == 1
    quote = quotes.find_by_item(quiet.session, deal.id)
    assert quote is not None
    assert quote.contact is not None
    assert quote.contact.mid == linked
    assert (deal.id, "Nobody told us") in reading_results.names_of(reading, "added")
    again = read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    assert count_of(again, "added") == 0


def test_deals_of_before_we_were_connected_wait_for_the_whole_board_to_be_read(quiet: Connected) -> None:
    world = quiet.world
    world.clock.advance(3 * 86_400)
    with transaction() as session:
        for board in boards.every(session):
            board.created_at = clock.now() + timedelta(days=3)
    new = world.create_item("DEALS", "Newcomer")
    read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    assert [quote.mid for quote in quiet.session.query(Quote)] == [new.id]
    reading = read(BoardRole.DEALS, office=quiet.office)
    assert quiet.session.query(Quote).count() == len(world.items_of(world.board("DEALS").id))
    assert count_of(reading, "untouched") == 1


def test_a_deal_of_before_we_were_connected_gets_no_quote_when_somebody_changes_it(
    quiet: Connected, session: Session
) -> None:
    deal = quiet.world.create_item("DEALS", "Won long ago")
    with transaction() as session:
        for board in boards.every(session):
            board.created_at = clock.now() + timedelta(seconds=30)
    quiet.world.rename(deal.id, "Won long ago, and paid")
    read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    assert quotes.find_by_item(quiet.session, deal.id) is None
    read(BoardRole.DEALS, ReadingKind.PULL, office=quiet.office)
    assert quotes.find_by_item(quiet.session, deal.id) is not None


def test_only_what_changed_since_the_last_time_is_taken(quiet: Connected) -> None:
    world = quiet.world
    read(BoardRole.CONTACTS, office=quiet.office)
    world.clock.advance(3_600)
    with transaction() as session:
        board = boards.of_role(session, BoardRole.CONTACTS)
        assert board is not None
        board.reconciled_at = clock.now() + timedelta(minutes=50)
    mid = contact_item(world)
    world.rename(mid, "Someone Else")
    world.set_values(mid, {"Company": "Another Ltd"})
    reading = read(BoardRole.CONTACTS, ReadingKind.CHANGES, office=quiet.office)
    assert (count_of(reading, "changed"), reading.items_read) == (1, 1)
    assert contact_of(mid).company == "Another Ltd"


def test_a_draft_follows_its_deal_though_nobody_told_us_and_what_was_issued_stays(quiet: Connected) -> None:
    world = quiet.world
    deal = world.create_item("DEALS", "First words")
    read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    world.rename(deal.id, "Better words")
    reading = read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    assert count_of(reading, "changed") == 1
    quote = quotes.find_by_item(quiet.session, deal.id)
    assert quote is not None
    assert quote.subject == "Better words"


def test_a_draft_loses_its_contact_with_the_deal_though_nobody_told_us(quiet: Connected) -> None:
    world = quiet.world
    deal = world.create_item("DEALS", "For Ada", {"Contact": {"item_ids": [int(contact_item(world))]}})
    read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    quote = quotes.find_by_item(quiet.session, deal.id)
    assert quote is not None
    assert quote.contact_id is not None
    world.set_values(deal.id, {"Contact": None})
    reading = read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    assert count_of(reading, "changed") == 1
    quiet.session.refresh(quote)
    assert quote.contact_id is None


def test_a_quote_learns_that_its_deal_is_gone_and_back(quiet: Connected) -> None:
    world = quiet.world
    deal = world.create_item("DEALS", "Comes and goes")
    read(BoardRole.DEALS, ReadingKind.CHANGES, office=quiet.office)
    world.archive_item(deal.id)
    reading = read(BoardRole.DEALS, ReadingKind.LISTING, office=quiet.office)
    assert count_of(reading, "archived") == 1
    quote = quotes.find_by_item(quiet.session, deal.id)
    assert quote is not None
    assert quote.item_problem == GONE
    world.restore_item(deal.id)
    reading = read(BoardRole.DEALS, ReadingKind.LISTING, office=quiet.office)
    assert count_of(reading, "restored") == 1
    quiet.session.rollback()
    assert quote.item_problem == ""


def test_a_contact_whose_item_came_back_comes_back_with_its_new_values(quiet: Connected) -> None:
    world = quiet.world
    read(BoardRole.CONTACTS, office=quiet.office)
    mid = contact_item(world)
    world.archive_item(mid)
    assert count_of(read(BoardRole.CONTACTS, ReadingKind.LISTING, office=quiet.office), "archived") == 1
    world.restore_item(mid)
    world.set_values(mid, {"Company": "Back Again Ltd"})
    assert count_of(read(BoardRole.CONTACTS, ReadingKind.LISTING, office=quiet.office), "restored") == 1
    assert (contact_of(mid).archived_at, contact_of(mid).company) == (None, "Back Again Ltd")


def test_a_listing_takes_in_an_item_that_nobody_told_us_of(quiet: Connected) -> None:
    read(BoardRole.CONTACTS, office=quiet.office)
    new = quiet.world.create_item("CONTACTS", "Nora Newcomer")
    reading = read(BoardRole.CONTACTS, ReadingKind.LISTING, office=quiet.office)
    assert count_of(reading, "added") == 1
    assert contact_of(new.id).last_name == "Newcomer"
    assert [call.name for call in quiet.world.calls][-2:] == ["FirstIds", "Items"]


def work_all(office: Office) -> None:
    while readings.work_next(office):
        pass


def test_an_idle_office_costs_three_calls_an_hour_and_three_a_day(quiet: Connected) -> None:
    for role in board_readings.READ:
        read(role, office=quiet.office)
    quiet.world.calls.clear()
    periodic.look_around()
    work_all(quiet.office)
    assert len(quiet.world.calls) == 0, "nothing is due yet"
    _an_hour_later()
    periodic.look_around()
    work_all(quiet.office)
    assert [call.name for call in quiet.world.calls] == ["FirstDeals", "FirstPage", "FirstPage"]
    periodic.look_around()
    work_all(quiet.office)
    assert len(quiet.world.calls) == 3
    quiet.world.calls.clear()
    _an_hour_later(hours=24)
    periodic.look_around()
    work_all(quiet.office)
    names = sorted(str(call.name) for call in quiet.world.calls)
    assert names == ["FirstDeals", "FirstIds", "FirstIds", "FirstIds", "FirstPage", "FirstPage"]
    kinds = {reading.kind for reading in board_readings.recent(quiet.session, limit=100)}
    assert kinds == {"pull"}, "what found nothing leaves no row"


def _an_hour_later(hours: int = 1) -> None:
    with transaction() as session:
        for row in session.query(BoardReading):
            row.started_at -= timedelta(hours=hours)
        for board in session.query(Board):
            board.created_at -= timedelta(hours=hours)
            for name in ("reconciled_at", "listed_at"):
                if getattr(board, name) is not None:
                    setattr(board, name, getattr(board, name) - timedelta(hours=hours))


def test_our_own_writes_to_deals_cost_no_further_calls(connected: Connected) -> None:
    for number in range(5):
        connected.world.create_item("DEALS", f"Deal {number}")
    connected.work()
    connected.world.calls.clear()
    reading = read(BoardRole.DEALS, ReadingKind.CHANGES, office=connected.office)
    assert reading.items_read >= 5
    assert len(connected.world.calls) == 1


def test_nothing_begins_by_itself_before_anything_is_connected(session: Session, company: Company) -> None:
    periodic.look_around()
    assert session.query(BoardReading).count() == 0


def test_nothing_begins_by_itself_while_an_admin_has_to_act(quiet: Connected) -> None:
    connected_long_ago()
    with transaction() as session:
        account_health.note_problem(session, "The token was revoked.", at=clock.now())
    periodic.look_around()
    assert quiet.session.query(BoardReading).count() == 0


def test_a_failed_one_is_not_begun_again_every_minute(quiet: Connected) -> None:
    connected_long_ago()
    for board in ("DEALS", "CONTACTS", "PRODUCTS"):
        quiet.world.board(board).state = "deleted"
    quiet.world.trouble.order("application_error", times=None, code="UserUnauthorizedException")
    periodic.look_around()
    begun = quiet.session.query(BoardReading).count()
    work_all(quiet.office)
    with transaction() as session:
        account_health.cleared(session, at=clock.now())
    work_all(quiet.office)
    periodic.look_around()
    assert quiet.session.query(BoardReading).count() == begun == 6


def test_another_board_chosen_meanwhile_ends_it_in_words(quiet: Connected) -> None:
    reading_id = start(BoardRole.PRODUCTS)
    with transaction() as session:
        boards.choose(session, BoardRole.PRODUCTS, board_id="4711", name="Other")
    assert not readings.work_next(quiet.office)
    failed = shown(reading_id)
    assert failed.state == ReadingState.FAILED
    assert "Another board was chosen" in failed.reason
