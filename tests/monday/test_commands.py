"""flask monday connect, check, pull, reconcile: what a person sees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

from betterform.actions import account_health, boards
from betterform.db import db, transaction
from betterform.models.board import BoardColumn, BoardRole
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.monday.sandbox import World

Flask_monday = Callable[..., Result]


@pytest.fixture
def flask_monday(app: Flask, company: Company) -> Flask_monday:
    """Run `flask monday ...` in this process."""

    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["monday", *arguments])

    return run


def test_connect_maps_boards_and_registers_webhooks_once(flask_monday: Flask_monday, world: World) -> None:
    first = flask_monday("connect", "--yes")
    assert first.exit_code == 0, first.output
    for words in ("DEALS", "Quote number", "Valid until", "create_item"):
        assert words in first.output
    registered = len(world.webhooks)
    second = flask_monday("connect", "--yes")
    assert second.exit_code == 0
    assert len(world.webhooks) == registered
    assert "made" not in second.output


def test_connect_mends_a_webhook_that_somebody_removed(flask_monday: Flask_monday, world: World) -> None:
    flask_monday("connect", "--yes")
    registered = len(world.webhooks)
    world.delete_webhook(next(iter(world.webhooks)))
    flask_monday("connect", "--yes")
    assert len(world.webhooks) == registered


def test_connect_keeps_what_a_person_decided_about_a_column(flask_monday: Flask_monday) -> None:
    flask_monday("connect", "--yes", "--no-webhooks")
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        column = board.column("total")
        assert column is not None
        column.policy = "never"
    flask_monday("connect", "--yes", "--no-webhooks")
    board = boards.of_role(db.session(), BoardRole.DEALS)
    assert board is not None
    kept = board.column("total")
    assert kept is not None
    assert kept.policy == "never"


def test_connect_says_which_board_it_cannot_find(flask_monday: Flask_monday, world: World) -> None:
    world.board("PRODUCTS").name = "Aquarium"
    result = flask_monday("connect", "--yes")
    assert result.exit_code == 1
    assert "--products ID" in result.output


def test_connect_with_a_bad_token_says_so(flask_monday: Flask_monday, world: World) -> None:
    world.revoke_token()
    result = flask_monday("connect", "--yes")
    assert result.exit_code == 1
    assert "does not let us in" in result.output
    assert world.token not in result.output


def test_connect_says_when_our_own_address_does_not_answer(
    app: Flask, flask_monday: Flask_monday, world: World
) -> None:
    app.config["PUBLIC_URL"] = "http://127.0.0.1:9"
    result = flask_monday("connect", "--yes")
    assert result.exit_code == 1
    assert "PUBLIC_URL" in result.output
    assert app.config["MONDAY_WEBHOOK_SECRET"] not in result.output
    assert len(world.webhooks) == 0


def test_check_finds_everything_fine(flask_monday: Flask_monday) -> None:
    flask_monday("connect", "--yes")
    result = flask_monday("check")
    assert result.exit_code == 0, result.output
    assert "WRONG" not in result.output


def test_check_before_connect_says_what_to_do(flask_monday: Flask_monday) -> None:
    result = flask_monday("check")
    assert result.exit_code == 1
    assert "run “flask monday connect”" in result.output


def test_check_names_what_is_wrong(flask_monday: Flask_monday, world: World) -> None:
    flask_monday("connect", "--yes")
    board = world.board("DEALS")
    world.delete_column(board.id, board.column_titled("Total").id)
    board.column_titled("Quote date").type = "text"
    world.delete_webhook(next(iter(world.webhooks)))
    result = flask_monday("check")
    assert result.exit_code == 1
    assert "“Total” is no longer on the board" in result.output
    assert "“Quote date” is of type text; it has to be date" in result.output
    assert "does not tell us of" in result.output


def test_pull_fetches_both_catalogues_and_again_changes_nothing(
    flask_monday: Flask_monday, world: World
) -> None:
    flask_monday("connect", "--yes", "--no-webhooks")
    there = {
        name: sum(item.board_id == world.board(name).id for item in world.items.values())
        for name in ("CONTACTS", "PRODUCTS")
    }
    first = flask_monday("pull")
    assert first.exit_code == 0, first.output
    assert db.session.query(Contact).count() == there["CONTACTS"]
    assert db.session.query(Product).count() == there["PRODUCTS"]
    again = flask_monday("pull")
    assert f"0 added, 0 changed, 0 archived, 0 restored, {there['CONTACTS']} untouched" in again.output
    assert f"0 added, 0 changed, 0 archived, 0 restored, {there['PRODUCTS']} untouched" in again.output


def test_pull_archives_what_left_the_board_and_brings_it_back(
    flask_monday: Flask_monday, world: World
) -> None:
    flask_monday("connect", "--yes", "--no-webhooks")
    flask_monday("pull")
    contact = next(item for item in world.items.values() if item.board_id == world.board("CONTACTS").id)
    world.delete_item(contact.id)
    assert "1 archived" in flask_monday("pull").output
    assert db.session.query(Contact).filter_by(mid=contact.id).one().archived_at is not None
    world.restore_item(contact.id)
    assert "1 restored" in flask_monday("pull").output


def test_pull_waits_for_a_busy_monday(flask_monday: Flask_monday, world: World) -> None:
    flask_monday("connect", "--yes", "--no-webhooks")
    world.trouble.order("locked", "boards", times=1)
    assert flask_monday("pull").exit_code == 0


def test_reconcile_finds_deals_whose_webhook_never_came(flask_monday: Flask_monday, world: World) -> None:
    flask_monday("connect", "--yes", "--no-webhooks")
    new = world.create_item("DEALS", "Nobody told us")
    deals = {item.id for item in world.items_of("DEALS")}
    result = flask_monday("reconcile")
    assert result.exit_code == 0, result.output
    assert new.id in {quote.mid for quote in db.session.query(Quote)}
    assert flask_monday("reconcile", "--whole").exit_code == 0
    db.session.rollback()
    assert {quote.mid for quote in db.session.query(Quote)} == deals
    assert "0 deals had no quote" in flask_monday("reconcile").output


def mapped(field: str, role: BoardRole = BoardRole.DEALS) -> BoardColumn | None:
    """The column that holds a field now."""
    db.session.rollback()
    board = boards.of_role(db.session(), role)
    assert board is not None
    return board.column(field)


def test_connect_lists_boards_that_fit_as_well(flask_monday: Flask_monday, world: World) -> None:
    other = world.create_board("Products")
    result = flask_monday("connect", "--yes", "--no-webhooks")
    assert "fits as well: choose it with --products" in result.output
    assert flask_monday("connect", "--yes", "--no-webhooks", "--products", other.id).exit_code == 0
    again = flask_monday("connect", "--yes", "--no-webhooks")
    assert f"PRODUCTS: Products ({other.id})" in again.output


def test_connect_maps_the_columns_that_are_named_and_keeps_them(
    flask_monday: Flask_monday, world: World
) -> None:
    other = world.create_column("DEALS", "Grand sum", "numbers")
    result = flask_monday(
        "connect", "--yes", "--no-webhooks", "--map", f"total={other.id}", "--policy", "number=never"
    )
    assert result.exit_code == 0, result.output
    flask_monday("connect", "--yes", "--no-webhooks")
    total, number = mapped("total"), mapped("number")
    assert total is not None
    assert total.column_id == other.id
    assert number is not None
    assert number.policy == "never"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--map", "total"), "is not FIELD=VALUE"),
        (("--map", "total=nothing"), "has no column nothing"),
        (("--map", "flavour=x"), "There is no field flavour"),
        (("--policy", "total=sometimes"), "is not overwrite, if_empty or never"),
        (("--policy", "contact=never"), "never written"),
    ],
)
def test_connect_refuses_what_does_not_fit(
    flask_monday: Flask_monday, option: tuple[str, str], words: str
) -> None:
    result = flask_monday("connect", "--yes", "--no-webhooks", *option)
    assert result.exit_code != 0
    assert words in result.output
    assert boards.every(db.session()) == []


def test_connect_has_missing_columns_made(flask_monday: Flask_monday, world: World) -> None:
    world.delete_column("DEALS", "Valid until")
    result = flask_monday("connect", "--yes", "--no-webhooks", "--create-missing")
    assert result.exit_code == 0, result.output
    assert "is made" in result.output
    made = mapped("expiry")
    assert made is not None
    assert made.column_id == world.board("DEALS").column_titled("Valid until").id


@pytest.mark.parametrize("number", ["123", "abc"])
def test_connect_says_what_is_wrong_with_the_board_that_was_named(
    flask_monday: Flask_monday, number: str
) -> None:
    result = flask_monday("connect", "--yes", "--contacts", number)
    assert result.exit_code == 1
    assert f"--contacts {number}: monday.com shows us no board with this number." in result.output
    assert "name it with" not in result.output


def test_pull_says_once_that_the_token_is_refused_and_notes_it(
    flask_monday: Flask_monday, world: World
) -> None:
    flask_monday("connect", "--yes", "--no-webhooks")
    world.revoke_token()
    for _ in range(2):  # found out by this command; known before
        result = flask_monday("pull")
        assert result.exit_code == 1
        assert result.output.count("does not let us in") == 1
        assert result.output.count("MONDAY_API_TOKEN") == 1
    db.session.rollback()
    assert "Not authenticated. Make or copy a token" in account_health.problem_of(db.session())


def test_reconcile_whole_says_each_thing_once(flask_monday: Flask_monday, world: World) -> None:
    flask_monday("connect", "--yes", "--no-webhooks")
    for item in list(world.items_of("DEALS")):
        world.delete_item(item.id)
    world.create_item("DEALS", "The only one")
    result = flask_monday("reconcile", "--whole")
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if not line.startswith(" ")]
    assert len(lines) == len(set(lines)) == 6
    assert lines[0].startswith("deals, all items: 1 added")
    assert lines[-1] == "1 deal had no quote."


def test_the_webhooks_of_single_columns_name_their_column(flask_monday: Flask_monday) -> None:
    result = flask_monday("connect", "--yes")
    for title in ("Contact", "Owner"):
        assert f"change_specific_column_value (“{title}” changes)" in result.output


def test_no_sentence_of_the_help_is_cut_off(app: Flask, flask_monday: Flask_monday) -> None:
    assert "..." not in flask_monday("--help").output.partition("Commands:")[2]
    assert "..." not in app.test_cli_runner().invoke(args=["--help"]).output.partition("Commands:")[2]
