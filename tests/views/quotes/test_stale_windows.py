"""A window that has not seen what another one saved never overwrites it, whichever way it saves."""

from __future__ import annotations

from betterform.models.quote import Quote
from tests.views.quotes.conftest import HTMX, Form


def version_in(html: str) -> str:
    return html.split('name="version" id="version" value="')[1].split('"', maxsplit=1)[0]


def test_a_dialog_in_a_stale_window_leaves_the_window_stale(form: Form, quote: Quote) -> None:
    mine = form.open()
    form.post(notes="Saved by the other window")
    answer = form.browser.client.post(
        f"/quotes/{quote.id}/contact/new",
        data={
            "csrf_token": mine.form(form.address)["csrf_token"],
            "version": mine.form(form.address)["version"],
            "last_name": "Newcomer",
            "email": "newcomer@example.org",
            "language": "",
        },
        headers=HTMX,
    )
    assert answer.status_code == 200
    given = version_in(answer.get_data(as_text=True))
    refused = form.post(page=mine, version=given, subject="Typed in the stale window")
    assert refused.status == 409
    assert "Saved by the other window" in form.open().html


def test_a_dialog_in_a_window_up_to_date_keeps_it_so(form: Form, quote: Quote) -> None:
    mine = form.open()
    answer = form.browser.client.post(
        f"/quotes/{quote.id}/contact/new",
        data={
            "csrf_token": mine.form(form.address)["csrf_token"],
            "version": mine.form(form.address)["version"],
            "last_name": "Newcomer",
            "email": "newcomer@example.org",
            "language": "",
        },
        headers=HTMX,
    )
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
