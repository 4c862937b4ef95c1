"""The boards on the overview and when they are exchanged: what is said is true of the board chosen now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import board_readings, reading_steps
from betterform.actions.reading_steps import Noted
from betterform.db import transaction
from betterform.models.board import BoardRole
from betterform.models.board_reading import ReadingKind, ReadingState
from betterform.models.history import SYSTEM
from betterform.monday.sandbox import World
from tests.browser import Browser
from tests.monday.conftest import Connected
from tests.monday.conftest import app as app
from tests.monday.conftest import connected as connected
from tests.monday.conftest import monday as monday
from tests.monday.conftest import office as office
from tests.monday.conftest import world as world
from tests.views.test_monday_setup_mapping import CHOICE, DEALS, INDEX, press, stored

CONTACTS_CHOICE = "/settings/monday/boards/contacts/choice"


def test_a_saved_column_is_not_called_a_suggestion(
    admin: Browser, connected: Connected, session: Session
) -> None:
    assert "suggested" not in admin.get(DEALS).html
    admin.send(admin.get(DEALS), DEALS, **{"column-currency": ""})
    page = admin.get(DEALS)
    assert page.html.count("suggested") == 1


def test_a_board_without_any_column_is_no_harmless_sight(
    admin: Browser, connected: Connected, session: Session
) -> None:
    with transaction():
        stored_board = stored(session, BoardRole.CONTACTS)
        stored_board.columns.clear()
    page = admin.get("/settings/monday")
    assert "No columns chosen" in page.text
    assert "Of contacts only their items' names are read and written." in page.text
    assert "0 of 12" not in page.text
    assert "No column is chosen yet" in admin.get("/settings/monday/boards/contacts").text


def test_a_board_change_counts_what_really_has_an_item_there(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    for name in ("One", "Two"):
        world.create_item("DEALS", name)
    connected.work()
    other, third = world.create_board("Other deals"), world.create_board("Third deals")
    page = press(admin, admin.get(CHOICE), CHOICE, board=other.id)
    assert "2 quotes belong to items" in page.text
    admin.send(page, CHOICE)
    page = press(admin, admin.get(CHOICE), CHOICE, board=third.id)
    assert page.heading == "Columns of DEALS", "no quote has an item on the second board"


def test_what_came_of_reading_a_former_board_is_not_said_of_the_present_one(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    with transaction():
        reading = board_readings.start(
            session, BoardRole.CONTACTS, ReadingKind.PULL, by=SYSTEM, at=clock.now()
        )
        reading_steps.note(reading, [Noted("11", "Ada of the former board", "added")])
        reading.state, reading.open_key = ReadingState.DONE.value, None
    assert "Ada of the former board" in admin.get(INDEX).text
    other = world.create_board("Other contacts")
    press(admin, admin.get(CONTACTS_CHOICE), CONTACTS_CHOICE, board=other.id)
    assert "Ada of the former board" not in admin.get(INDEX).text
