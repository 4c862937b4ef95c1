"""Two admins at the same mapping: nobody's choice is lost, and nobody's is overwritten unseen."""

from __future__ import annotations

from sqlalchemy.orm import Session

from betterform.models.board import BoardRole
from betterform.monday.sandbox import World
from tests.browser import Browser, Page, words_of
from tests.monday.conftest import Connected
from tests.monday.conftest import app as app
from tests.monday.conftest import connected as connected
from tests.monday.conftest import monday as monday
from tests.monday.conftest import office as office
from tests.monday.conftest import world as world
from tests.views.test_monday_setup_mapping import DEALS, PRODUCTS, column, stored


def said_beside(page: Page, title: str) -> str:
    """What the page says of somebody else's change in the row of that field."""
    row = next(
        element
        for element in page.all("div", role="group")
        if words_of(element).startswith(title) and "mapping-row" in element.get("class", "")
    )
    beside = [part for part in row.iter() if part.get("class") == "mapping-meanwhile"]
    return words_of(beside[0]) if beside else ""


def test_what_is_saved_now_is_said_beside_each_field_with_who_saved_it(
    admin: Browser, connected: Connected, session: Session
) -> None:
    number = column(session, "number").column_id
    place = f"status-{column(session, 'status').column_id}"
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    admin.send(
        theirs,
        DEALS,
        **{"column-number": "", "policy-total": "if_empty", f"label-{place}-invoiced": "Paid"},
    )
    page = admin.send(
        mine,
        DEALS,
        status=409,
        **{"policy-number": "never", "policy-total": "never", f"label-{place}-invoiced": "Accepted"},
    )
    assert "Written: “Only if it is empty” is saved now." in said_beside(page, "Quote total")
    assert "Invoiced: “Paid” is saved now." in said_beside(page, "Quote status")
    assert "saved this otherwise" in said_beside(page, "Quote total")
    assert page.form(DEALS)["policy-total"] == "never", "what this person chose is kept"
    assert page.form(DEALS)[f"label-{place}-invoiced"] == "Accepted"
    assert said_beside(page, "Quote date") == ""
    assert page.form(DEALS)["column-number"] != number, "untouched here, so it is as the other saved it"


def test_what_this_person_left_alone_becomes_what_the_other_saved(
    admin: Browser, connected: Connected, session: Session
) -> None:
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    admin.send(theirs, DEALS, **{"column-currency": "", "policy-date": "if_empty"})
    page = admin.send(mine, DEALS, status=409, **{"policy-total": "never"})
    assert "You had not touched it" in said_beside(page, "Currency")
    admin.send(page, DEALS)
    assert stored(session).column("currency") is None
    assert column(session, "date").policy == "if_empty"
    assert column(session, "total").policy == "never"


def test_what_only_this_person_changed_is_not_put_down_to_another(
    admin: Browser, connected: Connected, session: Session
) -> None:
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    admin.send(theirs, DEALS, **{"policy-date": "if_empty"})
    page = admin.send(mine, DEALS, status=409, **{"policy-total": "never", "column-currency": ""})
    assert said_beside(page, "Quote total") == ""
    assert said_beside(page, "Currency") == ""
    assert said_beside(page, "Quote date") != ""


def test_saving_is_a_decision_once_it_was_shown(
    admin: Browser, connected: Connected, session: Session
) -> None:
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    admin.send(theirs, DEALS, **{"policy-total": "if_empty"})
    page = admin.send(mine, DEALS, status=409, **{"policy-total": "never"})
    admin.send(page, DEALS)
    assert column(session, "total").policy == "never"


def test_a_change_that_comes_after_the_telling_is_told_as_well(
    admin: Browser, connected: Connected, session: Session
) -> None:
    mine, theirs, third = admin.get(DEALS), admin.get(DEALS), {"policy-date": "if_empty"}
    admin.send(theirs, DEALS, **{"policy-total": "if_empty"})
    page = admin.send(mine, DEALS, status=409, **{"policy-total": "never", "policy-date": "never"})
    admin.send(admin.get(DEALS), DEALS, **third)
    page = admin.send(page, DEALS, status=409)
    assert "Only if it is empty" in said_beside(page, "Quote date")
    assert column(session, "date").policy == "if_empty"


def test_one_field_is_taken_from_the_other_and_the_rest_stays(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    expiry, date = column(session, "expiry").column_id, column(session, "date").column_id
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    admin.send(theirs, DEALS, **{"column-date": "", "column-expiry": date, "policy-total": "if_empty"})
    changed = {"column-date": expiry, "column-expiry": "", "policy-total": "never"}
    page = admin.send(mine, DEALS, status=409, **changed)
    assert "Column: no column is saved now." in said_beside(page, "Quote date")
    world.calls.clear()
    page = admin.send(page, DEALS, take="total")
    assert len(world.calls) == 0, "monday need not be asked for it"
    assert page.form(DEALS)["policy-total"] == "if_empty"
    assert page.form(DEALS)["column-date"] == expiry
    assert said_beside(page, "Quote total") == ""
    assert "no column is saved now" in said_beside(page, "Quote date")
    admin.send(page, DEALS)
    assert column(session, "date").column_id == expiry
    assert column(session, "total").policy == "if_empty"


def test_a_price_that_another_took_away_is_said(
    admin: Browser, connected: Connected, session: Session
) -> None:
    mine, theirs = admin.get(PRODUCTS), admin.get(PRODUCTS)
    admin.send(theirs, PRODUCTS, **{"column-price_CHF": ""})
    page = admin.send(mine, PRODUCTS, status=409, **{"policy-price_CHF": "if_empty"})
    assert "no column" in said_beside(page, "Price CHF")
    admin.send(page, PRODUCTS)
    assert stored(session, BoardRole.PRODUCTS).column("price_CHF") is None


def test_a_page_that_was_fetched_before_the_save_and_changed_nothing_undoes_nothing(
    admin: Browser, connected: Connected, session: Session
) -> None:
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    admin.send(theirs, DEALS, **{"policy-total": "if_empty"})
    page = admin.send(mine, DEALS, status=409)
    admin.send(page, DEALS)
    assert column(session, "total").policy == "if_empty"
