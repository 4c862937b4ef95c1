"""The check: what it looks at, what it says of it, and that what was held back goes on."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, boards, deliveries, quotes
from betterform.db import db, transaction
from betterform.models.board import BoardRole, WritePolicy
from betterform.models.delivery import Target
from betterform.models.monday_account import MondayAccount
from betterform.monday import check
from betterform.monday.check import Finding, Group
from betterform.monday.connect import Identity
from betterform.monday.office import Office
from betterform.monday.sandbox import World
from tests.monday.conftest import Connected


def looked(office: Office) -> list[Group]:
    with office.client() as client:
        return check.everything(client, office)


def found(office: Office, about: str, *, group: str = "") -> list[Finding]:
    """What is said about that, in the groups whose title begins like that."""
    return [
        finding
        for one in looked(office)
        if one.title.startswith(group)
        for finding in one.findings
        if finding.about == about
    ]


def only(office: Office, about: str, *, group: str = "") -> Finding:
    (finding,) = found(office, about, group=group)
    return finding


def test_right_after_connecting_nothing_is_wrong(connected: Connected) -> None:
    groups = looked(connected.office)
    assert check.counts(groups)["wrong"] == 0, check.summary(groups)
    titles = [group.title for group in groups]
    assert titles == ["monday.com", "DEALS", "CONTACTS", "PRODUCTS", "Webhooks", "Our address"]
    abouts = {finding.about for group in groups for finding in group.findings}
    assert {"Token", "API version", "Calls today", "Quote total", "E-mail", "Public address"} <= abouts


def test_a_check_costs_five_calls_at_most(connected: Connected, world: World) -> None:
    looked(connected.office)
    assert 0 < len(world.calls) <= 5


def test_what_is_wrong_comes_first_and_is_counted(connected: Connected, world: World) -> None:
    board = world.board("DEALS")
    world.delete_column(board.id, board.column_titled("Currency").id)
    groups = looked(connected.office)
    deals = next(group for group in groups if group.title == "DEALS")
    assert (deals.level, deals.findings[0].about) == ("wrong", "Currency")
    assert check.summary(groups).startswith("1 thing is wrong, ")


def test_only_what_is_fine_is_summed_up_as_such() -> None:
    fine = Group.of("monday.com", [Finding("fine", "Token", "Good.")])
    assert check.summary([fine]) == "Everything is fine."
    noted = Group.of("DEALS", [Finding("note", "Owner", "Hm.")])
    assert check.summary([fine, noted]) == "1 is worth a note, 1 is fine."


def test_a_bad_token_is_all_that_is_said_of_monday(connected: Connected, world: World) -> None:
    world.revoke_token()
    groups = looked(connected.office)
    assert [group.title for group in groups] == ["monday.com", "Our address"]
    assert groups[0].findings[0].level == "wrong"
    assert "does not let us in" in groups[0].findings[0].message
    assert world.token not in groups[0].findings[0].message


def test_a_token_of_another_account_is_named_and_not_kept(connected: Connected, session: Session) -> None:
    with transaction() as writing:
        account = boards.account(writing)
        assert account is not None
        account.account_id, account.account_name = "1", "Old account"
    finding = only(connected.office, "Token")
    assert finding.level == "wrong"
    assert "connected in the account Old account" in finding.message
    session.rollback()
    assert session.get_one(MondayAccount, 1).account_id == "1"


def test_what_was_held_back_goes_on_once_monday_lets_us_in(connected: Connected, session: Session) -> None:
    with transaction() as writing:
        account_health.note_problem(writing, "monday.com does not let us in.", at=clock.now())
    looked(connected.office)
    session.rollback()
    account = session.get_one(MondayAccount, 1)
    assert (account.problem, account.problem_since) == ("", None)
    assert (account.version, account.version_kind) == ("2026-10", "current")


def test_a_column_of_another_type_that_would_fit_has_to_be_chosen_again(
    connected: Connected, world: World
) -> None:
    world.board("DEALS").column_titled("Quote form").type = "text"
    finding = only(connected.office, "Quote form")
    assert finding.level == "wrong"
    assert "is now of type text, and was link" in finding.message


def test_a_renamed_column_and_its_policy_are_told(connected: Connected, world: World) -> None:
    world.board("DEALS").column_titled("Total").title = "Grand total"
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        column = board.column("total")
        assert column is not None
        column.policy = WritePolicy.IF_EMPTY.value
    finding = only(connected.office, "Quote total")
    assert finding.level == "fine"
    assert finding.message == "Column “Grand total” (it was called “Total”), written only if it is empty."


def keep_label_by_its_words(state: str, words: str) -> None:
    """As one that a write made, and nobody looked since; and as all were kept before ids were."""
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        column = board.column("status") if board is not None else None
        assert column is not None
        column.labels = {**column.labels, state: words}


def test_a_renamed_label_is_named_with_what_it_may_be_now(connected: Connected, world: World) -> None:
    deal = world.create_item(world.board("DEALS").id, "A deal")  # its draft is written as Draft
    connected.work()
    assert world.shown(deal.id)["values"]["Quote status"] == "Draft"
    keep_label_by_its_words("draft", "Draft")
    world.change_label("DEALS", "Quote status", "Draft", "In the making")
    finding = only(connected.office, "Quote status")
    assert finding.level == "note"
    assert "The label “Draft” is no longer on the board; it would be made again." in finding.message
    assert "Was it renamed? The board has “In the making”" in finding.message


def test_a_renamed_label_whose_id_is_known_is_fine(connected: Connected, world: World) -> None:
    world.change_label("DEALS", "Quote status", "Draft", "In the making")
    assert "Draft" not in only(connected.office, "Quote status").message
    assert "In the making" not in only(connected.office, "Quote status").message


def test_the_check_notes_the_ids_of_labels_that_were_made_since(connected: Connected, world: World) -> None:
    deal = world.create_item(world.board("DEALS").id, "A deal")
    connected.work()
    keep_label_by_its_words("draft", "Draft")
    only(connected.office, "Quote status")
    world.change_label("DEALS", "Quote status", "Draft", "In the making")
    with transaction() as session:
        quote = quotes.find_by_item(session, deal.id)
        assert quote is not None
        deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=clock.now())
    connected.work()
    assert world.shown(deal.id)["values"]["Quote status"] == "In the making"
    assert "Draft" not in [label["label"] for label in world.column("DEALS", "Quote status").labels()]


def test_a_label_that_is_switched_off_is_named(connected: Connected, world: World) -> None:
    labels = world.board("DEALS").column_titled("Quote status").settings["labels"]
    next(label for label in labels if label["label"] == "Sent")["is_deactivated"] = True
    assert "The label “Sent” is switched off on the board" in only(connected.office, "Quote status").message


def test_a_label_chosen_by_number_that_is_gone_is_named(connected: Connected) -> None:
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        column = board.column("status")
        assert column is not None
        column.labels = {**column.labels, "sent": {"index": 77}}
    message = only(connected.office, "Quote status").message
    assert "“sent” is tied to a label that is no longer on the board" in message


def test_an_unmapped_field_is_wrong_where_it_is_needed_and_a_note_elsewhere(connected: Connected) -> None:
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        boards.unmap(session, board, "form_link")
        boards.unmap(session, board, "currency")
    groups = {finding.about: finding for group in looked(connected.office) for finding in group.findings}
    assert (groups["Quote form"].level, groups["Currency"].level) == ("wrong", "note")
    assert groups["Currency"].message == "No column is chosen: it is not used."


def test_a_board_that_is_gone_is_wrong(connected: Connected, world: World) -> None:
    world.board("PRODUCTS").state = "archived"
    finding = only(connected.office, "Board", group="PRODUCTS")
    assert finding.level == "wrong"
    assert "archived or deleted" in finding.message


def test_calls_that_run_out_are_said(connected: Connected) -> None:
    assert only(connected.office, "Calls today").level == "fine"
    account = boards.account(db.session())
    assert account is not None
    assert account.daily_limit is not None
    limit = account.daily_limit
    with transaction() as session:
        boards.count_calls(session, day=clock.now().date(), calls=Decimal(limit * 95 // 100))
    assert only(connected.office, "Calls today").level == "note"
    with transaction() as session:
        boards.count_calls(session, day=clock.now().date(), calls=Decimal(limit))
    finding = only(connected.office, "Calls today")
    assert finding.level == "wrong"
    assert "0 are left" in finding.message


def test_a_version_that_is_no_longer_current_is_a_note() -> None:
    identity = Identity("1", "Bo", "2", "Acme", "2026-10", "maintenance", None)
    finding = check._version(identity)
    assert (finding.level, "2026-10 (maintenance)" in finding.message) == ("note", True)


def test_permissions_are_told_as_far_as_monday_tells_them() -> None:
    identity = Identity("1", "Bo", "2", "Acme", "2026-10", "current", None)
    assert check._permissions({"permissions": "everyone"}, identity) == []
    (finding,) = check._permissions({"permissions": "owners"}, identity)
    assert finding.level == "note"
    assert "Bo has to be one of them" in finding.message


def test_webhooks_that_lead_elsewhere_are_wrong(connected: Connected) -> None:
    connected.app.config["MONDAY_WEBHOOK_SECRET"] = "another-secret-since-today"
    moved = Office.from_config(connected.app.config, printed=connected.office.printed)
    finding = only(moved, "DEALS", group="Webhooks")
    assert finding.level == "wrong"
    assert "Made for another address" in finding.message


def test_an_address_that_does_not_answer_is_wrong(connected: Connected) -> None:
    connected.app.config["PUBLIC_URL"] = "http://127.0.0.1:9"
    away = Office.from_config(connected.app.config, printed=connected.office.printed)
    assert only(away, "Public address").level == "wrong"
