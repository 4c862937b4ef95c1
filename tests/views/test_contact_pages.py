"""Contacts as full pages: found, added, corrected by two people at once, archived, imported, exported."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import catalogue, contacts
from betterform.actions.archiving import is_archived_here
from betterform.actions.catalogue import Outcome
from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery
from betterform.models.invoice import Invoice
from tests.browser import Browser, Page, proofread
from tests.quotes import ANNA, NOW, TODAY, a_contact, a_draft


@pytest.fixture
def bea(session: Session, company: Company) -> int:
    with transaction():
        return a_contact(session, mid="111", city="Bern", country_code="CH").id


def upload(staff: Browser, text: str, address: str = "/contacts/import") -> Page:
    page = staff.get(address)
    # Written by hand: the test client would leave a temporary file open for a large one.
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n--cut\r\n'
    body = "--cut\r\n" + head.format("csrf_token", token(page))
    body += head.format('file"; filename="list.csv', text).removesuffix("\r\n") + "--\r\n"
    answer = staff.client.post(address, data=body.encode(), content_type="multipart/form-data; boundary=cut")
    return proofread(Page(answer))


def token(page: Page) -> str:
    return page.form("/logout")["csrf_token"]


def test_filters_and_order_live_in_the_address(viewer: Browser, session: Session, bea: int) -> None:
    with transaction():
        a_contact(session, last_name="Aab", country_code="DE", language="fr")
        a_contact(session, last_name="Gone", archived_at=NOW)
    assert "1 in all" in viewer.get("/contacts?country=CH").text
    assert "Aab" in viewer.get("/contacts?language=fr&board=no").text
    assert "1 in all" in viewer.get("/contacts?board=yes").text
    assert "Gone" in viewer.get("/contacts?state=archived").text
    assert "Gone" not in viewer.get("/contacts").text
    page = viewer.get("/contacts?order=-name&q=&country=")
    names = [row for row in page.text.split() if row in ("Aab", "Müller")]
    assert names == ["Müller", "Aab"]
    assert page.response.request.query_string == b"order=-name"
    assert "No contact is like that" in viewer.get("/contacts?country=FR").text
    viewer.get("/contacts?country=XX&order=drop&state=%00&board=x")


def test_a_contact_is_added_once_however_often_the_button_is_pressed(
    staff: Browser, session: Session, company: Company
) -> None:
    page = staff.get("/contacts/new")
    for _ in range(2):
        shown = staff.send(page, "/contacts/new", last_name="Neu", email="neu@x.example")
        assert shown.heading == "Neu"
    assert session.query(Contact).count() == 1
    assert session.query(Delivery).count() == 1


def test_what_does_not_fit_is_said_beside_its_field_and_kept(staff: Browser, company: Company) -> None:
    page = staff.send(staff.get("/contacts/new"), "/contacts/new", status=422, email="nobody", city="Bern")
    assert "not an e-mail address" in page.error_at("email")
    assert page.form("/contacts/new")["city"] == "Bern"
    empty = staff.send(staff.get("/contacts/new"), "/contacts/new", status=422)
    assert "at least a name" in empty.error_at("last_name")


def test_two_people_at_once_see_each_others_changes(staff: Browser, session: Session, bea: int) -> None:
    address = f"/contacts/{bea}/edit"
    page = staff.get(address)
    with transaction():
        values = {"city": "Thun", "phone": "+41 1"}
        contacts.change(session, session.get_one(Contact, bea), values, by=ANNA, at=NOW)
    second = staff.send(page, address, status=409, city="Chur")
    assert "Anna Keller saved this contact while you were editing" in second.text
    assert "Saved meanwhile: Thun" in second.text
    assert (second.form(address)["city"], second.form(address)["phone"]) == ("Chur", "+41 1")
    session.rollback()
    assert session.get_one(Contact, bea).city == "Thun"
    staff.send(second, address)
    session.rollback()
    contact = session.get_one(Contact, bea)
    assert (contact.city, contact.phone) == ("Chur", "+41 1")
    again = staff.send(second, address)  # pressed twice: it is there already
    assert again.address == f"/contacts/{bea}"


def test_archived_here_it_stays_so_whatever_the_board_says(
    staff: Browser, session: Session, bea: int
) -> None:
    page = staff.send(staff.get(f"/contacts/{bea}"), f"/contacts/{bea}/archive")
    assert "does not archive or delete people's items" in page.text
    with transaction():
        contact, outcome = catalogue.take_contact(session, mid="111", values={"city": "Genf"}, at=NOW)
        assert outcome is Outcome.CHANGED
        assert is_archived_here(session, contact)
    assert "restore it first" in staff.get(f"/contacts/{bea}/edit").text
    back = staff.send(page, f"/contacts/{bea}/restore")
    assert "in use again" in back.text
    session.rollback()
    assert session.get_one(Contact, bea).mid == "111"


def test_what_left_the_board_is_brought_back_with_a_new_item(
    staff: Browser, session: Session, bea: int
) -> None:
    with transaction():
        catalogue.archive(session, Contact, mid="111", at=NOW)
    page = staff.get(f"/contacts/{bea}")
    assert "Its item was archived or deleted on the board" in page.text
    staff.send(page, f"/contacts/{bea}/restore")
    session.rollback()
    contact = session.get_one(Contact, bea)
    assert (contact.mid, contact.archived_at) == (None, None)
    assert session.query(Delivery).one().record_id == bea


def test_who_may_only_read_changes_nothing(viewer: Browser, bea: int) -> None:
    page = viewer.get(f"/contacts/{bea}")
    assert "Edit" not in page.text
    for address in ("/contacts/new", f"/contacts/{bea}/edit", "/contacts/import"):
        viewer.get(address, status=403)
    answer = viewer.client.post(f"/contacts/{bea}/archive", data={"csrf_token": token(page)})
    assert answer.status_code == 403


def test_a_contact_shows_the_latest_papers_and_leads_to_all(
    viewer: Browser, session: Session, company: Company
) -> None:
    with transaction():
        draft = a_draft(session, company)
        other = draft.contact_id
        for number in range(12):
            session.add(
                Invoice(
                    contact_id=other,
                    date=TODAY,
                    due=TODAY,
                    currency="CHF",
                    total=number,
                    subject=f"S{number}",
                )
            )
    page = viewer.get(f"/contacts/{other}")
    assert "The latest 10 of 12" in page.text
    assert "Probes for Bern" in page.text
    assert "12 in all" in viewer.get(f"/contacts/{other}/invoices").text
    viewer.get(f"/contacts/{other}/quotes")


def test_what_is_shown_is_what_is_exported(viewer: Browser, session: Session, bea: int) -> None:
    with transaction():
        a_contact(session, last_name="Elsewhere", company="=cmd")
    text = viewer.client.get("/contacts/export.csv?country=CH").get_data(as_text=True)
    assert text.startswith("\ufeff")
    assert "Müller" in text
    assert "Elsewhere" not in text
    assert '"\'=cmd"' in viewer.client.get("/contacts/export.csv").get_data(as_text=True)


def test_a_file_is_looked_at_changed_and_imported_once(staff: Browser, session: Session, bea: int) -> None:
    page = upload(staff, "Mail;Wo\nbea@alpenwerk.example;Chur\nneu@x.example;Biel\n")
    assert "Changed 0" in page.text  # "Wo" is no word for a town
    looked = staff.send(page, "/contacts/import", **{"column-1": "city", "action": "look"})
    assert "Bern → Chur" in looked.text
    done = staff.send(looked, "/contacts/import", action="import")
    assert "1 added, 1 changed" in done.text
    again = staff.send(looked, "/contacts/import", action="import")
    assert "imported already" in again.text
    session.rollback()
    assert session.get_one(Contact, bea).city == "Chur"
    assert session.scalars(select(Contact).where(Contact.email == "neu@x.example")).one().city == "Biel"
    assert "list.csv (1 added, 1 changed)" in staff.get("/contacts/import").text


def test_an_import_that_is_out_of_date_is_shown_anew(staff: Browser, session: Session, bea: int) -> None:
    page = upload(staff, "Mail;Ort\nbea@alpenwerk.example;Chur\n")
    with transaction():
        session.get_one(Contact, bea).city = "Thun"
    stale = staff.send(page, "/contacts/import", status=409, action="import")
    assert "Something has changed since you looked" in stale.text
    assert "Thun → Chur" in stale.text
    staff.send(stale, "/contacts/import", action="import")


@pytest.mark.parametrize(
    "typed", [{"carried": "x"}, {"carried": ""}, {"carried": "eJw.x", "action": "import"}]
)
def test_a_file_that_was_lost_is_asked_for_again(
    staff: Browser, company: Company, typed: dict[str, str]
) -> None:
    page = staff.get("/contacts/import")
    answer = Page(staff.client.post("/contacts/import", data={"csrf_token": token(page), **typed}))
    assert answer.status == 422
    assert proofread(answer).error_at("file")


def test_a_large_file_is_let_in_to_be_told_that_it_is_too_large(staff: Browser, company: Company) -> None:
    page = upload(staff, "Mail\n" + "x" * (11 * 1024 * 1024))
    assert "At most 10 MB fit" in page.error_at("file")


def test_one_field_for_two_columns_is_refused(staff: Browser, company: Company) -> None:
    page = upload(staff, "Mail;Ort\na@b.example;Chur\n")
    wrong = staff.send(page, "/contacts/import", status=422, **{"column-1": "email", "action": "import"})
    assert "chosen for several columns" in wrong.text
