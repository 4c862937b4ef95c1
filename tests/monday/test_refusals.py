"""What happens to a delivery when monday refuses it."""

from __future__ import annotations

from datetime import UTC, timedelta

from sqlalchemy import update

from betterform import clock
from betterform.actions import boards, contacts, delivery_claims
from betterform.actions import deliveries as delivery_actions
from betterform.db import transaction
from betterform.jobs import deliveries, inbox
from betterform.models.board import BoardRole
from betterform.models.delivery import Delivery, DeliveryAttempt, DeliveryState
from betterform.models.history import SYSTEM
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState
from tests.monday.conftest import Connected


def add_contact(**values: str) -> None:
    with transaction() as session:
        wanted = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", **values}
        contacts.add(session, wanted, by=SYSTEM, at=clock.now())


def test_a_busy_monday_is_left_alone_for_as_long_as_it_says(connected: Connected) -> None:
    add_contact()
    connected.world.trouble.order("rate_limited", "create_item", seconds=30)
    deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.WAITING
    assert row.first_sent_at is None  # nothing was done, so nothing has to be looked up
    assert row.next_attempt_at - clock.now() > timedelta(seconds=1)


def test_after_the_days_limit_it_goes_on_after_midnight_utc(connected: Connected) -> None:
    add_contact()
    connected.world.trouble.order("daily_limit", "create_item")
    deliveries.deliver()
    (row,) = connected.deliveries()
    due = row.next_attempt_at.astimezone(UTC)
    assert row.state == DeliveryState.WAITING
    assert (due.date() - clock.now().date()).days == 1
    assert due.hour == 0
    assert "counts them anew" in row.reason


def test_rights_that_are_missing_park_it_until_an_admin_has_looked(connected: Connected) -> None:
    add_contact()
    connected.world.trouble.order("application_error", code="missingRequiredPermissions")
    deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.PARKED
    assert "admin" in row.reason
    with transaction() as session:
        assert delivery_actions.retry_parked(session, at=clock.now()) == 1
    connected.work()
    assert connected.deliveries()[0].state == DeliveryState.DONE


def test_a_value_that_monday_refuses_is_shown_in_its_own_words(connected: Connected) -> None:
    add_contact(email="not an address")
    deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.PARKED
    assert "does not take a value" in row.reason


def test_a_correction_of_the_record_tries_a_parked_one_again(connected: Connected) -> None:
    from betterform.models.contact import Contact

    add_contact(email="not an address")
    deliveries.deliver()
    with transaction() as session:
        contact = session.query(Contact).one()
        contacts.change(session, contact, {"email": "ada@example.org"}, by=SYSTEM, at=clock.now())
    connected.work()
    assert [row.state for row in connected.deliveries()] == [DeliveryState.DONE.value]


def test_a_column_that_was_deleted_parks_it(connected: Connected) -> None:
    world = connected.world
    board = world.board("DEALS")
    world.delete_column(board.id, board.column_titled("Quote form").id)
    world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.PARKED
    assert "column" in row.reason.lower()


def test_no_mapping_parks_it_with_a_plain_reason(connected: Connected) -> None:
    with transaction() as session:
        session.delete(boards.of_role(session, BoardRole.CONTACTS))
    add_contact()
    deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.PARKED
    assert "No CONTACTS board is chosen" in row.reason


def test_an_item_that_is_gone_ends_it_for_good(connected: Connected) -> None:
    world = connected.world
    deal = world.create_item("DEALS", "Ten microscopes", {})
    connected.receive_webhooks()
    inbox.read()
    world.delete_item(deal.id)
    deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.GIVEN_UP
    assert row.open_key is None
    assert "no longer on the board" in connected.session.query(Quote).one().item_problem


def test_an_item_that_is_wanted_again_meanwhile_is_not_noted_as_gone(connected: Connected) -> None:
    add_contact()
    with transaction() as session:
        claim = delivery_claims.claim_due(
            session, BoardRole.CONTACTS, at=clock.now(), lease=connected.office.lease
        )
    assert claim is not None
    with transaction() as session:
        delivery_actions.want(
            session, claim.target, record_type="contact", record_id=claim.record_id, at=clock.now()
        )
    with transaction() as session:
        assert delivery_claims.is_wanted_anew(session, claim)
        delivery_claims.close(session, claim, at=clock.now(), reason="The item is no longer on the board.")
    assert [row.state for row in connected.deliveries()] == [DeliveryState.WAITING]


