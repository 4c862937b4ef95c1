"""The quote form with htmx: totals while typing, saving, and two people on one quote."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from betterform.actions.quote_drafts import edition_of
from betterform.models.product import Product
from betterform.models.quote import Quote
from tests.browser import Browser
from tests.views.quotes.conftest import HTMX, Form

Fresh = Callable[[], Quote]


def test_totals_follow_what_is_typed_and_store_nothing(form: Form, fresh: Fresh, key: str) -> None:
    version = fresh().version
    answer = form.post(
        to="totals",
        discount="10",
        shipping="20",
        validity_days="10",
        date="2026-12-24",
        **{f"lines__{key}__quantity": "3", f"lines__{key}__unit_price": "99.95"},
    )
    assert answer.status == 200
    assert answer.words(f"net-{key}") == "299.85"
    totals = answer.words("totals")
    for words in ("Subtotal 299.85", "Discount -29.99", "Price after discount 269.86", "Shipping 20.00"):
        assert words in totals
    assert "8.1% on 289.86 23.48" in totals
    assert "Total CHF 313.34" in totals
    assert "313.34" in answer.words("bar-total")
    assert answer.words("expiry") == "3 Jan 2027"
    assert (fresh().version, fresh().lines[0].quantity) == (version, 2)


def test_totals_say_at_each_field_what_cannot_be_read(form: Form, key: str) -> None:
    answer = form.post(
        to="totals",
        discount="101",
        shipping="1,2,3",
        validity_days="9999",
        **{f"lines__{key}__quantity": "-1", f"lines__{key}__unit_price": "0.1234567"},
    )
    assert answer.status == 200
    assert answer.words("error-discount") == "At most 100 %."
    assert answer.words("error-shipping") == "This is not a number."
    assert answer.words("error-validity_days") == "At most 3,650."
    assert answer.words(f"error-lines-{key}-quantity") == "This cannot be negative."
    assert answer.words(f"error-lines-{key}-unit_price") == "At most 6 decimals fit here."
    assert answer.words(f"net-{key}") == "—"
    assert answer.words("expiry") == "—"


def test_a_total_past_counting_says_so(form: Form, fresh: Fresh, key: str) -> None:
    figures = {f"lines__{key}__quantity": "999999999", f"lines__{key}__unit_price": "999999999999"}
    assert "more than twelve digits" in form.post(to="totals", **figures).words("totals")
    assert form.post(**figures).status == 200
    assert fresh().total is None
    assert form.browser.get("/quotes").status == 200
    assert form.browser.get(f"/quotes/{form.quote_id}").status == 200


def test_saving_answers_with_the_new_version_and_the_paper(form: Form, fresh: Fresh) -> None:
    answer = form.post(subject="Lenses 🧪")
    assert answer.status == 200
    version = answer.parts["version"][0].get("value")
    assert version == edition_of(fresh())
    assert "Lenses 🧪" in answer.words("paper")
    assert fresh().subject == "Lenses 🧪"


def test_saving_twice_the_same_is_quiet(form: Form, fresh: Fresh) -> None:
    page = form.open()
    first = form.post(page=page, subject="Lenses")
    version = fresh().version
    second = form.post(page=page, subject="Lenses")
    assert (first.status, second.status) == (200, 200), (
        "an answer that was lost on the way is asked for again"
    )
    assert fresh().version == version


def test_a_new_line_comes_as_a_row(form: Form, fresh: Fresh) -> None:
    answer = form.post("add-line")
    assert f'id="line-{fresh().lines[1].key}"' in answer.html
    assert "lines" in answer.parts


def test_a_chosen_product_fills_its_row(form: Form, fresh: Fresh, key: str, probe: Product) -> None:
    answer = form.post(f"choose-product:{key}:{probe.id}")
    assert 'value="12.50"' in answer.html
    assert fresh().lines[0].product_id == probe.id
    assert "25.00" in answer.words(f"net-{key}")


def test_search_fields_offer_what_fits(
    form: Form, staff: Browser, key: str, probe: Product, quote: Quote
) -> None:
    address = f"/quotes/{form.quote_id}/lines/{key}/product-options"
    found = staff.client.get(
        address, query_string={f"lines-{key}-name": "PROBE 9", "currency": "EUR"}, headers=HTMX
    )
    text = found.get_data(as_text=True).replace("\xa0", " ")
    assert "Probe 9000" in text
    assert "€11.00" in text
    jpy = staff.client.get(
        address, query_string={f"lines-{key}-name": "9000", "currency": "<b>"}, headers=HTMX
    )
    assert jpy.status_code == 200
    assert "no &lt;b&gt; price" in jpy.get_data(as_text=True)
    for typed in ("MÜLLER", "alpenw", "bea@", "\0", "%" * 500, ""):
        found = staff.client.get(
            f"/quotes/{form.quote_id}/contact-options", query_string={"contact_query": typed}, headers=HTMX
        )
        assert found.status_code == 200
        assert ("Bea Müller" in found.get_data(as_text=True)) == ("%" not in typed)


def test_a_conflict_keeps_what_was_typed_and_changes_nothing(form: Form, fresh: Fresh) -> None:
    mine, theirs = form.open(), form.open()
    form.post(page=theirs, subject="Theirs")
    answer = form.post(page=mine, subject="Mine", notes="My long note")
    assert answer.status == 409
    assert "changed in another window" in answer.words("notices")
    assert answer.words("saved") == "Not saved"
    assert set(answer.parts) == {"notices", "saved"}, "no field is touched"
    assert (fresh().subject, fresh().notes) == ("Theirs", "")


def test_keep_mine_writes_mine_over_the_version_that_was_seen(form: Form, fresh: Fresh) -> None:
    mine, theirs = form.open(), form.open()
    form.post(page=theirs, subject="Theirs")
    seen = edition_of(fresh())
    assert form.post(f"keep-mine:{seen}", page=mine, subject="Mine").status == 200
    assert fresh().subject == "Mine"
    assert form.post(f"keep-mine:{seen}", page=mine, subject="Too late").status == 409
    assert fresh().subject == "Mine"


def test_without_scripts_a_conflict_is_a_page_with_everything_typed(
    form: Form, fresh: Fresh, key: str
) -> None:
    mine, theirs = form.open(), form.open()
    form.press(page=theirs, subject="Theirs")
    page = form.press(
        page=mine, status=409, subject="Mine", notes="Note", **{f"lines__{key}__quantity": "two"}
    )
    values = page.form(form.address)
    assert (values["subject"], values["notes"], values[f"lines-{key}-quantity"]) == ("Mine", "Note", "two")
    form.press(f"keep-mine:{edition_of(fresh())}", page=page)
    assert (fresh().subject, fresh().notes) == ("Mine", "Note")


def test_issuing_leads_on_or_lists_the_problems(form: Form, fresh: Fresh, key: str) -> None:
    answer = form.post("issue")
    assert (answer.status, answer.headers["HX-Redirect"]) == (204, f"/quotes/{form.quote_id}/issue")
    answer = form.post("issue", **{f"lines__{key}__quantity": "0"})
    assert answer.status == 422
    assert answer.words(f"error-lines-{key}-quantity") == "The quantity must be more than zero."
    assert "The quantity must be more than zero" in answer.words("notices")
    assert answer.parts["version"][0].get("value") == edition_of(fresh())
    assert fresh().lines[0].quantity == Decimal(0)


def test_figures_are_read_and_shown_as_the_company_writes_them(form: Form, fresh: Fresh, key: str) -> None:
    from betterform.db import transaction
    from betterform.models.company import Company

    with transaction() as session:
        session.get_one(Company, 1).locale = "de"
    answer = form.post(**{f"lines__{key}__quantity": "1.234,5", f"lines__{key}__unit_price": "0,10"})
    assert "123,45" in answer.words(f"net-{key}")
    values = form.open().form(form.address)
    assert (values[f"lines-{key}-quantity"], values[f"lines-{key}-unit_price"]) == ("1234,5", "0,10")
