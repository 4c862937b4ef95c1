"""Fields read what people type in their language, and keep what cannot be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from betterform.actions.quote_drafts import DraftFacts
from betterform.forms.fields import clean
from betterform.forms.quote import MOST_LINES, Choices, QuoteForm

BEFORE = SimpleNamespace(date=date(2026, 1, 1), validity_days=30, currency="CHF")


@pytest.fixture(autouse=True)
def _in_a_request(app: Flask):
    with app.test_request_context():
        yield


def form_of(typed: dict[str, str] | list[tuple[str, str]], locale: str = "en") -> QuoteForm:
    form = QuoteForm(MultiDict(typed), Choices(rates=((1, "8.1% MWST"),), locale=locale))
    form.validate_typed()
    return form


def facts_of(typed: dict[str, str] | list[tuple[str, str]], locale: str = "en") -> DraftFacts:
    return form_of(typed, locale).facts(BEFORE)


@pytest.mark.parametrize(
    ("locale", "typed", "number"),
    [
        ("en", "1,234.50", "1234.50"),
        ("en", "1,234", "1234"),
        ("de-CH", "1'234.50", "1234.50"),
        ("de-CH", "1’234.50", "1234.50"),
        ("de", "1.234,50", "1234.50"),
        ("de", "1.234", "1234"),
        ("fr", "1 234,50", "1234.50"),
        ("fr", "1\u202f234,50", "1234.50"),
        ("fr_CH", "12,5", "12.5"),
        ("en", " 7 ", "7"),
    ],
)
def test_numbers_are_read_as_people_write_them(locale: str, typed: str, number: str) -> None:
    facts = facts_of({"shipping": typed, "lines-1-quantity": typed}, locale)
    assert facts.shipping == facts.lines[0].quantity == Decimal(number)
    assert "shipping" not in facts.unparsed


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("shipping", "a lot", "This is not a number."),
        ("shipping", "-1", "This cannot be negative."),
        ("shipping", "9" * 30, "This number is too large."),
        ("shipping", "1.1234567", "At most 6 decimals fit here."),
        ("shipping", "1" * 50, "This number is too long."),
        ("shipping", "NaN", "This is not a number."),
        ("discount", "100.01", "At most 100 %."),
        ("validity_days", "1.5", "Whole numbers only."),
        ("validity_days", "4000", "At most 3,650."),
        ("validity_days", "-1", "This cannot be negative."),
        ("date", "2026-02-30", "This is not a date."),
        ("date", "tomorrow", "This is not a date."),
        ("date", "0001-01-01", "This date is too far away."),
        ("date", "9999-12-31", "This date is too far away."),
        ("subject", "x" * 256, "At most 255 characters fit here; these are 256."),
        ("notes", "x" * 10_001, "At most 10000 characters fit here; these are 10001."),
        ("lines-1-quantity", "-2", "This cannot be negative."),
        ("lines-1-quantity", "1000000000", "At most 999,999,999."),
        ("lines-1-discount", "101", "At most 100 %."),
        ("lines-1-unit", "x" * 21, "At most 20 characters fit here; these are 21."),
        ("currency", "chf", "Choose a currency."),
    ],
)
def test_what_cannot_be_taken_has_its_message_and_stays_as_typed(
    field: str, typed: str, message: str
) -> None:
    form = form_of({"currency": "CHF", field: typed})
    assert form.messages()[field] == message
    facts = form.facts(BEFORE)
    assert facts.unparsed[field] == typed
    again = form_of({"currency": "CHF", field: facts.unparsed[field]})
    assert again.messages() == form.messages()


def test_zero_and_nothing_are_told_apart() -> None:
    facts = facts_of({"lines-1-quantity": "0", "lines-1-unit_price": ""})
    assert (facts.lines[0].quantity, facts.lines[0].unit_price) == (0, None)
    assert facts.shipping == 0


def test_an_amount_may_be_more_than_a_hundred() -> None:
    facts = facts_of(
        {
            "discount": "250",
            "discount_kind": "amount",
            "lines-1-discount": "150",
            "lines-1-discount_kind": "amount",
        }
    )
    assert (facts.discount, facts.lines[0].discount) == (250, 150)


def test_an_emptied_date_is_asked_for_and_not_put_back_silently() -> None:
    facts = facts_of({"date": "", "validity_days": ""})
    assert (facts.date, facts.validity_days) == (BEFORE.date, 30)
    assert {"date", "validity_days"} <= set(facts.unparsed)


def test_lines_stand_in_the_order_of_the_page() -> None:
    facts = facts_of(
        [("lines-30-name", "a"), ("lines-4-name", "b"), ("lines-30-unit", "pc"), ("lines-11-name", "c")]
    )
    assert [(line.key, line.name) for line in facts.lines] == [("30", "a"), ("4", "b"), ("11", "c")]


def test_names_that_are_no_lines_are_passed_over() -> None:
    names = ["lines", "lines-", "lines--name", "lines-x-name", "lines-²-name", "lines-" + "9" * 13 + "-name"]
    assert facts_of([(name, "x") for name in names]).lines == ()


def test_five_thousand_lines_are_read_and_one_more_is_noticed() -> None:
    def typed(count: int) -> dict[str, str]:
        return {f"lines-{number}-name": "x" for number in range(1, count + 1)}

    form = QuoteForm(MultiDict(typed(MOST_LINES + 1)), Choices(rates=()))
    assert form.has_too_many_lines
    fits = QuoteForm(MultiDict(typed(MOST_LINES)), Choices(rates=()))
    assert not fits.has_too_many_lines
    assert len(fits.lines) == MOST_LINES


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("a\0b\x07c\x1b\x7f", "abc"),
        ("a\ud800b", "ab"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("  \t x \n", "x"),
        ("🧪 שלום <b>", "🧪 שלום <b>"),
        (None, ""),
    ],
)
def test_text_is_cleaned_of_what_no_document_may_hold(typed: str | None, text: str) -> None:
    assert clean(typed) == text


def test_hidden_fields_are_not_believed() -> None:
    facts = facts_of(
        {"contact_id": "1 OR 1=1", "shipping_tax": "rate:x", "discount_kind": "gift", "lines-1-kind": "joke",
         "lines-1-tax_rate_id": "٣", "lines-1-product_id": "9" * 30, "lines-1-discount_kind": ""}
    )  # fmt: skip
    line = facts.lines[0]
    assert (facts.contact_id, facts.shipping_tax, facts.shipping_tax_rate_id) == (None, "largest", None)
    assert (facts.discount_kind, line.kind, line.tax_rate_id, line.product_id, line.discount_kind) == (
        "percent", "item", None, None, "percent",
    )  # fmt: skip
