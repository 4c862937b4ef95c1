"""Decimals of currencies, rounding, and figures as people of several languages write and type them."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterform.errors import InvalidInput
from betterform.money import (
    decimals_of,
    format_amount,
    format_for_editing,
    format_money,
    format_number,
    format_percent,
    format_price,
    format_quantity,
    is_currency,
    parse_decimal,
    plain,
    round_money,
    round_to_step,
    unit_of,
)

LOCALES = ("en", "en-GB", "de", "de-CH", "de_AT", "fr", "fr-CH", "it", "it-CH")


@pytest.mark.parametrize(
    ("currency", "decimals"), [("CHF", 2), ("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]
)
def test_decimals_come_from_the_cldr(currency: str, decimals: int) -> None:
    assert decimals_of(currency) == decimals
    assert unit_of(currency) == Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize("code", ["", "chf", "XYZ", "BTC", "SWISS FRANC", "CHF ", "\x00"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(InvalidInput) as refused:
        decimals_of(code)
    assert list(refused.value.fields) == ["currency"]


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.125", "CHF", "0.13"),
        ("-0.125", "CHF", "-0.13"),
        ("2.675", "EUR", "2.68"),
        ("1.005", "USD", "1.01"),
        ("0.124999999999", "CHF", "0.12"),
        ("163.725", "SAR", "163.73"),
        ("0.5", "JPY", "1"),
        ("2.5", "JPY", "3"),
        ("1.0005", "KWD", "1.001"),
        ("7", "CHF", "7.00"),
        ("-0.001", "CHF", "0.00"),
        ("12345678901234567890123456789012345678901234567890.005", "CHF", None),
    ],
)
def test_a_half_goes_away_from_zero(amount: str, currency: str, rounded: str | None) -> None:
    if rounded is None:
        rounded = "12345678901234567890123456789012345678901234567890.01"
    assert str(round_money(Decimal(amount), currency)) == rounded


def test_an_amount_too_large_to_round_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too large"):
        round_money(Decimal(10) ** 60, "CHF")
    with pytest.raises(InvalidInput, match="too large"):
        round_money(Decimal("Infinity"), "CHF")
    with pytest.raises(InvalidInput, match="too large"):
        round_to_step(Decimal(10) ** 60, Decimal("0.05"))


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [
        ("12.37", "0.05", "12.35"),
        ("12.375", "0.05", "12.40"),
        ("-12.375", "0.05", "-12.40"),
        ("578.75", "1.00", "579.00"),
        ("12.34", "0.01", "12.34"),
        ("0.02", "0.05", "0.00"),
        ("11", "0.3", "11.1"),
    ],
)
def test_rounding_to_a_step(amount: str, step: str, rounded: str) -> None:
    assert str(round_to_step(Decimal(amount), Decimal(step))) == rounded


@pytest.mark.parametrize("step", ["0", "-0.05", "NaN", "Infinity"])
def test_a_step_must_be_more_than_zero(step: str) -> None:
    with pytest.raises(InvalidInput):
        round_to_step(Decimal(1), Decimal(step))


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", ["CHF\xa01,234,567.50", "-€0.50", "¥1,235", "KWD\xa01.000"]),
        ("de", ["1.234.567,50\xa0CHF", "-0,50\xa0€", "1.235\xa0¥", "1,000\xa0KWD"]),
        ("de-CH", ["CHF\xa01’234’567.50", "EUR-0.50", "¥\xa01’235", "KWD\xa01.000"]),
        ("fr", ["1\u202f234\u202f567,50\xa0CHF", "-0,50\xa0€", "1\u202f235\xa0JPY", "1,000\xa0KWD"]),
        ("it", ["1.234.567,50\xa0CHF", "-0,50\xa0€", "1.235\xa0JPY", "1,000\xa0KWD"]),
    ],
)
def test_money_as_each_language_writes_it(locale: str, written: list[str]) -> None:
    amounts = [("1234567.5", "CHF"), ("-0.5", "EUR"), ("1234.5", "JPY"), ("1", "KWD")]
    assert [format_money(Decimal(amount), currency, locale) for amount, currency in amounts] == written


def test_figures_without_a_currency() -> None:
    assert format_amount(Decimal("-1234.5"), "CHF", "de-CH") == "-1’234.50"
    assert format_amount(Decimal("1234.5"), "CHF", "fr-CH") == "1\u202f234.50"
    assert format_amount(Decimal("-0.001"), "CHF", "en") == "0.00"
    assert format_price(Decimal("0.00880"), "EUR", "de") == "0,0088"
    assert format_price(Decimal("12.5"), "EUR", "en") == "12.50"
    assert format_price(Decimal(300), "JPY", "en") == "300"
    assert format_quantity(Decimal("2.500"), "de") == "2,5"
    assert format_quantity(Decimal("1E+3"), "en") == "1,000"
    assert format_number(Decimal("1234.565"), "it", decimals=2) == "1.234,57"
    assert format_number(Decimal(1234567), "en-IN") == "12,34,567"


@pytest.mark.parametrize(
    ("rate", "locale", "written"),
    [
        ("8.10", "en", "8.1%"),
        ("8.1", "de", "8,1\xa0%"),
        ("8.1", "de-CH", "8.1%"),
        ("20.0", "fr", "20\xa0%"),
        ("2.6", "it", "2,6%"),
        ("0", "en", "0%"),
        ("-5", "en", "-5%"),
    ],
)
def test_a_percentage_drops_trailing_zeros(rate: str, locale: str, written: str) -> None:
    # Some releases of the CLDR put a narrow space before the sign.
    assert format_percent(Decimal(rate), locale).replace("\u202f", "\xa0") == written


@pytest.mark.parametrize("text", ["10", "8.1", "0", "-0.5", "1000", "0.0088"])
def test_plain_text_for_machines_has_no_exponent_and_no_trailing_zeros(text: str) -> None:
    assert plain(Decimal(text)) == plain(Decimal(text + ("00" if "." in text else ".00"))) == text
    assert plain(Decimal(text).normalize()) == text


def test_formatting_does_not_depend_on_the_context_of_the_caller() -> None:
    with localcontext() as context:
        context.prec = 3
        assert format_money(Decimal("123456789.125"), "EUR", "en") == "€123,456,789.13"
        assert format_quantity(Decimal("12345.6789"), "en") == "12,345.6789"


def test_an_unknown_language_is_refused() -> None:
    for name in ("xx-YY", "", "../../etc", "e" * 500):
        with pytest.raises(InvalidInput):
            format_money(Decimal(1), "CHF", name)


# --- What people type ---


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234.50", "1234.50"),
        ("1234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1\xa0234\xa0567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567.5", "1234567.5"),
        ("  7  ", "7"),
        ("-5", "-5"),
        ("−5,5", "-5.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("1'234,567", "1234.567"),
        ("007", "7"),
        ("-0", "0"),
        ("999999999999.999999", "999999999999.999999"),
    ],
)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_typed_number_is_read_whatever_the_language(typed: str, number: str, locale: str) -> None:
    assert str(parse_decimal(typed, locale)) == number


@pytest.mark.parametrize(
    ("typed", "locale", "number"),
    [
        ("1,234", "en", "1234"),
        ("1,234", "de", "1.234"),
        ("1,234", "fr", "1.234"),
        ("1.234", "en", "1.234"),
        ("1.234", "de", "1234"),
        ("1.234", "it", "1234"),
        ("1.234", "de-CH", "1.234"),
        ("1.234", "fr-CH", "1.234"),
        ("-12,345", "en", "-12345"),
    ],
)
def test_three_digits_after_one_mark_mean_what_the_language_means(
    typed: str, locale: str, number: str
) -> None:
    assert str(parse_decimal(typed, locale)) == number


@pytest.mark.parametrize(("typed", "locale"), [("1,234", "de-CH"), ("1.234", "fr")])
def test_what_the_language_does_not_decide_is_asked(typed: str, locale: str) -> None:
    with pytest.raises(InvalidInput, match=r"Write 1234 or 1[.,]234"):
        parse_decimal(typed, locale)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "   ",
            "-",
            ".",
            ",",
            "-.",
            "abc",
            "12a",
            "1e5",
            "1E5",
            "0x10",
            "NaN",
            "nan",
            "Infinity",
            "-inf",
        ),
        *(
            "--5",
            "5-",
            "+5",
            "1_000",
            "1,2,3",
            "12,34,567",
            "1'23",
            "1.234.56",
            "1,234,56",
            "1.2.3,4",
            "1..2",
        ),
        *("1 2", "1'234.567,89", "1,234.567.8", "'123", "1,,234", "10%", "CHF 5", "½", "٣", "１２", "10²"),
        *("1" * 13, "1" * 30, "1" * 500, "0." + "1" * 7, "\x00", "1\n2", "<b>1</b>", "5️⃣", "\u202e12"),
    ],
)
def test_what_is_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_decimal(typed)
    assert refused.value.message.endswith(".")


FIGURES = st.decimals(
    min_value=Decimal(-999999999999), max_value=Decimal(999999999999), places=2
) | st.integers(-(10**18) + 1, 10**18 - 1).map(lambda millionths: Decimal(millionths).scaleb(-6))


@given(FIGURES, st.sampled_from(LOCALES))
def test_what_is_written_can_be_typed_again(figure: Decimal, locale: str) -> None:
    assert parse_decimal(format_number(figure, locale), locale) == figure
    assert parse_decimal(format_for_editing(figure, locale), locale) == figure
    assert parse_decimal(format_for_editing(figure, locale, decimals=2), locale) == figure
    francs = round_money(figure / 10, "CHF")
    assert parse_decimal(format_amount(francs, "CHF", locale), locale) == francs


def test_a_field_shows_no_grouping() -> None:
    assert format_for_editing(Decimal("1234.5"), "de", decimals=2) == "1234,50"
    assert format_for_editing(Decimal("1234.500"), "de-CH") == "1234.5"


@given(st.text(max_size=60), st.sampled_from(LOCALES))
def test_nothing_typed_gives_anything_but_a_number_or_a_sentence(typed: str, locale: str) -> None:
    with suppress(InvalidInput):
        assert parse_decimal(typed, locale).is_finite()
        assert re.search(r"[0-9]", typed)
