"""The settings for admins: the account, the boards chosen from a list, and what each column holds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, boards
from betterform.db import transaction
from betterform.models.board import Board, BoardColumn, BoardRole
from betterform.monday import mapping
from betterform.monday.sandbox import World
from tests.browser import Browser, Page
from tests.monday.conftest import Connected
from tests.monday.conftest import app as app
from tests.monday.conftest import connected as connected
from tests.monday.conftest import monday as monday
from tests.monday.conftest import office as office
from tests.monday.conftest import world as world

INDEX = "/settings/monday"
ACCOUNT = "/settings/monday/account"
DEALS = "/settings/monday/boards/deals"
PRODUCTS = "/settings/monday/boards/products"
CHOICE = "/settings/monday/boards/deals/choice"


def stored(session: Session, role: BoardRole = BoardRole.DEALS) -> Board:
    """The board as the database has it now."""
    session.rollback()
    board = boards.of_role(session, role)
    assert board is not None
    return board


def column(session: Session, field: str, role: BoardRole = BoardRole.DEALS) -> BoardColumn:
    found = stored(session, role).column(field)
    assert found is not None, field
    return found


def press(browser: Browser, page: Page, action: str, *, status: int = 200, **typed: Any) -> Page:
    """Send a form of which the page has several alike, or a button of its own."""
    token = next(f.get("value", "") for f in page.all("input", name="csrf_token"))
    answer = Page(browser.client.post(action, data={"csrf_token": token, **typed}, follow_redirects=True))
    assert answer.status == status, answer.text[:500]
    return answer


@pytest.mark.parametrize("address", [INDEX, DEALS, CHOICE])
def test_the_pages_are_for_admins(sign_in: Callable[[str], Browser], address: str) -> None:
    sign_in("staff").get(address, status=403)


@pytest.mark.parametrize("address", [ACCOUNT, DEALS, CHOICE])
def test_what_changes_something_is_for_admins(
    sign_in: Callable[[str], Browser], connected: Connected, world: World, address: str
) -> None:
    staff = sign_in("staff")
    token = staff.get("/quotes").all("input", name="csrf_token")[0].get("value", "")
    assert staff.client.post(address, data={"csrf_token": token}).status_code == 403
    assert len(world.calls) == 0


def test_the_account_says_who_we_are_and_how_many_calls_are_used(
    admin: Browser, connected: Connected, session: Session
) -> None:
    with transaction():
        account = boards.account(session)
        assert account is not None
        account.daily_limit = 1000
        boards.count_calls(session, day=clock.now().date(), calls=Decimal(850))
    page = admin.get(INDEX)
    assert "Tinkerlab Connected" in page.text
    assert "Nearly used up" in page.text
    assert connected.office.api_token not in page.html
    with transaction():
        boards.count_calls(session, day=clock.now().date(), calls=Decimal(200))
    assert "Used up" in admin.get(INDEX).text


def test_a_plan_whose_limit_is_not_told_says_so(
    admin: Browser, connected: Connected, session: Session
) -> None:
    with transaction():
        account = boards.account(session)
        assert account is not None
        account.daily_limit = None
    assert "does not tell the plan's limit" in admin.get(INDEX).text


def test_a_version_that_is_no_longer_current_is_warned_of(
    admin: Browser, connected: Connected, session: Session
) -> None:
    with transaction():
        account = boards.account(session)
        assert account is not None
        account.version_kind = "maintenance"
    assert "no longer its current one" in admin.get(INDEX).text


def test_without_a_token_the_page_says_where_it_belongs(admin: Browser, app: Flask) -> None:
    app.config["MONDAY_API_TOKEN"] = ""
    page = admin.get(INDEX)
    assert "There is no token yet" in page.text
    assert page.all("form", action=ACCOUNT) == []


def test_a_refused_token_is_said_and_a_good_one_lets_everything_go_on(
    admin: Browser, app: Flask, connected: Connected, world: World, session: Session
) -> None:
    world.revoke_token()
    page = admin.send(admin.get(INDEX), ACCOUNT)
    assert "Nothing goes to monday.com or comes from it since" in page.text
    assert "MONDAY_API_TOKEN" in page.text
    session.rollback()
    assert account_health.problem_of(session)
    world.accept_token_again()
    page = admin.send(page, ACCOUNT)
    assert "you are betterform in Tinkerlab" in page.text
    session.rollback()
    assert account_health.problem_of(session) == ""


def test_a_lost_network_is_said(admin: Browser, app: Flask, connected: Connected) -> None:
    app.config["MONDAY_API_URL"] = "http://127.0.0.1:9/v2"
    assert "cannot be reached" in admin.send(admin.get(INDEX), ACCOUNT).text
    assert "cannot be reached" in admin.get(DEALS).text
    assert "cannot be reached" in admin.get(CHOICE).text


def test_a_board_is_chosen_from_the_list_and_its_columns_are_guessed(
    admin: Browser, world: World, session: Session, company: object
) -> None:
    assert "Not chosen yet" in admin.get(INDEX).text
    page = admin.get(f"{CHOICE}?q=dea")
    assert "Suggestion" in page.text
    assert "CONTACTS" not in page.text
    page = press(admin, page, CHOICE, board=world.board("DEALS").id)
    assert page.heading == "Columns of DEALS"
    assert column(session, "total").title == "Total"
    assert "For example" in page.text


def test_the_search_asks_monday_once(admin: Browser, connected: Connected, world: World) -> None:
    admin.get(CHOICE)
    world.calls.clear()
    admin.get(f"{CHOICE}?q=pro")
    assert len(world.calls) == 0
    admin.get(f"{CHOICE}?fresh=1")
    assert len(world.calls) == 1


def test_one_board_cannot_play_two_parts(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    before = stored(session).board_id
    page = press(admin, admin.get(CHOICE), CHOICE, board=world.board("CONTACTS").id)
    assert "is your CONTACTS board already" in page.text
    assert stored(session).board_id == before


@pytest.mark.parametrize("board", ["", "999", "x" * 300, "1; drop"])
def test_a_board_that_monday_does_not_show_is_refused(
    admin: Browser, world: World, session: Session, company: object, board: str
) -> None:
    assert "Nothing was changed" in press(admin, admin.get(CHOICE), CHOICE, board=board).text
    assert boards.of_role(session, BoardRole.DEALS) is None


def test_a_board_with_records_is_changed_only_after_a_second_yes(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    connected.work()
    world.create_item("DEALS", "A deal")
    connected.work()
    other = world.create_board("Other deals")
    page = press(admin, admin.get(CHOICE), CHOICE, board=other.id)
    assert page.heading == "Change the DEALS board?"
    assert "1 quote belongs to an item" in page.text
    before = stored(session).board_id
    assert before != other.id
    assert before in {webhook.board_id for webhook in world.webhooks.values()}
    admin.send(page, CHOICE)
    assert stored(session).board_id == other.id
    assert before not in {webhook.board_id for webhook in world.webhooks.values()}, (
        "nothing is asked of it any more"
    )


def test_the_page_offers_fitting_columns_only_and_shows_a_real_value(
    admin: Browser, connected: Connected
) -> None:
    page = admin.get(DEALS)
    offered = [option.text or "" for option in page.one("select", id="column-date").iter() if option.text]
    assert any("Valid until" in words for words in offered)
    assert not any("Total" in words for words in offered)
    assert "“Soil stations, second lot”" in page.text
    assert page.all("select", id="policy-contact") == []
    assert "Read from the board, never written" in page.text


def test_another_column_and_policy_are_saved_together(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    expiry, date = column(session, "expiry").column_id, column(session, "date").column_id
    swap = {"column-date": expiry, "column-expiry": date, "policy-total": "if_empty", "column-currency": ""}
    page = admin.send(admin.get(DEALS), DEALS, **swap)
    assert "The columns are saved" in page.text
    assert (column(session, "date").column_id, column(session, "expiry").column_id) == (expiry, date)
    assert column(session, "total").policy == "if_empty"
    assert stored(session).column("currency") is None


def test_saving_what_is_shown_changes_nothing(admin: Browser, connected: Connected, session: Session) -> None:
    def kept() -> list[tuple[str, str, str, Any]]:
        return [(c.field, c.column_id, c.policy, c.labels) for c in stored(session).columns]

    admin.send(admin.get(DEALS), DEALS)
    before = kept()
    admin.send(admin.get(DEALS), DEALS)
    assert kept() == before


@pytest.mark.parametrize(
    ("typed", "at", "words"),
    [
        ({"column-form_link": ""}, "column-form_link", "needs a column"),
        ({"column-total": "no_such"}, "column-total", "not on the board"),
        ({"policy-total": "sometimes"}, "column-total", "Choose how it is written"),
        ({"column-date": "valid until"}, "column-expiry", "a column holds one field"),
        ({"column-date": "quote status"}, "column-date", "of type status; this needs date"),
    ],
)
def test_what_does_not_fit_is_said_next_to_the_field(
    admin: Browser,
    connected: Connected,
    world: World,
    session: Session,
    typed: dict[str, str],
    at: str,
    words: str,
) -> None:
    ids = {column.title.lower(): column.id for column in world.board("DEALS").columns}
    before = {c.field: c.column_id for c in stored(session).columns}
    chosen = {name: ids.get(value, value) for name, value in typed.items()}
    page = admin.send(admin.get(DEALS), DEALS, status=422, **chosen)
    assert words in page.error_at(at)
    assert {c.field: c.column_id for c in stored(session).columns} == before


def test_a_column_deleted_meanwhile_is_said_and_what_was_chosen_stays(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    page = admin.get(DEALS)
    world.delete_column("DEALS", "Total")
    page = admin.send(page, DEALS, status=422, **{"policy-number": "never"})
    assert "it was deleted" in page.error_at("column-total")
    assert page.form(DEALS)["policy-number"] == "never"


def test_a_stale_page_is_not_applied_silently(admin: Browser, connected: Connected, session: Session) -> None:
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    admin.send(theirs, DEALS, **{"column-currency": ""})
    page = admin.send(mine, DEALS, status=409, **{"policy-total": "never"})
    assert "Somebody changed these columns" in page.text
    assert column(session, "total").policy == "overwrite"
    assert page.form(DEALS)["policy-total"] == "never"
    admin.send(page, DEALS)
    assert column(session, "total").policy == "never"


def test_a_refused_page_stays_stale(admin: Browser, connected: Connected, session: Session) -> None:
    mine, theirs = admin.get(DEALS), admin.get(DEALS)
    wrong = {"policy-total": "sometimes"}
    mine = admin.send(mine, DEALS, status=422, **wrong)
    admin.send(theirs, DEALS, **{"column-currency": ""})
    admin.send(mine, DEALS, status=409, **{"policy-total": "never"})
    assert stored(session).column("currency") is None


def test_a_network_lost_while_saving_keeps_what_was_chosen(
    admin: Browser, app: Flask, connected: Connected, session: Session
) -> None:
    page = admin.get(DEALS)
    app.config["MONDAY_API_URL"] = "http://127.0.0.1:9/v2"
    page = admin.send(page, DEALS, status=503, **{"policy-total": "never"})
    assert "Nothing was saved" in page.text
    assert page.form(DEALS)["policy-total"] == "never"
    assert column(session, "total").policy == "overwrite"


def test_a_missing_column_is_made_and_mapped_at_one_press(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    world.delete_column("DEALS", "Quote status")
    page = admin.send(admin.get(DEALS), DEALS, create="status")
    assert "“Quote status” was made on the board" in page.text
    made = world.board("DEALS").column_titled("Quote status")
    assert column(session, "status").column_id == made.id
    assert "Replaced" in [label["label"] for label in made.settings["labels"]]


def test_a_column_is_made_once_though_the_answer_was_lost(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    world.delete_column("DEALS", "Total")
    world.trouble.order("cut", "create_column", after=True)
    page = admin.send(admin.get(DEALS), DEALS, status=422, create="total")
    assert "was not made" in page.text
    admin.send(page, DEALS)
    titles = [there.title for there in world.board("DEALS").columns]
    assert titles.count("Quote total") == 1
    assert column(session, "total").title == "Quote total"


def test_mondays_refusal_to_make_a_column_is_said(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    world.delete_column("DEALS", "Total")
    world.trouble.order("application_error", "create_column", message="No rights to change the board")
    page = admin.send(admin.get(DEALS), DEALS, status=422, create="total")
    assert "No rights to change the board" in page.text
    assert column(session, "total").title == "Total"


def test_states_are_mapped_to_labels_old_and_new(
    admin: Browser, connected: Connected, session: Session
) -> None:
    place = f"status-{column(session, 'status').column_id}"
    chosen = {
        f"label-{place}-invoiced": "Paid",
        f"label-{place}-expired": "+new",
        f"new-{place}-expired": "Ran out",
    }
    admin.send(admin.get(DEALS), DEALS, **chosen)
    labels = column(session, "status").labels
    known = (labels["invoiced"]["label"], labels["sent"]["label"])
    assert (*known, labels["expired"]) == ("Paid", "Sent", "Ran out")


@pytest.mark.parametrize(
    ("label", "words"),
    [("x" * 31, "at most 30"), ("", "Choose a label"), ("12", "a number for the place")],
)
def test_a_new_label_that_monday_would_refuse_is_said(
    admin: Browser, connected: Connected, session: Session, label: str, words: str
) -> None:
    place = f"status-{column(session, 'status').column_id}-sent"
    page = admin.send(
        admin.get(DEALS), DEALS, status=422, **{f"label-{place}": "+new", f"new-{place}": label}
    )
    assert words in page.error_at(f"label-{place}")
    assert column(session, "status").labels["sent"]["label"] == "Sent"


def test_a_status_column_takes_forty_labels_only(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    there = world.board("DEALS").column_titled("Quote status")
    there.settings["labels"] += [{"id": 100 + n, "label": f"Spare {n}", "index": 20 + n} for n in range(32)]
    page = admin.send(admin.get(DEALS), DEALS, status=422)
    assert "at most 40 labels" in page.error_at("column-status")


def test_a_label_that_looks_like_a_number_is_kept_with_its_index(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    world.change_label("DEALS", "Quote status", "Sent", "2")
    mapped = column(session, "status")
    admin.send(admin.get(DEALS), DEALS, **{f"label-status-{mapped.column_id}-sent": "2"})
    mapped = column(session, "status")
    index = next(
        one["id"] for one in world.column("DEALS", "Quote status").settings["labels"] if one["label"] == "2"
    )
    assert mapped.labels["sent"] == {"index": index, "label": "2"}
    assert mapping.written(stored(session), {"status": "sent"}).values == {mapped.column_id: {"index": index}}


def test_a_price_in_another_currency_is_added(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    made = world.create_column("PRODUCTS", "Yen", "numbers")
    page = admin.send(admin.get(PRODUCTS), PRODUCTS, add_price="yes", new_price="jpy")
    page = admin.send(page, PRODUCTS, **{"column-price_JPY": made.id})
    assert column(session, "price_JPY", BoardRole.PRODUCTS).column_id == made.id
    wrong = admin.send(page, PRODUCTS, status=422, add_price="yes", new_price="ZZZ")
    assert "three letters" in wrong.error_at("new_price")


def test_a_board_of_no_such_part_is_not_found(admin: Browser, connected: Connected) -> None:
    admin.get("/settings/monday/boards/invoices", status=404)
    admin.get("/settings/monday/boards/nothing/choice", status=404)
