"""monday does not let us in: one call finds out, nothing is lost, and it goes on by itself afterwards."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, delivery_claims
from betterform.actions import inbox as inbox_claims
from betterform.db import transaction
from betterform.jobs import account, deliveries, inbox, periodic
from betterform.jobs.worker import Worker
from betterform.models.board import BoardRole
from betterform.models.contact import Contact
from betterform.models.delivery import DeliveryState, Target
from betterform.models.monday_account import MondayAccount
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState
from betterform.monday.sandbox import World
from tests.databases import everywhere
from tests.monday.conftest import Connected
from tests.monday.holding import add_contacts, problem


@everywhere
def test_a_token_that_is_refused_costs_one_call_and_parks_nothing(connected: Connected, world: World) -> None:
    add_contacts(connected, 4)
    world.revoke_token()
    while deliveries.deliver():
        pass
    assert len(world.calls) == 1
    rows = connected.deliveries()
    assert [row.state for row in rows] == [DeliveryState.WAITING.value] * 4
    assert [row.attempts for row in rows] == [0] * 4
    assert "Not authenticated" in problem(connected.session)
    since = connected.session.get_one(MondayAccount, 1).problem_since
    assert since is not None
    assert since <= clock.now()
    assert "Not authenticated" in rows[0].reason
    assert len(rows[0].tries) == 1  # what was answered is there to be looked at


@everywhere
def test_everything_goes_on_when_monday_lets_us_in_again(connected: Connected, world: World) -> None:
    add_contacts(connected, 3)
    world.revoke_token()
    assert deliveries.deliver()
    world.accept_token_again()
    with transaction() as session:
        assert account_health.cleared(session, at=clock.now()) == 3
    assert problem(connected.session) == ""
    connected.work(hurry=False)
    assert {row.state for row in connected.deliveries()} == {DeliveryState.DONE.value}
    assert len([item for item in world.items_of("CONTACTS") if item.name.startswith("Ada No")]) == 3


@everywhere
def test_a_webhook_waits_too_and_nothing_is_read_meanwhile(connected: Connected, world: World) -> None:
    world.revoke_token()
    world.create_item("DEALS", "Ten microscopes", {})
    world.create_item("DEALS", "Two centrifuges", {})
    connected.receive_webhooks()
    while inbox.read():
        pass
    assert len(world.calls) == 1
    assert {event.state for event in connected.events()} == {InboxState.WAITING.value}
    assert {event.attempts for event in connected.events()} == {0}
    world.accept_token_again()
    with transaction() as session:
        account_health.cleared(session, at=clock.now())
    connected.work(hurry=False)
    assert {event.state for event in connected.events()} <= {InboxState.DONE.value, InboxState.IGNORED.value}
    assert connected.session.query(Quote).count() == 2


def test_the_order_of_what_waits_stays(connected: Connected, world: World) -> None:
    add_contacts(connected, 3)
    before = [(row.id, row.next_attempt_at) for row in connected.deliveries()]
    world.revoke_token()
    assert deliveries.deliver()
    assert [(row.id, row.next_attempt_at) for row in connected.deliveries()] == before


@pytest.mark.parametrize(
    ("code", "status"),
    [("UserUnauthorizedException", 403), ("missingRequiredPermissions", 200), ("USER_ACCESS_DENIED", 403)],
)
def test_rights_that_are_missing_on_one_board_stop_one_delivery_only(
    connected: Connected, world: World, code: str, status: int
) -> None:
    add_contacts(connected, 2)
    world.trouble.order("application_error", "create_item", code=code, status=status)
    while deliveries.deliver():
        pass
    assert [row.state for row in connected.deliveries()] == [
        DeliveryState.PARKED.value,
        DeliveryState.DONE.value,
    ]
    assert problem(connected.session) == ""


def test_a_restricted_network_address_stops_everything(connected: Connected, world: World) -> None:
    add_contacts(connected, 2)
    world.trouble.order(
        "application_error", code="AccessError", message="Your IP is restricted", status=403, times=None
    )
    while deliveries.deliver():
        pass
    assert len(world.calls) == 1
    assert "IP is restricted" in problem(connected.session)


@everywhere
def test_what_was_parked_because_of_settings_is_tried_again_and_other_parked_ones_are_not(
    connected: Connected, world: World
) -> None:
    add_contacts(connected, 2)
    world.trouble.order("application_error", "create_item", code="missingRequiredPermissions")
    world.trouble.order("application_error", "create_item", code="ColumnValueException")
    while deliveries.deliver():
        pass
    assert {row.state for row in connected.deliveries()} == {DeliveryState.PARKED.value}
    with transaction() as session:
        assert account_health.cleared(session, at=clock.now()) == 1
    assert [row.state for row in connected.deliveries()] == [
        DeliveryState.WAITING.value,
        DeliveryState.PARKED.value,
    ]


def test_parked_webhooks_are_read_again(connected: Connected, world: World) -> None:
    world.trouble.order("application_error", "items", code="missingRequiredPermissions")
    world.create_item("DEALS", "Ten microscopes", {})
    connected.receive_webhooks()
    while inbox.read():
        pass
    assert connected.events()[0].state == InboxState.PARKED
    with transaction() as session:
        assert account_health.cleared(session, at=clock.now()) == 1
    connected.work(hurry=False)
    assert connected.session.query(Quote).count() == 1


def test_before_the_boards_were_connected_a_refused_delivery_is_parked(session: Session) -> None:
    with transaction():
        assert not account_health.note_problem(session, "Not let in.", at=clock.now())
        assert account_health.cleared(session, at=clock.now()) == 0
    assert account_health.problem_of(session) == ""


def test_a_second_refusal_does_not_change_since_when_it_is_so(connected: Connected) -> None:
    with transaction() as session:
        first = clock.now()
        assert account_health.note_problem(session, "Not let in.", at=first)
        assert account_health.note_problem(session, "Not let in at all.", at=clock.now())
    row = connected.session.get_one(MondayAccount, 1)
    assert (row.problem, row.problem_since) == ("Not let in at all.", first)


def test_monday_is_asked_again_after_a_minute_and_then_less_and_less_often(connected: Connected) -> None:
    with transaction() as session:
        since = clock.now()
        account_health.note_problem(session, "Not let in.", at=since)
        account_health.note_problem(session, "Not let in, still.", at=since)
    asked = []
    for minute in range(1, 60 * 5):
        with transaction() as session:
            if account_health.may_ask(session, at=since + timedelta(minutes=minute)):
                asked.append(minute)
    assert asked == [1, 2, 4, 8, 16, 32, 64, 124, 184, 244]


def test_without_a_problem_nobody_asks_by_himself(connected: Connected, world: World) -> None:
    periodic.look_around()
    assert world.calls.of("WhoAmI") == []


def test_what_is_held_goes_on_by_itself_though_the_first_question_was_refused(
    connected: Connected, world: World
) -> None:
    add_contacts(connected, 1)
    world.revoke_token()
    assert deliveries.deliver()
    world.accept_token_again()
    world.trouble.order("rate_limited", seconds=1)
    account.ask_again()
    assert problem(connected.session)
    periodic.look_around()
    assert problem(connected.session)  # no minute has passed
    with transaction() as session:
        row = session.get_one(MondayAccount, 1)
        row.problem_since = row.checked_at = clock.now() - timedelta(minutes=1)
    periodic.look_around()
    assert not problem(connected.session)
    connected.work()
    assert connected.deliveries()[0].state == DeliveryState.DONE


def test_a_token_of_another_account_holds_everything_until_it_is_replaced(
    connected: Connected, world: World
) -> None:
    add_contacts(connected, 1)
    with transaction() as session:
        row = session.get_one(MondayAccount, 1)
        ours, row.account_id, row.account_name = row.account_id, "4711", "Elsewhere"
    account.ask_again()
    assert "connected in the account Elsewhere" in problem(connected.session)
    world.calls.clear()
    assert not deliveries.deliver()
    assert not inbox.read()
    assert len(world.calls) == 0
    account.ask_again()
    assert problem(connected.session), "an answer alone is not enough"
    with transaction() as session:
        session.get_one(MondayAccount, 1).account_id = ours
    account.ask_again()
    assert problem(connected.session) == ""
    connected.work()
    assert connected.deliveries()[0].state == DeliveryState.DONE


def test_a_webhook_that_is_being_read_or_parked_for_another_reason_does_not_keep_the_problem(
    connected: Connected, world: World
) -> None:
    world.create_item("DEALS", "Ten microscopes", {})
    world.create_item("DEALS", "Two centrifuges", {})
    connected.receive_webhooks()
    with transaction() as session:
        account_health.note_problem(session, "Not let in.", at=clock.now())
        claimed = inbox_claims.claim_due(session, at=clock.now(), lease=timedelta(minutes=1))
    with transaction() as session:
        parked = inbox_claims.claim_due(session, at=clock.now(), lease=timedelta(minutes=1))
        assert claimed is not None
        assert parked is not None
        inbox_claims.park(session, parked, reason="A value is wrong.")
    with transaction() as session:
        account_health.cleared(session, at=clock.now())
    assert problem(connected.session) == ""
    by_id = {event.id: event for event in connected.events()}
    assert by_id[claimed.event_id].claimed_until == claimed.until
    assert by_id[parked.event_id].state == InboxState.PARKED


def test_a_worker_that_is_started_with_a_good_token_again_goes_on(connected: Connected, world: World) -> None:
    add_contacts(connected, 3)
    world.revoke_token()
    assert deliveries.deliver()
    world.accept_token_again()
    worker = Worker(connected.app, threads=2)
    worker.start()
    try:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if {row.state for row in connected.deliveries()} == {DeliveryState.DONE.value}:
                break
            connected.session.rollback()
            time.sleep(0.05)
    finally:
        worker.stop()
    connected.session.rollback()
    assert connected.session.query(Contact).filter(Contact.mid.is_not(None)).count() == 3


def test_a_held_delivery_that_may_have_happened_before_is_still_looked_up_first(
    connected: Connected, world: World
) -> None:
    add_contacts(connected, 1)
    world.trouble.order("cut", "create_item", after=True)
    assert deliveries.deliver()
    world.revoke_token()
    connected.make_due()
    assert deliveries.deliver()
    with transaction() as session:
        claim = delivery_claims.claim_due(
            session, BoardRole.CONTACTS, at=clock.now(), lease=connected.office.lease
        )
    assert claim is not None
    assert claim.may_have_happened
    assert Target(connected.deliveries()[0].target) is Target.CONTACT
