"""Webhooks: registered once whatever happens, repaired, removed; only what is ours is touched."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform.actions import board_webhooks, boards
from betterform.db import db, transaction
from betterform.models.board import BoardRole, BoardWebhook
from betterform.models.company import Company
from betterform.monday import connect, webhook_standings, webhooks
from betterform.monday.errors import FixSettings
from betterform.monday.office import Office
from betterform.monday.sandbox import World
from betterform.monday.webhook_standings import State
from betterform.monday.webhooks import Registered
from tests.monday.conftest import Connected, never_printed


@pytest.fixture
def chosen(office: Office, session: Session, company: Company, world: World) -> Office:
    """Boards chosen and mapped, no webhook registered yet."""
    with office.client() as client:
        connect.store(connect.who_am_i(client), connect.plan(client, {}))
    world.calls.clear()
    return office


def register(office: Office) -> list[Registered]:
    """Without waiting between the attempts."""
    with office.client() as client:
        return webhooks.register(client, office, wait=lambda _seconds: None)


def outcomes(results: list[Registered]) -> Counter[str]:
    return Counter(result.outcome for result in results)


def on_monday(world: World) -> Counter[tuple[str, str, str]]:
    """What monday has, as often as it has it: board, event, column."""
    return Counter(
        (hook.board_id, hook.event, (hook.config or {}).get("columnId", ""))
        for hook in world.webhooks.values()
    )


def noted() -> set[str]:
    db.session.rollback()
    return {row.webhook_id for row in db.session.query(BoardWebhook)}


def column_of(field: str, role: BoardRole = BoardRole.DEALS) -> str:
    board = boards.of_role(db.session(), role)
    assert board is not None
    column = board.column(field)
    assert column is not None, field
    return column.column_id


def unmap(field: str) -> None:
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        boards.unmap(session, board, field)


def all_once(world: World) -> bool:
    """Each webhook is there once, and all of them are noted."""
    there = on_monday(world)
    return set(there.values()) == {1} and noted() == set(world.webhooks)


def test_registering_twice_leaves_one_of_each(chosen: Office, world: World) -> None:
    first = register(chosen)
    assert set(outcomes(first)) == {"made"}
    there = set(world.webhooks)
    second = register(chosen)
    assert outcomes(second) == {"kept": len(first)}
    assert set(world.webhooks) == there
    assert all_once(world)


def test_each_column_that_a_draft_follows_has_a_webhook_of_its_own(chosen: Office, world: World) -> None:
    register(chosen)
    deals = world.board("DEALS").id
    about_columns = {column for board, event, column in on_monday(world) if board == deals and column}
    assert {column_of("contact"), column_of("owner")} <= about_columns
    assert (deals, "change_column_value", "") not in on_monday(world)
    board = boards.of_role(db.session(), BoardRole.DEALS)
    assert board is not None
    assert about_columns == {wanted.column_id for wanted in webhook_standings.wanted_on(board)} - {""}


def test_a_change_of_a_followed_column_is_told_once(connected: Connected, world: World) -> None:
    deal = next(iter(world.items_of(world.board("DEALS").id)))
    world.set_values(deal.id, {column_of("owner"): None})
    connected.receive_webhooks()
    db.session.rollback()
    before = len(connected.events())
    owner = {"personsAndTeams": [{"id": int(next(iter(world.users))), "kind": "person"}]}
    world.set_values(deal.id, {column_of("owner"): owner})
    connected.receive_webhooks()
    db.session.rollback()
    assert [event.event_type for event in connected.events()[before:]] == ["update_column_value"]


def test_a_webhook_that_somebody_removed_is_made_anew(chosen: Office, world: World) -> None:
    register(chosen)
    gone = next(iter(world.webhooks))
    world.delete_webhook(gone)
    results = register(chosen)
    assert outcomes(results)["repaired"] == 1
    assert gone not in world.webhooks
    assert all_once(world)


def test_after_a_change_of_the_address_the_old_ones_are_replaced(
    app: Flask, chosen: Office, world: World
) -> None:
    first = register(chosen)
    old = set(world.webhooks)
    app.config["MONDAY_WEBHOOK_SECRET"] = "another-secret-since-today"
    moved = Office.from_config(app.config, printed=never_printed)
    shown = webhook_standings.of_boards(db.session(), moved)
    assert {row.state for board in shown for row in board.webhooks} == {State.ELSEWHERE}
    assert outcomes(register(moved)) == {"repaired": len(first)}
    assert not old & set(world.webhooks)
    assert {hook.url for hook in world.webhooks.values()} == {moved.webhook_url}
    assert all_once(world)


def test_a_webhook_of_a_column_that_is_no_longer_mapped_goes(chosen: Office, world: World) -> None:
    register(chosen)
    column = column_of("owner")
    unmap("owner")
    shown = webhook_standings.of_boards(db.session(), chosen)
    assert [row.state for board in shown for row in board.webhooks if row.wanted.column_id == column] == [
        State.UNNEEDED
    ]
    assert outcomes(register(chosen))["removed"] == 1
    assert column not in {key[2] for key in on_monday(world)}
    assert all_once(world)


def test_two_fields_in_one_column_share_a_webhook(chosen: Office, world: World) -> None:
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        contact, owner = board.column("contact"), board.column("owner")
        assert contact is not None
        assert owner is not None
        owner.column_id = contact.column_id
    assert "not possible" not in outcomes(register(chosen))
    assert all_once(world)


LOST_ANSWERS = ("server_error", "internal_error", "timeout", "cut")


@pytest.mark.parametrize("kind", LOST_ANSWERS)
def test_a_lost_answer_leaves_one_webhook(chosen: Office, world: World, kind: str) -> None:
    world.trouble.order(kind, "create_webhook", after=True, seconds=3, times=1)
    results = register(chosen)
    assert set(outcomes(results)) == {"made"}, results
    assert all_once(world)


@pytest.mark.parametrize("kind", LOST_ANSWERS)
def test_a_call_that_never_arrived_is_made_again(chosen: Office, world: World, kind: str) -> None:
    world.trouble.order(kind, "create_webhook", seconds=3, times=1)
    assert set(outcomes(register(chosen))) == {"made"}
    assert all_once(world)


def test_answers_that_stay_lost_leave_one_of_each(chosen: Office, world: World) -> None:
    # The write happens every time and no answer ever names the webhook: only the list does.
    world.trouble.order("internal_error", "create_webhook", after=True, times=None)
    results = register(chosen)
    assert set(outcomes(results)) == {"made"}, results
    assert all_once(world)


def test_a_webhook_of_somebody_else_is_not_taken_for_ours(chosen: Office, world: World) -> None:
    deals = world.board("DEALS").id
    foreign = world.create_webhook(deals, chosen.webhook_url, "create_item")
    world.trouble.order("cut", "create_webhook", after=True, times=1)
    register(chosen)
    assert foreign.id not in noted()
    assert noted() | {foreign.id} == set(world.webhooks)


def test_who_stopped_between_making_and_noting_gets_the_same_one(chosen: Office, world: World) -> None:
    register(chosen)
    with transaction() as session:  # as after a SIGKILL before the note was written
        board = boards.of_role(session, BoardRole.PRODUCTS)
        assert board is not None
        board.webhooks.clear()
    there = set(world.webhooks)
    register(chosen)
    assert set(world.webhooks) == there
    assert all_once(world)


def test_registered_again_right_after_a_removal(chosen: Office, world: World) -> None:
    # Within half an hour monday answers the same key with the webhook that is gone.
    first = register(chosen)
    with chosen.client() as client:
        assert webhooks.remove(client) == len(first)
    assert world.webhooks == {}
    assert noted() == set()
    assert set(outcomes(register(chosen))) == {"made"}
    assert all_once(world)


def test_two_who_register_at_once_leave_one_of_each(app: Flask, chosen: Office, world: World) -> None:
    begin = threading.Barrier(2)
    found: list[list[Registered]] = []

    def press() -> None:
        with app.app_context():
            begin.wait(10)
            found.append(register(chosen))

    people = [threading.Thread(target=press) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert len(found) == 2
    assert all_once(world)


def test_of_two_different_webhooks_for_the_same_the_second_is_a_double(
    chosen: Office, session: Session
) -> None:
    board_id = boards.every(session)[0].board_id

    def note(webhook_id: str, instead_of: str) -> str | None:
        with transaction() as writing:
            return board_webhooks.remember(
                writing,
                board_id,
                event="create_item",
                column_id="",
                webhook_id=webhook_id,
                address_digest="a" * 64,
                instead_of=instead_of,
            )

    assert note("1", "") == "1"
    assert note("2", "") == "1"  # somebody else was first
    assert note("3", "1") == "3"  # this one knows of the first and replaces it
    with transaction() as writing:
        board_webhooks.forget(writing, board_id, event="create_item", column_id="", webhook_id="1")
    assert noted() == {"3"}


def test_others_on_the_board_are_counted_and_left_alone(chosen: Office, world: World) -> None:
    register(chosen)
    deals = world.board("DEALS").id
    foreign = world.create_webhook(deals, chosen.webhook_url, "create_item")
    with chosen.client() as client:
        live = webhook_standings.look(client, db.session())
        standing = webhook_standings.of_boards(db.session(), chosen, live)[0]
        assert (standing.board_id, standing.others, standing.doubles) == (deals, 1, ())
        register(chosen)
        assert foreign.id in world.webhooks
        webhooks.remove(client)
    assert set(world.webhooks) == {foreign.id}


def test_an_unknown_webhook_that_told_us_something_is_ours_and_a_double(
    connected: Connected, world: World
) -> None:
    deals = world.board("DEALS").id
    double = world.create_webhook(deals, connected.office.webhook_url, "create_item")
    world.create_item(deals, "A new deal")
    connected.receive_webhooks()
    results = register(connected.office)
    assert outcomes(results)["removed"] == 1
    assert double.id not in world.webhooks
    assert all_once(world)


def test_a_refusal_of_one_board_leaves_the_others_registered(chosen: Office, world: World) -> None:
    world.trouble.order("application_error", "webhooks", times=1, message="You may not see these webhooks")
    results = register(chosen)
    refused = [result for result in results if result.outcome == "not possible"]
    assert {result.role for result in refused} == {"deals"}
    assert all("may not" in result.reason or result.reason for result in refused)
    assert outcomes(results)["made"] == len(results) - len(refused) > 0
    assert set(outcomes(register(chosen))) == {"made", "kept"}
    assert all_once(world)


def test_when_it_last_told_us_something_is_known_by_webhook(connected: Connected, world: World) -> None:
    deals = world.board("DEALS")
    world.create_item(deals.id, "A new deal")
    connected.receive_webhooks()
    db.session.rollback()
    (board,) = (
        board
        for board in webhook_standings.of_boards(db.session(), connected.office)
        if board.board_id == deals.id
    )
    heard = {row.wanted.event for row in board.webhooks if row.last_event_at is not None}
    assert heard == {"create_item"}
    assert {row.wanted.words for row in board.webhooks} >= {"an item is made", "“Contact” changes"}


def test_nothing_is_asked_of_monday_while_our_address_does_not_answer(
    app: Flask, chosen: Office, world: World
) -> None:
    app.config["PUBLIC_URL"] = "http://127.0.0.1:9"
    with pytest.raises(FixSettings, match="does not answer"):
        register(Office.from_config(app.config, printed=never_printed))
    assert world.webhooks == {}
    assert list(world.calls) == []


def test_the_note_holds_no_secret(chosen: Office, session: Session) -> None:
    register(chosen)
    rows = session.query(BoardWebhook).all()
    assert {len(row.address_digest) for row in rows} == {64}
    assert all(chosen.webhook_secret not in row.address_digest for row in rows)