def test_a_server_that_keeps_failing_is_shown_to_a_person(connected: Connected) -> None:
    add_contact()
    connected.world.trouble.order("internal_error", "create_item", times=None)
    for _ in range(12):
        connected.make_due()
        deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.PARKED
    assert row.attempts == 12


def test_what_was_only_busy_before_does_not_count_against_it(connected: Connected) -> None:
    add_contact()
    with transaction() as session:
        session.execute(update(Delivery).values(attempts=40))
    connected.world.trouble.order("internal_error", "create_item")
    deliveries.deliver()
    assert connected.deliveries()[0].state == DeliveryState.WAITING
    connected.work()
    assert connected.deliveries()[0].state == DeliveryState.DONE


def test_a_server_that_is_out_of_order_for_long_parks_nothing(connected: Connected) -> None:
    add_contact()
    connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.receive_webhooks()
    connected.world.trouble.order("server_error", times=None, status=503)
    for _ in range(20):
        connected.make_due()
        inbox.read()
        deliveries.deliver()
    assert {row.state for row in connected.deliveries()} == {DeliveryState.WAITING}
    assert {event.state for event in connected.events()} == {InboxState.WAITING}
    connected.world.trouble.clear()
    connected.work()
    assert {row.state for row in connected.deliveries()} == {DeliveryState.DONE}
    assert connected.session.query(Quote).count() == 1


def test_a_retry_has_a_whole_new_patience(connected: Connected) -> None:
    add_contact()
    connected.world.trouble.order("internal_error", "create_item", times=12)
    for _ in range(12):
        connected.make_due()
        deliveries.deliver()
    (row,) = connected.deliveries()
    assert row.state == DeliveryState.PARKED
    connected.world.trouble.order("internal_error", "create_item")
    with transaction() as session:
        delivery_actions.retry_now(session, row, at=clock.now())
    deliveries.deliver()
    (row,) = connected.deliveries()
    assert (row.state, row.attempts) == (DeliveryState.WAITING, 1)


def test_a_corrected_record_does_not_get_the_answer_to_the_wrong_one(connected: Connected) -> None:
    add_contact(email="not an address")
    (row,) = connected.deliveries()
    before = row.idempotency_key
    deliveries.deliver()
    connected.session.rollback()
    (row,) = connected.deliveries()
    assert row.first_sent_at is None
    assert row.idempotency_key != before


def test_every_attempt_is_kept(connected: Connected) -> None:
    add_contact()
    connected.world.trouble.order("locked", "create_item")
    connected.work()
    tries = connected.session.query(DeliveryAttempt).order_by(DeliveryAttempt.id).all()
    assert [attempt.outcome for attempt in tries] == ["try again", "delivered"]
    assert tries[0].received["problem"]
    assert tries[1].sent["calls"][-1]["operation"] == "CreateItem"


def test_calls_are_counted_by_the_day(connected: Connected) -> None:
    with transaction() as session:
        before = boards.calls_on(session, clock.now().date())
    add_contact()
    connected.world.trouble.order("rate_limited", "create_item")
    connected.work()
    with transaction() as session:
        counted = boards.calls_on(session, clock.now().date()) - before
    assert str(counted) in ("1.1", "2.1")  # the echo may have cost a call


def test_nothing_to_do_costs_no_call(connected: Connected) -> None:
    from betterform.models.contact import Contact
    from betterform.models.delivery import Target

    add_contact()
    connected.work()
    connected.world.calls.clear()
    with transaction() as session:
        contact = session.query(Contact).one()
        delivery_actions.want(
            session, Target.CONTACT, record_type="contact", record_id=contact.id, at=clock.now()
        )
    connected.work()
    assert len(connected.world.calls) == 0
    assert connected.deliveries()[-1].reason == "The board holds all of it already."


def test_our_own_writes_are_recognised(connected: Connected) -> None:
    add_contact()
    connected.work()
    echoes = [event.reason for event in connected.events()]
    assert echoes
    assert set(echoes) == {"Our own write."}
