"""Contacts with one e-mail address, as staff see them: side by side, merged, kept apart, taken apart again."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from betterform.actions import contacts, deliveries
from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import DeliveryState, Target
from betterform.models.product import Product
from betterform.models.quote import Quote
from tests.browser import Browser, Page, words_of
from tests.quotes import ANNA, NOW, a_contact, a_draft, issue

BEA = "bea@alpenwerk.example"


@pytest.fixture
def pair(session: Session, company: Company) -> tuple[int, int]:
    """Two contacts with one address; the second has a draft and an issued quote. Their ids."""
    with transaction():
        first = a_contact(session, mid="111", city="Bern")
        other = a_contact(session, mid="222", first_name="B.", phone="+41311112233", company="AW <GmbH>")
        a_draft(session, company, contact=other)
        issue(session, a_draft(session, company, contact=other), company)
        # The helper that makes drafts brings a contact of its own for each.
        for extra in session.query(Contact).filter(Contact.id.not_in([first.id, other.id])):
            extra.email = ""
    return first.id, other.id


def reads(page: Page) -> list[str]:
    return [str(field.get("value")) for field in page.all("input", name="read")]


def merge(staff: Browser, page: Page, **typed: object) -> Page:
    """Press the button of the page that says what merging will do."""
    return staff.send(page, page.address, **{"read": reads(page), **typed})


def merged_into(session: Session, contact_id: int) -> int | None:
    session.rollback()  # what others have written since is seen from here on
    return session.get_one(Contact, contact_id).merged_into_id


def test_the_list_says_how_many_addresses_are_used_twice(staff: Browser, pair: tuple[int, int]) -> None:
    page = staff.get("/contacts")
    assert "1 address is used by more than one contact" in page.text
    assert page.all("a", href="/contacts/duplicates")


def test_who_may_only_read_is_not_offered_to_merge(viewer: Browser, pair: tuple[int, int]) -> None:
    assert "more than one contact" not in viewer.get("/contacts").text
    viewer.get("/contacts/duplicates", status=403)
    viewer.get(f"/contacts/{pair[0]}/merge", status=403)


def test_contacts_stand_side_by_side(staff: Browser, pair: tuple[int, int]) -> None:
    page = staff.get("/contacts/duplicates")
    cards = [words_of(item) for item in page.all("li") if "This one stays" in words_of(item)]
    assert len(cards) == 2
    assert "Alpenwerk GmbH" in cards[0]
    assert "Item 111" in cards[0]
    assert "Quotes None" in cards[0]
    assert "AW <GmbH>" in cards[1]
    assert "Quotes 2" in cards[1]


def test_nothing_to_merge_is_said(staff: Browser, company: Company) -> None:
    assert "No address is used twice" in staff.get("/contacts/duplicates").text
    assert "No address is used twice" in staff.get("/contacts/duplicates?page=99").text


def test_what_will_happen_is_said_before_it_does(
    staff: Browser, session: Session, pair: tuple[int, int]
) -> None:
    text = staff.get(f"/contacts/{pair[0]}/merge").text
    for words in (
        "Bea Müller (item 111) stays",
        "B. Müller (item 222) is merged",
        "1 draft moves over to Bea Müller",
        "1 issued quote keeps the contact on the paper",
        "Item 222 stays on the contacts board",
        "+41311112233 filled in",
    ):
        assert words in text
    assert merged_into(session, pair[1]) is None


def test_the_values_that_were_chosen_stay(staff: Browser, session: Session, pair: tuple[int, int]) -> None:
    page = staff.get(f"/contacts/{pair[0]}/merge")
    shown = merge(staff, page, company=str(pair[1]), name=str(pair[0]))
    assert "Merged into Bea Müller." in shown.text
    assert merged_into(session, pair[1]) == pair[0]
    contact = session.get_one(Contact, pair[0])
    assert (contact.company, contact.first_name, contact.phone) == ("AW <GmbH>", "Bea", "+41311112233")


def test_the_page_of_the_one_that_stays_lists_all_quotes(
    staff: Browser, session: Session, pair: tuple[int, int]
) -> None:
    address = f"/contacts/{pair[0]}/merge"
    page = merge(staff, staff.get(address))
    numbers = [quote.display_name for quote in session.query(Quote)]
    assert len(numbers) == 2
    assert all(number in page.text for number in numbers)
    assert "Item 222 is still on the contacts board" in page.text


def test_an_old_bookmark_leads_to_the_one_that_stays(staff: Browser, pair: tuple[int, int]) -> None:
    address = f"/contacts/{pair[0]}/merge"
    merge(staff, staff.get(address))
    page = staff.get(f"/contacts/{pair[1]}")
    assert page.address == f"/contacts/{pair[0]}"
    assert "B. Müller was merged into this contact." in page.text


def test_a_merge_is_undone_on_the_page_of_the_one_that_stays(
    staff: Browser, session: Session, pair: tuple[int, int]
) -> None:
    with transaction():
        for delivery in deliveries.of_record(session, "contact", pair[1]):
            deliveries.closed(delivery, DeliveryState.DONE, at=NOW)
    address = f"/contacts/{pair[0]}/merge"
    merged = merge(staff, staff.get(address))
    page = staff.send(merged, f"/contacts/{pair[1]}/separation")
    assert page.address == f"/contacts/{pair[1]}"
    assert "All quotes stayed with Bea Müller" in page.text
    assert merged_into(session, pair[1]) is None
    assert "On its way" not in page.text  # nothing changed for the board
    again = staff.client.post(
        f"/contacts/{pair[1]}/separation", data={"csrf_token": merged.form("/logout")["csrf_token"]}
    )
    assert again.status_code == 302


def test_a_stale_page_merges_nothing(staff: Browser, session: Session, pair: tuple[int, int]) -> None:
    address = f"/contacts/{pair[0]}/merge"
    page = staff.get(address)
    with transaction():
        contacts.change(session, session.get_one(Contact, pair[1]), {"phone": "1"}, by=ANNA, at=NOW)
    answer = merge(staff, page)
    assert "have changed since you looked" in answer.text
    assert merged_into(session, pair[1]) is None


def test_pressing_twice_merges_once(staff: Browser, session: Session, pair: tuple[int, int]) -> None:
    address = f"/contacts/{pair[0]}/merge"
    page = staff.get(address)
    merge(staff, page)
    again = merge(staff, page)
    assert again.address == f"/contacts/{pair[0]}"
    assert "Merged into Bea Müller already: nothing was changed again." in again.text
    assert merged_into(session, pair[1]) == pair[0]
    assert "nothing to merge here any more" in staff.get(address).text
    assert "nothing to merge here any more" in staff.get(f"/contacts/{pair[1]}/merge").text


def test_one_of_three_may_be_left_out(staff: Browser, session: Session, pair: tuple[int, int]) -> None:
    with transaction():
        third = a_contact(session, email=BEA.upper(), mid="333").id
    address = f"/contacts/{pair[0]}/merge"
    page = staff.get(address)
    assert {box.get("value") for box in page.all("input", name="with")} == {str(pair[1]), str(third)}
    merge(staff, page, **{"with": [str(third)]})
    assert merged_into(session, third) == pair[0]
    assert merged_into(session, pair[1]) is None


def test_different_people_are_not_offered_again(
    staff: Browser, session: Session, pair: tuple[int, int]
) -> None:
    page = staff.get("/contacts/duplicates")
    ids = [str(id_) for id_ in pair]
    kept = staff.send(page, "/contacts/shared-addresses", contact=ids, read=reads(page))
    assert f"{BEA} belongs to 2 different contacts" in kept.text
    assert "No address is used twice" in kept.text
    with transaction():
        a_contact(session, email=BEA)
    assert "1 address is used" in staff.get("/contacts").text


@pytest.mark.parametrize(
    "typed", [{}, {"with": "x"}, {"with": "99999999999999"}, {"with": "4711"}, {"read": "x", "with": "²"}]
)
def test_nonsense_merges_nothing(
    staff: Browser, session: Session, pair: tuple[int, int], typed: dict[str, str]
) -> None:
    token = staff.get("/contacts").form("/logout")["csrf_token"]
    for address in (f"/contacts/{pair[0]}/merge", "/contacts/4711/merge", "/contacts/shared-addresses"):
        assert staff.client.post(address, data={"csrf_token": token, **typed}).status_code == 302
    assert merged_into(session, pair[1]) is None
    staff.get("/contacts/4711/merge", status=404)


def test_a_merged_contact_chosen_from_an_old_list_is_the_one_that_stays(
    staff: Browser, session: Session, pair: tuple[int, int]
) -> None:
    draft = session.query(Quote).filter(Quote.state == "draft").one().id
    merge(staff, staff.get(f"/contacts/{pair[0]}/merge"))
    address = f"/quotes/{draft}/edit"
    staff.send(staff.get(address), address, action="remove-contact")
    staff.send(staff.get(address), address, action=f"choose-contact:{pair[1]}")
    session.rollback()  # what others have written since is seen from here on
    assert session.get_one(Quote, draft).contact_id == pair[0]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DeliveryState.WAITING, "On its way"),
        (DeliveryState.PARKED, "Not on the board"),
        (DeliveryState.GIVEN_UP, "Given up"),
        (DeliveryState.DONE, "On the board"),
    ],
)
def test_a_contact_says_how_far_the_board_is(
    viewer: Browser, session: Session, pair: tuple[int, int], state: DeliveryState, words: str
) -> None:
    with transaction():
        delivery = deliveries.want(session, Target.CONTACT, record_type="contact", record_id=pair[0], at=NOW)
        delivery.state, delivery.reason = state.value, "The column “Phone” cannot take it."
        delivery.finished_at = NOW if not state.is_open else None
        contacts.change(session, session.get_one(Contact, pair[1]), {"city": "Bern"}, by=ANNA, at=NOW)
    page = viewer.get(f"/contacts/{pair[0]}")
    assert words in page.text
    assert bool(page.all("div", id="board-state", hx_trigger="every 2s")) is (state == DeliveryState.WAITING)
    assert "Last change by Anna Keller" in viewer.get(f"/contacts/{pair[1]}").text


def test_a_catalogue_number_used_twice_is_shown_and_nothing_more(
    viewer: Browser, session: Session, company: Company
) -> None:
    with transaction():
        session.add_all([Product(name=name, catalogue_number="B-1") for name in ("Balance", "Scale <b>")])
        session.add_all([Product(name=name, catalogue_number="") for name in ("Free", "Also free")])
        session.add(Product(name="Gone", catalogue_number="X-1", archived_at=NOW))
        session.add(Product(name="Alone", catalogue_number="X-1"))
    page = viewer.get("/products")
    assert "B-1: Balance , Scale <b>" in page.text
    assert "X-1:" not in page.text
