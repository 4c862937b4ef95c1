"""The engine at its odd corners: limits, signs, nothing at all, and figures that cannot be."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest

from betterform.errors import InvalidInput
from betterform.pricing import NO_TAX, DiscountKind, Line, Order, TaxRate, Totals, explain, price

VAT = TaxRate(Decimal("8.1"))
REDUCED = TaxRate(Decimal("2.6"))
PERCENT, AMOUNT = DiscountKind.PERCENT, DiscountKind.AMOUNT


def line(quantity: str, unit_price: str, tax: TaxRate = VAT, **more: Any) -> Line:
    return Line(Decimal(quantity), Decimal(unit_price), tax=tax, **more)


def totals_of(*lines: Line, currency: str = "CHF", **more: Any) -> Totals:
    return price(Order(currency, lines, **more))


def test_a_discount_never_exceeds_what_it_is_taken_from() -> None:
    lines = (
        line("1", "50", discount=Decimal(80), discount_kind=AMOUNT),
        line("1", "50", discount=Decimal(150), discount_kind=PERCENT),
        line("-1", "50", discount=Decimal(-80), discount_kind=AMOUNT),
        line("0", "50", discount=Decimal(5), discount_kind=AMOUNT),
    )
    assert [str(amounts.net) for amounts in totals_of(*lines).lines] == ["0.00"] * 4
    assert str(totals_of(line("1", "50"), discount=Decimal(80), discount_kind=AMOUNT).total) == "0.00"


def test_a_surcharge_has_no_limit() -> None:
    surcharged = totals_of(line("1", "10", discount=Decimal(-25), discount_kind=AMOUNT))
    assert surcharged.lines[0].net == 35
    assert totals_of(line("1", "10", NO_TAX), discount=Decimal(-300), discount_kind=PERCENT).total == 40


@pytest.mark.parametrize("discount", [Decimal(25), Decimal(-25)])
def test_what_adds_up_to_zero_takes_neither_discount_nor_surcharge(discount: Decimal) -> None:
    sale_and_return = (line("1", "100"), line("-1", "100", REDUCED))
    totals = totals_of(*sale_and_return, discount=discount, discount_kind=AMOUNT)
    assert (totals.subtotal, totals.discount, totals.discounted) == (0, 0, 0)
    assert totals.tax == Decimal("5.50")
    assert str(totals_of(line("1", "0", discount=discount, discount_kind=AMOUNT)).lines[0].net) == "0.00"


def test_a_surcharge_larger_than_a_small_difference_stays_in_proportion() -> None:
    totals = totals_of(
        line("1", "100"), line("-1", "99.99", REDUCED), discount=Decimal(-5), discount_kind=AMOUNT
    )
    assert [row.discount for row in totals.tax_rows] == [Decimal("-2.50"), Decimal("-2.50")]


def test_an_order_without_lines_comes_to_nothing_but_its_shipping() -> None:
    assert str(totals_of().total) == "0.00"
    totals = totals_of(shipping=Decimal(12))
    assert (totals.total, totals.tax_rows[0].tax) == (12, NO_TAX)
    assert totals_of(discount=Decimal(5), discount_kind=AMOUNT).total == 0


def test_an_optional_line_is_priced_but_not_in_the_totals() -> None:
    totals = totals_of(line("1", "100"), line("2", "40", REDUCED, counts=False))
    assert totals.lines[1].net == 80
    assert (totals.subtotal, [row.tax for row in totals.tax_rows]) == (100, [VAT])


def test_shipping_contains_its_tax_where_the_largest_group_does() -> None:
    totals = totals_of(line("1", "10"), line("1", "108.10", inclusive=True), shipping=Decimal("10.81"))
    assert [(row.inclusive, row.shipping) for row in totals.tax_rows] == [
        (False, 0),
        (True, Decimal("10.81")),
    ]
    assert [row.tax_amount for row in totals.tax_rows] == [Decimal("0.81"), Decimal("8.91")]
    added = totals_of(line("1", "108.10", inclusive=True), shipping=Decimal(10), shipping_inclusive=False)
    assert [(row.tax, row.inclusive) for row in added.tax_rows] == [(VAT, False), (VAT, True)]
    assert added.tax_by_rate == {VAT: Decimal("8.91")}


def test_what_has_no_tax_contains_none() -> None:
    zero = TaxRate(Decimal(0), "Z")
    totals = totals_of(line("1", "10", zero, inclusive=True), line("1", "5", zero), line("1", "1", NO_TAX))
    assert [(row.tax, row.inclusive, row.entered) for row in totals.tax_rows] == [
        (zero, False, 15),
        (NO_TAX, False, 1),
    ]
    assert totals.tax_by_rate == {zero: 0}


def test_nothing_is_ever_minus_zero() -> None:
    totals = totals_of(line("-1", "0"), line("-0.001", "1"), discount=Decimal("-0"), discount_kind=PERCENT)
    figures = [totals.subtotal, totals.discount, totals.tax, totals.total, totals.lines[1].gross]
    assert [str(figure) for figure in figures] == ["0.00"] * 5


def test_the_decimal_context_of_the_caller_does_not_matter() -> None:
    order = Order(
        "CHF", [line("3", "123456.785"), line("7", "0.335", inclusive=True)], shipping=Decimal("9.9")
    )
    expected = price(order)
    with localcontext() as context:
        context.prec = 3
        context.rounding = "ROUND_FLOOR"
        assert price(order) == expected
        assert explain(price(order)) == explain(expected)


def test_a_rate_is_the_same_rate_however_it_is_written() -> None:
    assert TaxRate(Decimal("7.70"), name="VAT") == TaxRate(Decimal("7.7"), name="MWST")
    assert TaxRate(Decimal(0), "O") == NO_TAX
    one = totals_of(line("1", "1", TaxRate(Decimal(7), name="VAT")), line("1", "1", TaxRate(Decimal(7))))
    other = totals_of(line("1", "1", TaxRate(Decimal(7))), line("1", "1", TaxRate(Decimal(7), name="VAT")))
    assert one.tax_rows[0].tax.name == other.tax_rows[0].tax.name == "VAT"


@pytest.mark.parametrize(
    ("percent", "category"),
    [("-1", "S"), ("1001", "S"), ("NaN", "S"), (None, "S"), ("8.1", "G"), ("8.1", "O"), ("0", "X")],
)
def test_a_rate_that_cannot_be_is_refused(percent: str | None, category: str) -> None:
    with pytest.raises(InvalidInput):
        TaxRate(None if percent is None else Decimal(percent), category)


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (Order("CHF", [line("1", "1"), line("NaN", "1")]), "lines.1.quantity"),
        (Order("CHF", [line("1", "-Infinity")]), "lines.0.unit_price"),
        (Order("CHF", [line("1", "1" * 30)]), "lines.0.unit_price"),
        (Order("CHF", [line("1", "1"), line("1", "1e12")]), "lines.1.unit_price"),
        (Order("CHF", [line("1", "1", discount=Decimal("1e12"), discount_kind=AMOUNT)]), "lines.0.discount"),
        (Order("CHF", discount=Decimal("sNaN")), "discount"),
        (Order("CHF", shipping=Decimal("Infinity")), "shipping"),
        (Order("CHF", cash_rounding=Decimal("0.025")), "cash_rounding"),
        (Order("CHF", cash_rounding=Decimal(0)), "cash_rounding"),
        (Order("EURO"), "currency"),
    ],
)
def test_a_figure_that_cannot_be_priced_is_named(order: Order, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        price(order)
    assert list(refused.value.fields) == [field]


def test_the_largest_figures_are_priced_to_the_last_digit() -> None:
    largest = line("999999999999.999999", "999999999999.999999", TaxRate(Decimal("8.1")))
    totals = totals_of(largest, largest, discount=Decimal("33.333333"), discount_kind=PERCENT)
    assert str(totals.lines[0].gross) == "999999999999999998000000.00"
    assert str(totals.total) == "1441333340539999997117333.32"
    assert totals.net + totals.tax == totals.total


def test_figures_beyond_all_precision_are_refused_instead_of_rounded() -> None:
    with pytest.raises(InvalidInput, match="digits"):
        totals_of(line("0." + "1" * 40, "0." + "1" * 40))
