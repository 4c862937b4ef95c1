"""monday.com refuses while somebody sets up: noted once for everybody, said once, with what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, boards
from betterform.db import transaction
from betterform.models.board import BoardRole
from betterform.models.company import Company
from betterform.models.monday_account import MondayAccount
from betterform.monday import check
from betterform.monday.patience import counted_anew
from betterform.monday.sandbox import World
from tests.browser import Browser, Page
from tests.monday.conftest import Connected
from tests.monday.conftest import app as app
from tests.monday.conftest import connected as connected
from tests.monday.conftest import monday as monday
from tests.monday.conftest import office as office
from tests.monday.conftest import world as world

INDEX = "/settings/monday"
ACCOUNT = f"{INDEX}/account"
CHECK = f"{INDEX}/check"
READ_PAGES = {
    "columns": f"{INDEX}/boards/deals",
    "another board": f"{INDEX}/boards/deals/choice",
    "webhooks": f"{INDEX}/webhooks",
    "try": f"{INDEX}/trial",
    "try one": f"{INDEX}/trial/1",
}
BANNER = "Everything waits in its place and nothing is lost."
ADVICE = "Not authenticated. Make or copy a token in monday.com (your picture, Developers, API token)"
RESTART = "restart the web server and the worker"


def problem(session: Session) -> str:
    session.rollback()
    return account_health.problem_of(session)


def links(page: Page) -> dict[str, str]:
    """Where the links lead, by their words."""
    return {" ".join("".join(link.itertext()).split()): str(link.get("href")) for link in page.all("a")}


@pytest.mark.parametrize("address", READ_PAGES.values(), ids=READ_PAGES)
def test_a_page_that_finds_the_token_refused_notes_it_and_says_what_to_do(
    admin: Browser, connected: Connected, world: World, session: Session, address: str
) -> None:
    world.revoke_token()
    page = admin.get(address)
    assert "Not authenticated" in problem(session)
    assert page.text.count(ADVICE) == 1
    assert RESTART in page.text
    assert page.text.count(BANNER) == 1
    overview = admin.get(INDEX)
    assert "Connected" not in overview.text
    assert overview.text.count(ADVICE) == 1


def test_a_check_that_finds_the_token_refused_notes_it(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    world.revoke_token()
    page = admin.send(admin.get(INDEX), CHECK)
    assert "Not authenticated" in problem(session)
    assert page.text.count(ADVICE) == 1
    assert page.text.count(BANNER) == 1
    assert links(page)["Look at the account: Token"] == f"{INDEX}#account"
    world.accept_token_again()
    admin.send(page, CHECK)
    assert problem(session) == ""


def test_asking_in_vain_says_it_once_and_when_it_was(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    world.revoke_token()
    page = admin.send(admin.get(INDEX), ACCOUNT)
    assert page.text.count("Not authenticated") == 1
    assert BANNER not in page.text
    assert BANNER in admin.get("/quotes").text
    session.rollback()
    account = session.get_one(MondayAccount, 1)
    assert account.problem_since is not None
    assert account.checked_at >= account.problem_since


def test_an_unreachable_monday_is_said_although_something_else_is_wrong_already(
    admin: Browser, app: Flask, connected: Connected
) -> None:
    with transaction() as session:
        account_health.note_problem(session, "monday.com does not let us in.", at=clock.now())
    app.config["MONDAY_API_URL"] = "http://127.0.0.1:9/v2"
    assert "cannot be reached" in admin.send(admin.get(INDEX), ACCOUNT).text


def test_a_restricted_address_has_an_advice_of_its_own(
    admin: Browser, connected: Connected, world: World
) -> None:
    world.trouble.order(
        "application_error", code="AccessError", message="Your IP is restricted", status=403, times=None
    )
    page = admin.send(admin.get(INDEX), ACCOUNT)
    assert "Your IP is restricted. In monday.com, an admin of the account has to allow" in page.text
    assert "MONDAY_API_TOKEN" not in page.text


def test_the_check_leads_to_the_place_of_each_repair(
    admin: Browser, connected: Connected, world: World
) -> None:
    board = world.board("DEALS")
    world.delete_column(board.id, board.column_titled("Total").id)
    world.board("PRODUCTS").state = "archived"
    world.delete_webhook(next(one.id for one in world.webhooks.values() if one.board_id == board.id))
    with transaction() as session:
        deals = boards.of_role(session, BoardRole.DEALS)
        assert deals is not None
        boards.unmap(session, deals, "currency")
    found = links(admin.send(admin.get(INDEX), CHECK))
    assert found["Look at the column: Quote total"] == f"{INDEX}/boards/deals#column-total"
    assert found["Look at the column: Currency"] == f"{INDEX}/boards/deals#column-currency"
    assert found["Choose a board: Board"] == f"{INDEX}/boards/products/choice"
    assert found["Look at the webhooks: DEALS"] == f"{INDEX}/webhooks"
    columns = admin.get(f"{INDEX}/boards/deals")
    for name in ("total", "currency"):
        assert columns.all("select", id=f"column-{name}"), "the link leads to its field"


def test_the_check_names_the_fields_as_the_page_of_the_columns_in_its_order(
    admin: Browser, connected: Connected
) -> None:
    with connected.office.client() as client:
        groups = check.everything(client, connected.office)
    for name in ("deals", "contacts", "products"):
        page = admin.get(f"{INDEX}/boards/{name}")
        titles = [str(one.text).strip() for one in page.all("p", class_="mapping-title")]
        (group,) = [one for one in groups if one.title.startswith(name.upper())]
        fields = [one for one in group.findings if one.repair is not None and one.repair.field]
        assert {one.about for one in fields} == set(titles)
        for level in check.LEVELS:  # what is wrong comes first
            abouts = [one.about for one in fields if one.level == level]
            assert abouts == [title for title in titles if title in abouts]


def test_before_boards_are_chosen_the_check_leads_to_choosing_them(admin: Browser, world: World) -> None:
    page = admin.send(admin.get(INDEX), CHECK)
    assert links(page)["Choose a board: Board"].endswith("/choice")
    assert "`" not in page.text


def test_the_end_of_the_days_calls_is_told_in_the_companys_time(
    admin: Browser, connected: Connected, session: Session
) -> None:
    with transaction():
        session.get_one(MondayAccount, 1).daily_limit = 10_000
        company = session.get_one(Company, 1)
        company.time_zone = "Asia/Kolkata"
        until = datetime(2036, 5, 1, 0, 4, tzinfo=UTC)
        account_health.note_used_up(session, until=until, at=clock.now())
    overview = admin.get(INDEX).text
    assert "1 May 2036, 05:34" in overview
    assert "UTC" not in overview
    local = counted_anew(clock.now()).astimezone(ZoneInfo("Asia/Kolkata"))
    assert f"begins anew on {local.day} {local:%b %Y}, 05:30" in overview
    checked = admin.send(admin.get(INDEX), CHECK).text
    assert "left until 05:30 (Asia/Kolkata)" in checked
