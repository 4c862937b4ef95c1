"""What happens to a deal reaches its draft, as far as nobody has decided otherwise; what was issued stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from betterform import clock
from betterform.actions import boards, contacts, history, merging, quotes
from betterform.db import transaction
from betterform.jobs import inbox
from betterform.models.board import BoardRole
from betterform.models.contact import Contact
from betterform.models.delivery import DeliveryState
from betterform.models.document import Document
from betterform.models.history import SYSTEM
from betterform.models.quote import Quote
from betterform.monday import deals_in
from betterform.monday.items import Item as Shown
from betterform.monday.sandbox.records import Item
from tests.monday.conftest import Connected, issue

TENDER = {"labels": ["Tender"]}


def quote_of(connected: Connected) -> Quote:
    connected.session.rollback()
    return connected.session.query(Quote).one()


def people(connected: Connected) -> list[Item]:
    """The items of the CONTACTS board."""
    board = connected.world.board("CONTACTS").id
    return [item for item in connected.world.items.values() if item.board_id == board]


def a_deal(connected: Connected, *linked: Item, **values: Any) -> Item:
    """A deal that links to these contacts, with its draft."""
    cells = {"Contact": {"item_ids": [item.id for item in linked]}} if linked else {}
    deal = connected.world.create_item("DEALS", "First words", {**cells, **values})
    connected.work()
    return deal


def know(connected: Connected, *shown: Item) -> None:
    """Have these items of the CONTACTS board taken over."""
    for item in shown:
        connected.world.set_simple(item.id, "City", "Chur")
    connected.work()


def link(connected: Connected, deal: Item, *linked: Item) -> None:
    ids = [item.id for item in linked]
    connected.world.set_values(deal.id, {"Contact": {"item_ids": ids} if ids else None})
    connected.work()


def decide(connected: Connected, **values: Any) -> None:
    """What a member of staff writes in the form."""
    with transaction() as session:
        quote = session.query(Quote).one()
        for name, value in values.items():
            setattr(quote, name, value)
        history.record(session, quote, "edited", by=SYSTEM, at=clock.now(), fields=sorted(values))


def contact_mid(connected: Connected) -> str | None:
    contact = quote_of(connected).contact
    return contact.mid if contact is not None else None


def test_everything_that_is_followed_arrives_at_once(connected: Connected) -> None:
    first, other = people(connected)[:2]
    deal = a_deal(connected, first, **{"Deal type": TENDER})
    assert quote_of(connected).deal_type == "Tender"
    colleague = next(user for user in connected.world.users.values() if user.id != deal.creator_id)
    connected.world.rename(deal.id, "Better words")
    connected.world.set_values(
        deal.id, {"Deal type": {"labels": ["Service"]}, "Contact": {"item_ids": [other.id]}}
    )
    connected.world.set_values(
        deal.id, {"Owner": {"personsAndTeams": [{"id": int(colleague.id), "kind": "person"}]}}
    )
    connected.work()
    quote = quote_of(connected)
    assert (quote.subject, quote.deal_type, quote.owner_name) == ("Better words", "Service", colleague.name)
    assert contact_mid(connected) == other.id
    connected.world.set_values(deal.id, {"Deal type": None})
    connected.work()
    assert quote_of(connected).deal_type == ""


def test_a_type_that_staff_wrote_stays(connected: Connected) -> None:
    deal = a_deal(connected)
    decide(connected, deal_type="By hand")
    connected.world.set_values(deal.id, {"Deal type": TENDER})
    connected.work()
    assert quote_of(connected).deal_type == "By hand"


def test_a_board_without_a_column_for_the_type_says_nothing_about_it(connected: Connected) -> None:
    deal = a_deal(connected, **{"Deal type": TENDER})
    with transaction() as session:
        board = boards.of_role(session, BoardRole.DEALS)
        assert board is not None
        column = board.column("deal_type")
        assert column is not None
        session.delete(column)
    connected.world.rename(deal.id, "Better words")
    connected.work()
    assert (quote_of(connected).subject, quote_of(connected).deal_type) == ("Better words", "Tender")


def test_a_contact_taken_off_the_deal_leaves_the_draft(connected: Connected) -> None:
    first = people(connected)[0]
    deal = a_deal(connected, first)
    link(connected, deal)
    assert contact_mid(connected) is None
    entry = history.of(connected.session, quote_of(connected))[0]
    assert (entry.event, entry.details) == ("followed the deal", {"fields": ["contact_id"]})


def test_a_contact_that_staff_chose_stays_when_the_deal_links_to_nobody(connected: Connected) -> None:
    first, other = people(connected)[:2]
    deal = a_deal(connected, first)
    know(connected, other)
    chosen = connected.session.scalars(select(Contact.id).where(Contact.mid == other.id)).one()
    decide(connected, contact_id=chosen)
    link(connected, deal)
    assert contact_mid(connected) == other.id


def test_of_two_linked_contacts_the_first_counts(connected: Connected) -> None:
    first, other = people(connected)[:2]
    deal = a_deal(connected, first, other)
    assert contact_mid(connected) == first.id
    link(connected, deal, other, first)
    assert contact_mid(connected) == other.id


def test_a_linked_contact_that_is_archived_stays_on_the_draft(connected: Connected) -> None:
    first = people(connected)[0]
    deal = a_deal(connected, first)
    connected.world.archive_item(first.id)
    connected.world.rename(deal.id, "Better words")
    connected.work()
    quote = quote_of(connected)
    assert (quote.subject, contact_mid(connected)) == ("Better words", first.id)
    assert quote.contact is not None
    assert quote.contact.archived_at is not None


def test_the_next_linked_contact_counts_where_the_first_is_archived(connected: Connected) -> None:
    first, other = people(connected)[:2]
    deal = a_deal(connected, first, other)
    connected.world.archive_item(first.id)
    connected.world.rename(deal.id, "Better words")
    connected.work()
    assert contact_mid(connected) == other.id


def test_only_a_column_that_says_so_links_to_nobody(connected: Connected) -> None:
    deal = a_deal(connected, people(connected)[0])
    board = boards.of_role(connected.session, BoardRole.DEALS)
    assert board is not None
    column = board.column("contact")
    assert column is not None
    for shown, is_nobody in (
        ({"linked_item_ids": [], "linked_items": []}, True),
        ({"linked_item_ids": ["1"], "linked_items": []}, False),  # an item that we may not see
        ({"linked_item_ids": None}, False),
        ({}, False),
    ):
        cell = {"id": column.column_id, "type": "board_relation", **shown}
        item = Shown(deal.id, deal.name, "active", cells=[cell])
        assert deals_in.links_to_nobody(board, item) is is_nobody


def test_a_contact_that_is_new_on_the_board_is_taken_over_with_its_deal(connected: Connected) -> None:
    deal = a_deal(connected)
    new = connected.world.create_item("CONTACTS", "Zoe Zen", {"Company": "Zen AG"})
    link(connected, deal, new)
    contact = quote_of(connected).contact
    assert contact is not None
    assert (contact.mid, contact.company) == (new.id, "Zen AG")
    assert connected.session.query(Contact).filter(Contact.mid == new.id).count() == 1


def merge(connected: Connected, survivor: Item, other: Item) -> None:
    with transaction() as session:
        pair = [
            session.scalars(select(Contact).where(Contact.mid == mid.id)).one() for mid in (survivor, other)
        ]
        for contact in pair:
            contact.email = "one@example.org"
        session.flush()
        read = [merging.edition_of(contact) for contact in pair]
        merging.merge(session, pair[0].id, [pair[1].id], {}, read=read, by=SYSTEM, at=clock.now())


def test_a_deal_linked_to_a_merged_contact_is_quoted_to_the_one_that_stays(connected: Connected) -> None:
    first, other = people(connected)[:2]
    know(connected, first, other)
    deal = a_deal(connected, other)
    merge(connected, first, other)
    assert contact_mid(connected) == first.id
    connected.world.rename(deal.id, "Better words")
    connected.work()
    assert (quote_of(connected).subject, contact_mid(connected)) == ("Better words", first.id)


def test_what_happens_to_a_merged_item_is_left_alone_and_says_why(connected: Connected) -> None:
    first, other = people(connected)[:2]
    know(connected, first, other)
    merge(connected, first, other)
    connected.work()
    for happens in (
        lambda: connected.world.set_simple(other.id, "City", "Elsewhere"),
        lambda: connected.world.archive_item(other.id),
        lambda: connected.world.restore_item(other.id),
        lambda: connected.world.delete_item(other.id),
    ):
        happens()
        connected.work()
        connected.session.rollback()
        assert "Merged into" in connected.events()[-1].reason
        merged = connected.session.scalars(select(Contact).where(Contact.mid == other.id)).one()
        stays = connected.session.scalars(select(Contact).where(Contact.mid == first.id)).one()
        assert merged.archived_at is not None
        assert stays.archived_at is None
        assert merged.merged_into_id == stays.id
        assert "Elsewhere" not in (merged.city, stays.city)


def test_an_issued_quote_never_follows(connected: Connected) -> None:
    first, other = people(connected)[:2]
    deal = a_deal(connected, first, **{"Deal type": TENDER})
    issue(connected, deal.id)
    paper = connected.session.query(Document).one().snapshot
    connected.world.rename(deal.id, "Other words")
    connected.world.set_values(
        deal.id, {"Deal type": {"labels": ["Service"]}, "Contact": {"item_ids": [other.id]}}
    )
    connected.receive_webhooks()
    while inbox.read():
        connected.receive_webhooks()
    quote = quote_of(connected)
    assert (quote.subject, quote.deal_type, contact_mid(connected)) == ("First words", "Tender", first.id)
    assert connected.session.query(Document).one().snapshot == paper


def test_a_deal_on_another_board_is_said_on_its_draft_until_it_comes_back(connected: Connected) -> None:
    deal = a_deal(connected)
    home, away = deal.board_id, connected.world.create_board("SOMEWHERE ELSE").id
    connected.world.rename(deal.id, "Moved")
    deal.board_id = away
    connected.work()
    quote = quote_of(connected)
    assert "moved away from the deals board" in quote.item_problem
    assert quote.subject == "First words"
    deal.board_id = home
    connected.world.rename(deal.id, "Back again")
    connected.work()
    quote = quote_of(connected)
    assert (quote.item_problem, quote.subject) == ("", "Back again")


def test_a_restored_deal_gets_what_changed_while_it_was_away(connected: Connected) -> None:
    deal = a_deal(connected)
    connected.world.archive_item(deal.id)
    connected.work()
    with transaction() as session:
        quotes.tell_the_deal(session, session.query(Quote).one(), at=clock.now())
    connected.work()
    assert DeliveryState.WAITING.value not in [row.state for row in connected.deliveries()]
    deal.cells.clear()
    connected.world.restore_item(deal.id)
    connected.work()
    assert quote_of(connected).item_problem == ""
    assert f"/form/{deal.id}" in str(connected.world.shown(deal.id))


def test_a_restored_contact_gets_what_changed_while_it_was_away(connected: Connected) -> None:
    first = people(connected)[0]
    a_deal(connected, first)
    connected.world.archive_item(first.id)
    connected.work()
    with transaction() as session:
        contact = session.scalars(select(Contact).where(Contact.mid == first.id)).one()
        contacts.change(session, contact, {"city": "Winterthur"}, by=SYSTEM, at=clock.now())
    connected.work()
    connected.world.restore_item(first.id)
    connected.work()
    assert connected.world.shown(first.id)["values"]["City"] == "Winterthur"


def test_a_status_set_by_a_person_is_not_followed_and_stays_until_the_next_write(
    connected: Connected,
) -> None:
    deal = a_deal(connected)
    title = "Quote status"
    before = quote_of(connected).state
    connected.world.set_values(deal.id, {title: {"label": "Accepted"}})
    connected.work()
    assert quote_of(connected).state == before
    assert connected.world.shown(deal.id)["values"][title] == "Accepted"
    with transaction() as session:
        quotes.tell_the_deal(session, session.query(Quote).one(), at=clock.now())
    connected.work()
    assert connected.world.shown(deal.id)["values"][title] == "Draft"
