"""What a page showed a moment ago does not undo what came since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from betterform import clock
from betterform.actions import (
    contacts,
    reading_steps,
)
from betterform.actions.reading_results import count_of
from betterform.db import transaction
from betterform.models.board import BoardRole
from betterform.models.board_reading import BoardReading
from betterform.models.contact import Contact
from betterform.models.history import SYSTEM
from betterform.monday import readings
from betterform.monday.client import Client
from betterform.monday.office import Office
from betterform.monday.sandbox import World
from tests.monday.conftest import Connected
from tests.monday.reading_helpers import (
    LEASE,
    contact_item,
    contact_of,
    read,
    shown,
    start,
)


def test_what_a_webhook_told_after_the_page_was_read_is_not_undone(
    connected: Connected,
) -> None:
    world = connected.world
    read(BoardRole.CONTACTS, office=connected.office)
    mid = contact_item(world)

    def meanwhile() -> None:
        world.set_values(mid, {"Company": "Newer Ltd"})
        connected.work()
        assert contact_of(mid).company == "Newer Ltd"

    reading = read_while(meanwhile, office=connected.office)
    assert contact_of(mid).company == "Newer Ltd"
    assert count_of(reading, "changed") == 0


def test_a_change_and_back_that_webhooks_told_of_in_between_stays(
    connected: Connected,
) -> None:
    world = connected.world
    mid = contact_item(world)
    world.set_values(mid, {"Company": "As It Was Ltd"})
    connected.work()
    read(BoardRole.CONTACTS, office=connected.office)
    world.trouble.clear()
    world.items[mid].cells.update(_cells_with_company(world, mid, "For a Moment Ltd"))

    def meanwhile() -> None:
        world.set_values(mid, {"Company": "As It Was Ltd"})
        connected.work()

    read_while(meanwhile, office=connected.office)
    assert contact_of(mid).company == "As It Was Ltd"


def _cells_with_company(world: World, mid: str, company: str) -> dict[str, object]:
    """What the item's cell would hold, without anybody being told."""
    column = world.board("CONTACTS").column_titled("Company")
    return {column.id: company}


def test_what_was_written_here_and_reached_the_board_in_between_is_not_undone(
    connected: Connected,
) -> None:
    read(BoardRole.CONTACTS, office=connected.office)
    mid = contact_item(connected.world)

    def meanwhile() -> None:
        with transaction() as session:
            contact = session.scalars(select(Contact).where(Contact.mid == mid)).one()
            contacts.change(session, contact, {"company": "Typed Here Ltd"}, by=SYSTEM, at=clock.now())
        connected.work()

    read_while(meanwhile, office=connected.office)
    connected.work()
    assert contact_of(mid).company == "Typed Here Ltd"
    assert "Typed Here Ltd" in str(connected.world.shown(mid))


def test_what_was_written_here_and_is_still_on_its_way_is_kept(quiet: Connected) -> None:
    read(BoardRole.CONTACTS, office=quiet.office)
    mid = contact_item(quiet.world)
    with transaction() as session:
        contact = session.scalars(select(Contact).where(Contact.mid == mid)).one()
        contacts.change(session, contact, {"company": "Typed Here Ltd"}, by=SYSTEM, at=clock.now())
    reading = read(BoardRole.CONTACTS, office=quiet.office)
    assert contact_of(mid).company == "Typed Here Ltd"
    assert count_of(reading, "changed") == 0


def test_an_item_archived_between_its_page_and_its_writing_stays_archived(
    connected: Connected,
) -> None:
    read(BoardRole.CONTACTS, office=connected.office)
    mid = contact_item(connected.world)

    def meanwhile() -> None:
        connected.world.archive_item(mid)
        connected.work()
        assert contact_of(mid).archived_at is not None

    read_while(meanwhile, office=connected.office)
    assert contact_of(mid).archived_at is not None


def read_while(happens: Callable[[], None], *, office: Office) -> BoardReading:
    """Read the contacts, and have something happen after the page was read and before it is written."""

    class Slow(Client):
        def ask(self, *arguments: Any, **options: Any) -> dict[str, Any]:
            answer = super().ask(*arguments, **options)
            happens()
            return answer

    reading_id = start(BoardRole.CONTACTS)
    with transaction() as session:
        step = reading_steps.claim_step(session, at=clock.now(), lease=LEASE)
    assert step is not None
    with Slow(office.api_url, office.api_token) as client:
        readings.Reader(office, step).read(client)
    readings.run(office, reading_id)
    return shown(reading_id)
