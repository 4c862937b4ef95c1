"""Who may open and send what; the list, the PDF, the dialogs, and how often the database is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import history
from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.models.user import User
from tests.browser import Browser
from tests.conftest import PASSWORD
from tests.databases import everywhere
from tests.quotes import a_draft, add_line
from tests.views.quotes.conftest import HTMX, Form

Fresh = Callable[[], Quote]
MOST_QUERIES = 16

READ = ["/quotes", "/quotes/1", "/quotes/1/deliveries", "/form/4711"]
STAFF_ONLY = [
    "/quotes/new",
    "/quotes/1/edit",
    "/quotes/1/issue",
    "/quotes/1/contact/new",
    "/quotes/1/contact/edit",
    "/quotes/1/lines/{key}/product/new",
    "/quotes/1/contact-options",
    "/quotes/1/lines/{key}/product-options",
]
POSTS = [
    "/quotes/new",
    "/quotes/1/edit",
    "/quotes/1/totals",
    "/quotes/1/issue",
    "/quotes/1/link",
    "/quotes/1/link/revocation",
    "/quotes/1/contact/new",
    "/quotes/1/contact/edit",
    "/quotes/1/lines/{key}/product/new",
]


def test_a_viewer_reads_everything_and_changes_nothing(viewer: Browser, fresh: Fresh, key: str) -> None:
    for address in READ:
        assert viewer.client.get(address, follow_redirects=True).status_code == 200, address
    for address in STAFF_ONLY:
        assert viewer.client.get(address.format(key=key)).status_code == 403, address
    token = viewer.get("/").form("/logout")["csrf_token"]
    for address in POSTS:
        sent = viewer.client.post(address.format(key=key), data={"csrf_token": token, "subject": "Mine"})
        assert sent.status_code == 403, address
    assert (fresh().subject, fresh().state) == ("Probes for Bern", "draft")


def test_nobody_is_sent_to_the_sign_in(browser: Browser, quote: Quote, key: str) -> None:
    for address in (*READ, *STAFF_ONLY, "/quotes/1/pdf", "/pdf/quotes/1"):
        sent = browser.client.get(address.format(key=key))
        assert (sent.status_code, sent.headers["Location"].split("?")[0]) == (302, "/login"), address
    for address in POSTS:
        assert browser.client.post(address.format(key=key)).status_code in (400, 401), address


def test_what_is_not_there_is_not_found(staff: Browser, quote: Quote, key: str) -> None:
    token = staff.get("/").form("/logout")["csrf_token"]
    for number in ("999", "9" * 18, "9" * 40):
        for address in (*READ[1:3], *STAFF_ONLY[1:], "/quotes/1/pdf"):
            sent = staff.client.get(
                address.format(key=key).replace("/1/", f"/{number}/").replace("quotes/1", f"quotes/{number}")
            )
            assert sent.status_code == 404 or "contact-options" in address, (address, number)
        for address in POSTS[1:]:
            sent = staff.client.post(
                address.format(key=key).replace("/1/", f"/{number}/"), data={"csrf_token": token}
            )
            assert sent.status_code == 404, address
    for address in (
        "/form/1",
        "/form/%00",
        "/form/" + "9" * 500,
        "/quotes/1/lines/77/product/new",
        "/quotes/abc",
    ):
        assert staff.client.get(address).status_code == 404, address


@pytest.mark.parametrize(
    "query",
    [
        "page=99999999999999999999",
        "page=-1",
        "page=x",
        "q=%00",
        "q=" + "%25" * 300,
        "state=lost",
        "q=a&q=b",
        "state=draft&q=probes",
    ],
)
def test_the_list_takes_any_question(viewer: Browser, quote: Quote, query: str) -> None:
    viewer.get(f"/quotes?{query}")


@pytest.mark.parametrize("typed", ["probes", "MÜLLER", "alpenwerk", "4711", "bea bern"])
def test_quotes_are_found_by_what_a_person_types(viewer: Browser, quote: Quote, typed: str) -> None:
    page = viewer.get("/quotes", query_string={"q": typed})
    assert "Probes for Bern" in page.text
    assert "Probes for Bern" not in viewer.get("/quotes", query_string={"q": f"{typed} nobody"}).text


def test_long_lists_and_forms_ask_the_database_no_more_than_short_ones(
    staff: Browser, session: Session, company: Company, quote: Quote, probe: Product, queries: list[str]
) -> None:
    def asked(address: str) -> int:
        queries.clear()
        assert staff.client.get(address).status_code == 200
        return len([statement for statement in queries if statement.startswith("SELECT")])

    addresses = ("/quotes", "/quotes/1/edit", "/quotes/1")
    short = [asked(address) for address in addresses]
    with transaction():
        for number in range(20):
            a_draft(session, company)
            add_line(quote, company, name=f"Line {number}", unit_price=Decimal(1), product_id=probe.id)
    long = [asked(address) for address in addresses]
    # The form asks for the products of its lines and their prices once.
    assert [later - before for before, later in zip(short, long, strict=True)] == [0, 2, 0]
    assert max(long) <= MOST_QUERIES


def test_saving_asks_the_database_a_bounded_number_of_times(form: Form, queries: list[str]) -> None:
    page = form.open()
    queries.clear()
    form.post(page=page, subject="Lenses")
    assert len(queries) <= 30, queries


def test_a_draft_is_previewed_and_an_issued_pdf_stays(
    form: Form, staff: Browser, viewer: Browser, fresh: Fresh
) -> None:
    preview = viewer.client.get("/quotes/1/pdf")
    assert preview.data.startswith(b"%PDF-")
    assert "draft-1.pdf" in preview.headers["Content-Disposition"]
    staff.send(form.press("issue"), "/quotes/1/issue")
    first, second = viewer.client.get("/quotes/1/pdf"), staff.client.get("/quotes/1/pdf")
    assert first.data == second.data
    assert first.data != preview.data
    assert first.headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
    older = viewer.client.get("/pdf/quotes/1")
    assert (older.status_code, older.headers["Location"]) == (301, "/quotes/1/pdf")


def test_a_link_is_renewed_and_closed(form: Form, staff: Browser) -> None:
    page = staff.send(form.press("issue"), "/quotes/1/issue")
    (old,) = [a.get("href", "") for a in page.all("a") if "/d/" in a.get("href", "")]
    page = staff.send(page, "/quotes/1/link")
    (new,) = [a.get("href", "") for a in page.all("a") if "/d/" in a.get("href", "")]
    assert old != new
    page = staff.send(page, "/quotes/1/link/revocation")
    assert "The link is closed." in page.text


def test_a_new_contact_reaches_database_quote_and_outbox(
    form: Form, staff: Browser, session: Session, fresh: Fresh
) -> None:
    address = "/quotes/1/contact/new"
    page = staff.get(f"{address}?contact_query=Zoë Öz")
    assert (page.form(address)["first_name"], page.form(address)["last_name"]) == ("Zoë", "Öz")
    wrong = staff.send(page, address, status=422, email="no address", country_code="QQ")
    assert wrong.form(address)["email"] == "no address"
    assert "This is not an e-mail address." in wrong.text
    nameless = staff.send(page, address, status=422, first_name="", last_name="")
    assert "Enter at least a name" in nameless.text
    version = fresh().version
    page = staff.send(page, address, email="zoe@oez.example", country_code="CH", company="<i>Öz</i> AG")
    assert "<i>Öz</i> AG" in page.text
    contact = fresh().contact
    assert contact is not None
    assert (contact.first_name, contact.last_name, contact.country_code) == ("Zoë", "Öz", "CH")
    assert fresh().version > version
    assert f"contact:{contact.id}" in session.scalars(select(Delivery.open_key)).all()
    assert [entry.event for entry in history.of(session, contact)] == ["created"]

    page = staff.get("/quotes/1/contact/edit")
    staff.send(page, "/quotes/1/contact/edit", phone="+41 31 000 00 00")
    session.rollback()
    assert session.get_one(Contact, contact.id, populate_existing=True).phone == "+41 31 000 00 00"


def test_a_new_product_reaches_catalogue_line_and_outbox(
    form: Form, staff: Browser, session: Session, fresh: Fresh, key: str
) -> None:
    address = f"/quotes/1/lines/{key}/product/new"
    page = staff.get(address)
    assert page.form(address)["name"] == "Fibre probe"
    wrong = staff.send(page, address, status=422, name="", price_eur="cheap", price_chf="-1")
    assert wrong.form(address)["price_eur"] == "cheap"
    assert "This is not a number." in wrong.text
    version = fresh().version
    page = staff.send(
        page, address, name="Lens 🧪", catalogue_number="HI-1", price_chf="99.5", price_eur="90"
    )
    line = fresh().lines[0]
    assert (line.name, line.catalogue_number, line.unit_price) == ("Lens 🧪", "HI-1", Decimal("99.5"))
    assert fresh().version > version
    product = session.get_one(Product, line.product_id)
    assert (product.price_in("CHF"), product.price_in("EUR"), product.price_in("USD")) == (
        Decimal("99.5"),
        90,
        None,
    )
    assert f"product:{product.id}" in session.scalars(select(Delivery.open_key)).all()


def test_a_dialog_answers_with_the_parts_of_the_page(form: Form, staff: Browser) -> None:
    token = form.open().form(form.address)["csrf_token"]
    opened = staff.client.get("/quotes/1/contact/new?contact_query=zoe@oez.example", headers=HTMX).get_data(
        as_text=True
    )
    assert "<html" not in opened
    assert "zoe@oez.example" in opened
    refused = staff.client.post("/quotes/1/contact/new", data={"csrf_token": token}, headers=HTMX)
    assert (refused.status_code, b"<html" in refused.data) == (422, False)
    added = staff.client.post(
        "/quotes/1/contact/new", data={"csrf_token": token, "company": "Öz AG", "language": ""}, headers=HTMX
    )
    assert added.status_code == 200
    assert "data-dialog-done" in added.get_data(as_text=True)
    assert "Öz AG" in added.get_data(as_text=True)


@everywhere
def test_a_quote_is_written_and_issued_on_every_database(
    app: Flask, session: Session, company: Company, people: dict[str, User], quote: Quote, probe: Product
) -> None:
    browser = Browser.on(app)
    browser.sign_in("staff@example.org", PASSWORD)
    form = Form(browser, quote.id)
    key = quote.lines[0].key
    form.press("add-line", subject="🧪 Müller", **{f"lines__{key}__quantity": "zwei"})
    assert form.post(f"choose-product:{key}:{probe.id}", **{f"lines__{key}__quantity": "3"}).status == 200
    assert form.post(to="totals", shipping="5").status == 200
    browser.get("/quotes?q=MÜLLER")
    for address in ("/quotes?q=%00", f"/quotes/{quote.id}/contact-options?contact_query=%00ß"):
        assert browser.client.get(address).status_code == 200
    assert browser.client.get("/form/%00").status_code == 404
    page = browser.send(form.press("issue"), f"/quotes/{quote.id}/issue")
    assert page.heading == "Quote Q-2026-0001"
    pdf = browser.client.get(f"/quotes/{quote.id}/pdf")
    assert pdf.data.startswith(b"%PDF-")
    session.rollback()
    session.expire_all()
    assert (quote.state, quote.total) == ("sent", Decimal("40.54"))
