"""Contacts with one address: offered, made one, kept apart, taken apart again; by several people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import catalogue, contacts, deliveries, history, merge_choices, merging, quotes
from betterform.actions.catalogue import Outcome
from betterform.db import db, transaction
from betterform.errors import OutOfDate
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, DeliveryState, Target
from betterform.models.quote import Quote
from tests.databases import everywhere
from tests.quotes import ANNA, NOW, TODAY, a_contact, a_draft, issue

BEA = "bea@alpenwerk.example"


def a_pair(session: Session, **second: str) -> tuple[Contact, Contact]:
    """Two contacts with one address, which they write differently."""
    with transaction():
        first = a_contact(session, mid="111", phone="+41311112233")
        other = a_contact(session, mid="222", **({"email": " Bea@Alpenwerk.example"} | second))
    return first, other


def merge(
    session: Session, survivor: Contact, *others: Contact, read: list[str] | None = None, **values: str
) -> Contact:
    editions = [merging.edition_of(contact) for contact in (survivor, *others)]
    ids = [other.id for other in others]
    with transaction():
        return merging.merge(session, survivor.id, ids, values, read=read or editions, by=ANNA, at=NOW)


def events(session: Session, record: Contact | Quote) -> list[str]:
    return [entry.event for entry in history.of(session, record)]


def deliveries_of(session: Session, contact: Contact) -> list[Delivery]:
    return list(deliveries.of_record(session, "contact", contact.id))


def test_an_address_of_several_contacts_is_offered_whatever_its_case(session: Session) -> None:
    first, other = a_pair(session)
    with transaction():
        a_contact(session, email="")
        a_contact(session, email="")
        a_contact(session, email="alone@example.org")
        a_contact(session, email=BEA, archived_at=NOW)
    (group,) = merging.groups(session)
    assert group.email == BEA
    assert [contact.id for contact in group.contacts] == [first.id, other.id]


@everywhere
def test_letters_with_accents_make_another_address(session: Session) -> None:
    with transaction():
        a_contact(session, email="bea@example.org")
        a_contact(session, email="béa@example.org")
        a_contact(session, email="BÉA@example.org")
    assert list(merging.addresses(session)) == ["béa@example.org"]


def test_one_with_an_item_is_likelier_to_stay_than_an_older_one_without(session: Session) -> None:
    with transaction():
        a_contact(session)
        on_board = a_contact(session, mid="222")
    assert merging.groups(session)[0].contacts[0].id == on_board.id


def test_those_who_share_an_address_are_offered_again_when_another_comes(session: Session) -> None:
    pair = a_pair(session)
    with transaction():
        merging.keep_apart(
            session,
            [contact.id for contact in pair],
            read=[merging.edition_of(contact) for contact in pair],
            by=ANNA,
            at=NOW,
        )
    assert merging.groups(session) == []
    with transaction():
        third = a_contact(session, email=BEA)
    assert third in merging.groups(session)[0].contacts
    assert len(merging.groups(session)[0].contacts) == 3


def test_one_whose_address_changes_is_no_longer_said_to_share_it(session: Session) -> None:
    first, other = a_pair(session)
    read = [merging.edition_of(contact) for contact in (first, other)]
    with transaction():
        merging.keep_apart(session, [first.id, other.id], read=read, by=ANNA, at=NOW)
        contacts.change(session, first, {"email": "new@example.org"}, by=ANNA, at=NOW)
        contacts.change(session, other, {"email": "new@example.org"}, by=ANNA, at=NOW)
    assert list(merging.addresses(session)) == ["new@example.org"]


def test_a_merged_contact_is_archived_and_leads_to_the_one_that_stays(session: Session) -> None:
    first, other = a_pair(session)
    merge(session, first, other, phone="+41790000000")
    assert (other.merged_into_id, other.archived_at) == (first.id, NOW)
    assert contacts.living(session, other) is first
    assert merging.absorbed(session, first) == [other]
    assert first.phone == "+41790000000"
    assert events(session, first) == ["took over", "edited"]
    assert events(session, other) == ["merged"]
    assert merging.groups(session) == []


def test_the_board_is_told_only_when_values_changed(session: Session) -> None:
    first, other = a_pair(session)
    with transaction():
        third = a_contact(session, email=BEA)
    merge(session, first, other)
    assert deliveries_of(session, first) == []
    merge(session, first, third, city="Bern")
    (delivery,) = deliveries_of(session, first)
    assert delivery.target == Target.CONTACT


def test_drafts_follow_and_issued_quotes_stay_as_they_are(session: Session, company: Company) -> None:
    first, other = a_pair(session)
    with transaction():
        draft, issued = a_draft(session, company, contact=other), a_draft(session, company, contact=other)
        issue(session, issued, company)
    before = quotes.document_of(session, issued)
    assert before is not None
    paper = before.snapshot
    merge(session, first, other, company="Another name AG")
    session.expire_all()
    assert draft.contact_id == first.id
    assert events(session, draft)[0] == "contact merged"
    assert "contact_id" not in history.edited_fields(session, draft)
    assert issued.contact_id == other.id
    after = quotes.document_of(session, issued)
    assert after is not None
    assert after.snapshot == paper


def test_what_has_changed_since_it_was_read_is_not_merged(session: Session) -> None:
    first, other = a_pair(session)
    read = [merging.edition_of(contact) for contact in (first, other)]
    with transaction():
        contacts.change(session, other, {"city": "Bern"}, by=ANNA, at=NOW)
    with pytest.raises(OutOfDate):
        merge(session, first, other, read=read)
    assert other.merged_into_id is None


def test_contacts_with_different_addresses_are_not_merged(session: Session) -> None:
    first, other = a_pair(session, email="somebody.else@example.org")
    with pytest.raises(OutOfDate):
        merge(session, first, other)


def test_a_contact_is_not_merged_into_itself(session: Session) -> None:
    first, _other = a_pair(session)
    with pytest.raises(OutOfDate):
        merge(session, first, first)
    assert first.merged_into_id is None


def test_a_chain_of_merges_leads_to_its_end_and_cannot_become_a_circle(session: Session) -> None:
    first, other = a_pair(session)
    with transaction():
        third = a_contact(session, email=BEA)
    merge(session, other, first)
    merge(session, third, other)
    assert contacts.living(session, first) is third
    assert {contact.id for contact in merging.absorbed(session, third)} == {first.id, other.id}
    with pytest.raises(OutOfDate):
        merge(session, first, third)
    assert third.merged_into_id is None


def test_undoing_one_link_of_a_chain_leaves_the_other(session: Session) -> None:
    first, other = a_pair(session)
    with transaction():
        third = a_contact(session, email=BEA)
    merge(session, other, first)
    merge(session, third, other)
    with transaction():
        merging.split(session, other.id, by=ANNA, at=NOW)
    assert (other.archived_at, other.merged_into_id) == (None, None)
    assert contacts.living(session, first) is other


def test_undoing_a_merge_moves_no_quote_back(session: Session, company: Company) -> None:
    first, other = a_pair(session)
    with transaction():
        draft = a_draft(session, company, contact=other)
    merge(session, first, other)
    with transaction():
        contact, survivor = merging.split(session, other.id, by=ANNA, at=NOW)
    assert (contact.id, survivor.id) == (other.id, first.id)
    assert draft.contact_id == first.id
    assert events(session, other)[0] == events(session, first)[0] == "merge undone"
    assert list(merging.addresses(session)) == [BEA]
    with pytest.raises(OutOfDate), transaction():
        merging.split(session, other.id, by=ANNA, at=NOW)


def test_a_merged_contact_is_owed_nothing_any_more(session: Session) -> None:
    with transaction():
        first = a_contact(session, mid="111")
        other = contacts.add(session, {"email": BEA, "last_name": "Müller"}, by=ANNA, at=NOW)
    merge(session, first, other)
    (delivery,) = deliveries_of(session, other)
    assert (delivery.state, delivery.open_key) == (DeliveryState.DONE, None)
    assert "merged into" in delivery.reason
    with transaction():
        merging.split(session, other.id, by=ANNA, at=NOW)
    assert deliveries_of(session, other)[0].state == DeliveryState.WAITING


def test_an_item_that_may_be_made_already_is_seen_through(session: Session) -> None:
    with transaction():
        first = a_contact(session, mid="111")
        other = contacts.add(session, {"email": BEA, "last_name": "Müller"}, by=ANNA, at=NOW)
        deliveries_of(session, other)[0].first_sent_at = NOW
    merge(session, first, other)
    assert deliveries_of(session, other)[0].state == DeliveryState.WAITING
    with transaction():
        told, outcome = catalogue.take_contact(
            session, mid="333", values={"email": BEA, "last_name": "Müller"}, at=NOW
        )
    assert (told.id, outcome) == (first.id, Outcome.UNTOUCHED)
    assert (other.mid, first.mid) == ("333", "111")


def test_news_of_a_merged_item_changes_neither_contact(session: Session) -> None:
    first, other = a_pair(session)
    merge(session, first, other)
    with transaction():
        told, outcome = catalogue.take_contact(
            session, mid="222", values={"email": "changed@example.org", "city": "Basel"}, at=NOW
        )
        assert catalogue.archive(session, Contact, mid="222", at=NOW) is Outcome.UNTOUCHED
    assert (told.id, outcome) == (first.id, Outcome.UNTOUCHED)
    assert (first.city, other.city, other.merged_into_id) == ("", "", first.id)
    assert events(session, other) == ["merged"]


def test_what_came_for_a_merged_item_is_taken_over_once_the_merge_is_undone(session: Session) -> None:
    first, other = a_pair(session)
    merge(session, first, other)
    news = {"email": BEA, "city": "Basel", "last_name": "Müller"}
    with transaction():
        catalogue.take_contact(session, mid="222", values=news, at=NOW)
        merging.split(session, other.id, by=ANNA, at=NOW)
        told, outcome = catalogue.take_contact(session, mid="222", values=news, at=NOW)
    assert (told.id, outcome) == (other.id, Outcome.CHANGED)
    assert (first.city, other.city) == ("", "Basel")


def test_a_merged_contact_is_not_corrected(session: Session) -> None:
    first, other = a_pair(session)
    merge(session, first, other)
    with pytest.raises(OutOfDate), transaction():
        contacts.change(session, other, {"city": "Basel"}, by=ANNA, at=NOW)


def a_crowd(app: Flask, *works: Callable[[Session], object]) -> list[object]:
    """Each work in a transaction of its own, all begun at the same moment. What came of each."""
    start = threading.Barrier(len(works))

    def one(work: Callable[[Session], object]) -> object:
        with app.app_context():
            start.wait(10)
            try:
                with transaction() as session:
                    return work(session)
            except OutOfDate as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as crowd:
        return list(crowd.map(one, works))


def a_merge(survivor_id: int, other_id: int, read: list[str]) -> Callable[[Session], object]:
    return lambda session: merging.merge(session, survivor_id, [other_id], {}, read=read, by=ANNA, at=NOW).id


@everywhere
def test_two_people_who_merge_both_ways_at_once_make_no_circle(app: Flask, session: Session) -> None:
    for _turn in range(5):
        with transaction():
            pair = a_contact(session), a_contact(session)
        read = [merging.edition_of(contact) for contact in pair]
        first, other = (contact.id for contact in pair)
        session.rollback()
        results = a_crowd(app, a_merge(first, other, read), a_merge(other, first, read))
        session.expire_all()
        assert sum(isinstance(result, OutOfDate) for result in results) == 1
        merged = [session.get_one(Contact, id_).merged_into_id for id_ in (first, other)]
        assert sorted(merged, key=str) in ([first, None], [other, None])
        session.rollback()


@everywhere
def test_the_same_merge_from_two_windows_happens_once(app: Flask, session: Session) -> None:
    with transaction():
        pair = a_contact(session), a_contact(session)
    read, ids = [merging.edition_of(contact) for contact in pair], [contact.id for contact in pair]
    session.rollback()
    results = a_crowd(app, *[a_merge(ids[0], ids[1], read)] * 3)
    assert sorted(map(type, results), key=str) == sorted([int, OutOfDate, OutOfDate], key=str)
    assert events(session, session.get_one(Contact, ids[0])) == ["took over"]


@everywhere
def test_a_deal_that_links_to_a_contact_being_merged_gets_the_one_that_stays(
    app: Flask, session: Session, company: Company
) -> None:
    for turn in range(5):
        with transaction():
            first, other = a_contact(session), a_contact(session, mid=f"9{turn}")
        read = [merging.edition_of(contact) for contact in (first, other)]
        ids, mid = (first.id, other.id), f"9{turn}"
        session.rollback()

        def open_a_quote(session: Session, mid: str = mid) -> int:
            contact = catalogue.take_contact(session, mid=mid, values={}, at=NOW)[0]
            company = session.get_one(Company, 1)
            return quotes.start(session, company, contact=contact, by=ANNA, at=NOW, today=TODAY).id

        a_crowd(app, a_merge(*ids, read), open_a_quote)
        drafts = session.scalars(select(Quote.contact_id).where(Quote.contact_id.in_(ids))).all()
        assert drafts == [ids[0]]
        session.rollback()


@everywhere
def test_an_item_that_two_workers_meet_at_once_is_one_contact(app: Flask, session: Session) -> None:
    def take(session: Session) -> int:
        return catalogue.take_contact(session, mid="777", values={"email": BEA}, at=NOW)[0].id

    assert len(set(a_crowd(app, take, take, take, take))) == 1
    assert session.scalars(select(Contact.mid)).all() == ["777"]


def offered(survivor: Contact, other: Contact, **asked: str) -> dict[str, str]:
    return merge_choices.values_of(merge_choices.choices(survivor, [other], asked))


def test_empty_fields_are_filled_and_filled_ones_stay() -> None:
    stays = Contact(id=1, first_name="Bea", last_name="Müller", company="Alpenwerk", email=BEA, phone="")
    other = Contact(id=2, title="Dr.", first_name="Bea", last_name="Müller", company="AW", phone="+41")
    values = offered(stays, other)
    assert (values["company"], values["phone"], values["title"]) == ("Alpenwerk", "+41", "Dr.")
    assert offered(stays, other, company="2")["company"] == "AW"
    assert offered(stays, other, company="nonsense")["company"] == "Alpenwerk"


def test_two_addresses_are_never_mixed() -> None:
    stays = Contact(id=1, city="Bern", country_code="CH")
    other = Contact(id=2, street="Rue 1", city="Lyon", country_code="FR")
    fuller = Contact(id=3, street="Gasse 1", postal_code="3011", city="Bern", country_code="CH")
    assert offered(stays, other)["street"] == ""
    assert (offered(stays, other, address="2")["street"], offered(stays, other, address="2")["city"]) == (
        "Rue 1",
        "Lyon",
    )
    (choice,) = merge_choices.choices(stays, [fuller])
    assert (choice.chosen.contact_id, choice.is_open, choice.changes) == (3, False, True)
