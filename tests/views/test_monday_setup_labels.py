"""Labels on the page of a board's columns: renamed on the board, switched off, and longer than monday takes."""

from __future__ import annotations

from sqlalchemy.orm import Session

from betterform.actions import deliveries, quotes
from betterform.clock import now
from betterform.db import transaction
from betterform.models.board import BoardRole
from betterform.models.delivery import Target
from betterform.monday import mapping
from betterform.monday.columns import Label
from betterform.monday.sandbox import World
from tests.browser import Browser
from tests.monday.conftest import Connected
from tests.monday.conftest import app as app
from tests.monday.conftest import connected as connected
from tests.monday.conftest import monday as monday
from tests.monday.conftest import office as office
from tests.monday.conftest import world as world
from tests.views.test_monday_setup_mapping import DEALS, column, stored


def place_of(session: Session, state: str) -> str:
    return f"status-{column(session, 'status').column_id}-{state}"


def keep_by_words(session: Session, state: str, words: str) -> None:
    """As labels were kept before their ids were."""
    with transaction():
        mapped = column(session, "status")
        mapped.labels = {**mapped.labels, state: words}


def names(world: World) -> list[str]:
    return [label["label"] for label in world.column("DEALS", "Quote status").labels()]


def test_a_label_renamed_on_the_board_is_followed_and_said(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    world.change_label("DEALS", "Quote status", "Sent", "Dispatched")
    page = admin.get(DEALS)
    assert "Called “Dispatched” on the board now; it was “Sent”." in page.text
    assert page.form(DEALS)[f"label-{place_of(session, 'sent')}"] == "Dispatched"
    admin.send(page, DEALS)
    assert column(session, "status").labels["sent"]["label"] == "Dispatched"


def test_a_write_after_a_rename_makes_no_second_label(
    connected: Connected, world: World, session: Session
) -> None:
    deal = world.create_item("DEALS", "A deal")
    connected.work()
    world.change_label("DEALS", "Quote status", "Draft", "In the making")
    before = names(world)
    with transaction():
        quote = quotes.find_by_item(session, deal.id)
        assert quote is not None
        deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=now())
    connected.work()
    assert world.shown(deal.id)["values"]["Quote status"] == "In the making"
    assert names(world) == before


def test_a_renamed_label_is_read_as_what_it_stands_for(connected: Connected, session: Session) -> None:
    mapped = column(session, "language", BoardRole.CONTACTS)
    german = mapped.labels["de"]["index"]
    assert mapping.text_of(mapped, [Label("Alemannisch", german)]) == "de"


def test_a_label_kept_by_its_words_gets_its_id_when_somebody_looks(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    keep_by_words(session, "sent", "Sent")
    stale = admin.get(DEALS)
    assert column(session, "status").labels["sent"]["label"] == "Sent"
    world.change_label("DEALS", "Quote status", "Sent", "Dispatched")
    assert "Called “Dispatched”" in admin.get(DEALS).text
    admin.send(stale, DEALS)  # the page showed “Sent”, which is that label


def test_a_label_kept_by_its_words_that_the_board_lacks_is_not_passed_over(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    keep_by_words(session, "sent", "Sent")
    world.change_label("DEALS", "Quote status", "Sent", "Dispatched")
    page = admin.get(DEALS)
    assert page.form(DEALS)[f"new-{place_of(session, 'sent')}"] == "Sent"
    assert page.text.count("Not on the board: made when first needed.") == 2, "of Sent and Replaced"


def test_a_label_that_is_gone_is_said_and_made_anew_by_saving(
    admin: Browser, connected: Connected, world: World, session: Session
) -> None:
    labels = world.column("DEALS", "Quote status").labels()
    labels[:] = [label for label in labels if label["label"] != "Sent"]
    page = admin.get(DEALS)
    assert "“Sent” is no longer on the board" in page.text
    admin.send(page, DEALS)
    assert column(session, "status").labels["sent"] == "Sent"


def test_noting_an_id_is_no_change_that_another_is_told_of(
    admin: Browser, connected: Connected, session: Session
) -> None:
    mine = admin.get(DEALS)
    keep_by_words(session, "sent", "Sent")
    admin.get(DEALS)
    admin.send(mine, DEALS)


def test_a_label_that_is_too_long_is_said_and_kept_as_it_was_typed(
    admin: Browser, connected: Connected, session: Session
) -> None:
    place, typed = place_of(session, "sent"), "Sent to the customer and waiting for an answer" * 6
    page = admin.get(DEALS)
    assert all(box.get("maxlength") is None for box in page.all("input", name=f"new-{place}"))
    page = admin.send(page, DEALS, status=422, **{f"label-{place}": "+new", f"new-{place}": typed})
    assert f"at most 30 characters; these are {len(typed)}" in page.error_at(f"label-{place}")
    assert page.form(DEALS)[f"new-{place}"] == typed
    assert stored(session).column("status") is not None
