"""A window that has not seen what another one saved never overwrites it, whichever way it saves."""

from __future__ import annotations

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from betterform.models.contact import Contact
from betterform.models.quote import Quote
from tests.browser import Page
from tests.views.quotes.conftest import HTMX, Form


def add_contact_from(window: Page, form: Form) -> TestResponse:
    """Add a contact in the dialog of a window that shows the page `window`."""
    shown = window.form(form.address)
    return form.browser.client.post(
        f"/quotes/{form.quote_id}/contact/new",
        data={
            "csrf_token": shown["csrf_token"],
            "version": shown["version"],
            "last_name": "Newcomer",
            "email": "newcomer@example.org",
            "language": "",
        },
        headers=HTMX,
    )


def version_in(html: str) -> str:
    return html.split('name="version" id="version" value="')[1].split('"', maxsplit=1)[0]


def test_a_dialog_in_a_stale_window_leaves_the_window_stale(form: Form, quote: Quote) -> None:
    mine = form.open()
    form.post(notes="Saved by the other window")
    answer = add_contact_from(mine, form)
    assert answer.status_code == 200
    given = version_in(answer.get_data(as_text=True))
    refused = form.post(page=mine, version=given, subject="Typed in the stale window")
    assert refused.status == 409
    assert "Saved by the other window" in form.open().html


def test_a_dialog_in_a_window_up_to_date_keeps_it_so(form: Form, quote: Quote) -> None:
    mine = form.open()
    answer = add_contact_from(mine, form)
    html = answer.get_data(as_text=True)
    contact = html.split('name="contact_id" value="')[1].split('"')[0]
    saved = form.post(page=mine, version=version_in(html), contact_id=contact, subject="Typed afterwards")
    assert saved.status == 200
    assert "Typed afterwards" in form.open().html


def test_two_people_who_correct_one_contact_do_not_overwrite_each_other(form: Form, quote: Quote) -> None:
    address = f"/quotes/{quote.id}/contact/edit"
    mine = form.browser.get(address)
    form.browser.send(mine, address, phone="+41 31 111 11 11")
    refused = form.browser.send(mine, address, status=409, city="Typed on the stale page")
    assert "changed this contact in the meantime" in refused.text
    assert form.browser.get(address).form(address)["phone"] == "+41 31 111 11 11"


def test_what_is_issued_is_what_was_confirmed(form: Form, quote: Quote) -> None:
    address = f"/quotes/{quote.id}/issue"
    seen = form.browser.get(address)
    form.post(subject="Changed by another window")
    again = form.browser.send(seen, address)
    assert "has changed since you looked" in again.text
    assert again.heading == "Issue this quote?"
    issued = form.browser.send(again, address)
    assert issued.heading.startswith("Quote Q-")
    assert "Changed by another window" in issued.text


def test_a_contact_form_that_is_sent_twice_makes_one_contact(
    form: Form, quote: Quote, session: Session
) -> None:
    address = f"/quotes/{quote.id}/contact/new"
    page = form.browser.get(address)
    before = session.query(Contact).count()
    session.rollback()
    for _ in range(2):
        form.browser.send(page, address, last_name="Doubleclick", email="double@example.org")
    assert session.query(Contact).count() == before + 1


def test_starting_a_quote_twice_with_one_form_starts_one(form: Form, session: Session) -> None:
    page = form.browser.get("/quotes/new")
    before = session.query(Quote).count()
    session.rollback()
    for _ in range(2):
        form.browser.send(page, "/quotes/new", subject="Doubleclick")
    assert session.query(Quote).count() == before + 1
