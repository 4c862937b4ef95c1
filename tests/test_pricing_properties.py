"""What holds for every document whatever its lines, tried on documents made up by Hypothesis."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from betterform.money import unit_of
from betterform.pricing import (
    LARGEST_GROUP,
    NO_TAX,
    DiscountKind,
    LargestGroup,
    Line,
    Order,
    TaxRate,
    explain,
    price,
)

CURRENCIES = ("JPY", "CHF", "KWD")
RATES = (
    TaxRate(Decimal("8.1")),
    TaxRate(Decimal("2.6")),
    TaxRate(Decimal(19)),
    TaxRate(Decimal("7.7"), name="VAT"),
    TaxRate(Decimal(0), "Z"),
    TaxRate(Decimal(0), "AE"),
    NO_TAX,
)


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 10**places, high * 10**places).map(lambda units: Decimal(units).scaleb(-places))


@st.composite
def some_lines(draw: st.DrawFn, low: int = 0, most: int = 12) -> tuple[Line, ...]:
    """Lines from `low` (0 or below) upwards, rates and ways of entering mixed."""
    line = st.builds(
        Line,
        quantity=st.one_of(st.integers(low, 50).map(Decimal), decimals(low, 50, 3)),
        unit_price=decimals(low * 20, 2_000, 5) | decimals(low * 20, 200_000, 2),
        discount=decimals(low, 120, 2),
        discount_kind=st.sampled_from(DiscountKind),
        tax=st.sampled_from(RATES),
        inclusive=st.booleans(),
        counts=st.integers(0, 9).map(bool),
    )
    return tuple(draw(st.lists(line, max_size=most)))


@st.composite
def orders(draw: st.DrawFn, low: int = -50) -> Order:
    """Documents of every kind; `low` of 0 means that nothing about them is negative."""
    return Order(
        currency=draw(st.sampled_from(CURRENCIES)),
        lines=draw(some_lines(low)),
        discount=draw(decimals(low, 120, 2) | decimals(low * 100, 50_000, 2)),
        discount_kind=draw(st.sampled_from(DiscountKind)),
        shipping=draw(decimals(low, 80, 3)),
        shipping_tax=draw(st.just(LARGEST_GROUP) | st.sampled_from(RATES)),
        shipping_inclusive=draw(st.none() | st.booleans()),
        cash_rounding=draw(st.none() | st.sampled_from([Decimal(1), Decimal(5), Decimal("0.5")])),
    )


ANY_ORDER = orders()
POSITIVE_ORDER = orders(low=0)


@given(ANY_ORDER)
def test_the_printed_figures_add_up_again(order: Order) -> None:
    totals = price(order)
    rows = totals.tax_rows
    counted = [amounts for line, amounts in zip(order.lines, totals.lines, strict=True) if line.counts]
    assert all(amounts.gross - amounts.discount == amounts.net for amounts in totals.lines)
    assert sum(amounts.net for amounts in counted) == totals.subtotal == sum(row.lines for row in rows)
    assert totals.subtotal - totals.discount == totals.discounted
    assert all(row.lines - row.discount + row.shipping == row.entered for row in rows)
    assert all(row.entered == row.base + (row.tax_amount if row.inclusive else 0) for row in rows)
    added = sum(row.tax_amount for row in rows if not row.inclusive)
    assert totals.discounted + totals.shipping + added == totals.total
    assert sum(row.base for row in rows) == totals.net
    assert sum(row.tax_amount for row in rows) == sum(totals.tax_by_rate.values()) == totals.tax
    assert totals.net + totals.tax == totals.total
    assert totals.total + totals.rounding == totals.payable


@given(ANY_ORDER)
def test_the_shares_of_the_discount_and_the_shipping_are_complete(order: Order) -> None:
    totals = price(order)
    assert sum(row.discount for row in totals.tax_rows) == totals.discount
    assert sum(row.shipping for row in totals.tax_rows) == totals.shipping
    if abs(totals.discount) <= abs(totals.subtotal):
        unit = unit_of(order.currency)
        for row in totals.tax_rows:
            proportional = totals.discount * row.lines / totals.subtotal if totals.subtotal else 0
            assert abs(row.discount - proportional) < unit
            assert abs(row.discount) <= abs(row.lines)


@given(ANY_ORDER)
def test_every_figure_has_exactly_the_decimals_of_the_currency(order: Order) -> None:
    totals = price(order)
    figures = [totals.subtotal, totals.discount, totals.discounted, totals.shipping, totals.net, totals.tax]
    figures += [totals.total, totals.rounding, totals.payable, *totals.tax_by_rate.values()]
    for amounts in totals.lines:
        figures += [amounts.gross, amounts.discount, amounts.net]
    for row in totals.tax_rows:
        figures += [row.lines, row.discount, row.shipping, row.entered, row.base, row.tax_amount]
    exponent = unit_of(order.currency).as_tuple().exponent
    assert {figure.as_tuple().exponent for figure in figures} == {exponent}
    assert not any(figure.is_zero() and figure.is_signed() for figure in figures)


@given(ANY_ORDER, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(order: Order, chance: random.Random) -> None:
    positions = list(range(len(order.lines)))
    chance.shuffle(positions)
    totals = price(order)
    shuffled = price(replace(order, lines=[order.lines[position] for position in positions]))
    assert shuffled.lines == tuple(totals.lines[position] for position in positions)
    assert replace(shuffled, order=order, lines=totals.lines) == totals


@given(POSITIVE_ORDER)
def test_nothing_positive_becomes_negative(order: Order) -> None:
    totals = price(order)
    assert all(row.tax_amount >= 0 and row.base >= 0 for row in totals.tax_rows)
    assert 0 <= totals.discount <= totals.subtotal
    assert min(totals.net, totals.tax, totals.total, totals.payable) >= 0


@given(POSITIVE_ORDER)
def test_a_credit_is_the_mirror_of_its_invoice(order: Order) -> None:
    totals = price(order)
    credit = price(_mirrored(order))
    for name in ("subtotal", "discount", "shipping", "net", "tax", "total", "rounding", "payable"):
        assert getattr(credit, name) == -getattr(totals, name)
    assert [(row.tax, row.inclusive, -row.tax_amount, -row.discount) for row in credit.tax_rows] == [
        (row.tax, row.inclusive, row.tax_amount, row.discount) for row in totals.tax_rows
    ]


def _mirrored(order: Order) -> Order:
    def discount(amount: Decimal, kind: DiscountKind) -> Decimal:
        return -amount if kind == DiscountKind.AMOUNT else amount

    return replace(
        order,
        lines=[
            replace(line, quantity=-line.quantity, discount=discount(line.discount, line.discount_kind))
            for line in order.lines
        ],
        discount=discount(order.discount, order.discount_kind),
        shipping=-order.shipping,
    )


@given(POSITIVE_ORDER, st.integers(2, 6))
def test_splitting_a_line_changes_the_tax_by_no_more_than_its_rounding(order: Order, parts: int) -> None:
    """Each part and the whole are rounded by half a unit at most, and so is each of the two taxes."""
    assume(order.lines and order.lines[0].discount_kind == DiscountKind.NONE)
    whole, *others = order.lines
    order = replace(order, discount_kind=DiscountKind.NONE, shipping_tax=NO_TAX, cash_rounding=None)
    part = replace(whole, quantity=(whole.quantity / parts).quantize(Decimal("0.001")))
    rest = replace(whole, quantity=whole.quantity - part.quantity * (parts - 1))
    before, after = price(order), price(replace(order, lines=[part] * (parts - 1) + [rest, *others]))
    unit = unit_of(order.currency)
    rate = (whole.tax.percent or Decimal(0)) / 100
    base_moves_by = unit * (parts + 1) / 2
    assert abs(after.subtotal - before.subtotal) <= base_moves_by
    assert abs(after.tax - before.tax) <= base_moves_by * rate + unit


@given(ANY_ORDER)
def test_the_engine_agrees_with_the_rules_written_down_in_fractions(order: Order) -> None:
    """A second calculation that shares nothing with the first but the text of the rules."""
    totals = price(order)
    expected = InFractions(order)
    shares = {(row.tax, row.inclusive): Fraction(row.discount) for row in totals.tax_rows}
    assert Fraction(totals.subtotal) == expected.subtotal
    assert Fraction(totals.discount) == expected.discount
    assert Fraction(totals.tax) == expected.tax(shares)
    assert Fraction(totals.total) == expected.total(shares)


class InFractions:
    """The rules of docs/pricing.md but the fourth, whose shares are given."""

    def __init__(self, order: Order) -> None:
        self.unit = Fraction(unit_of(order.currency))
        self.lines: dict[tuple[TaxRate, bool], Fraction] = defaultdict(Fraction)
        for line in order.lines:
            if line.counts:
                gross = self.rounded(Fraction(line.quantity) * Fraction(line.unit_price))
                net = gross - self.discount_on(gross, line.discount, line.discount_kind)
                self.lines[line.tax, line.inclusive and bool(line.tax.percent)] += net
        self.subtotal = sum(self.lines.values(), Fraction(0))
        self.discount = self.discount_on(self.subtotal, order.discount, order.discount_kind)
        self.shipping: dict[tuple[TaxRate, bool], Fraction] = {}
        if shipping := self.rounded(Fraction(order.shipping)):
            self.shipping[self.group_of_shipping(order)] = shipping

    def rounded(self, value: Fraction) -> Fraction:
        units = floor(abs(value) / self.unit + Fraction(1, 2)) * self.unit
        return units if value >= 0 else -units

    def discount_on(self, amount: Fraction, discount: Decimal, kind: DiscountKind) -> Fraction:
        if kind == DiscountKind.NONE:
            return Fraction(0)
        entered = Fraction(discount) if kind == DiscountKind.AMOUNT else amount * Fraction(discount) / 100
        entered = self.rounded(entered)
        beyond = entered > amount if amount > 0 else entered < amount
        return amount if beyond or not amount else entered

    def group_of_shipping(self, order: Order) -> tuple[TaxRate, bool]:
        def before_others(group: tuple[TaxRate, bool]) -> tuple[bool, Decimal, str, bool]:
            tax, inclusive = group
            return tax.percent is None, -(tax.percent or Decimal(0)), tax.category, inclusive

        by_size = sorted(self.lines, key=lambda group: (-abs(self.lines[group]), *before_others(group)))
        largest, inclusive = by_size[0] if by_size else (NO_TAX, False)
        tax = largest if isinstance(order.shipping_tax, LargestGroup) else order.shipping_tax
        chosen = inclusive if order.shipping_inclusive is None else order.shipping_inclusive
        return tax, chosen and bool(tax.percent)

    def taxes(self, shares: dict[tuple[TaxRate, bool], Fraction]) -> dict[tuple[TaxRate, bool], Fraction]:
        taxes = {}
        for group, share in shares.items():
            tax, inclusive = group
            rate = Fraction(tax.percent or 0) / 100
            entered = self.lines.get(group, Fraction(0)) - share + self.shipping.get(group, Fraction(0))
            taxes[group] = self.rounded(entered - entered / (1 + rate) if inclusive else entered * rate)
        return taxes

    def tax(self, shares: dict[tuple[TaxRate, bool], Fraction]) -> Fraction:
        return sum(self.taxes(shares).values(), Fraction(0))

    def total(self, shares: dict[tuple[TaxRate, bool], Fraction]) -> Fraction:
        added = sum((tax for group, tax in self.taxes(shares).items() if not group[1]), Fraction(0))
        return self.subtotal - self.discount + sum(self.shipping.values(), Fraction(0)) + added


@given(ANY_ORDER)
@settings(max_examples=50)
def test_the_steps_tell_the_figures_of_the_totals(order: Order) -> None:
    totals = price(order)
    steps = explain(totals)
    assert steps[-1].result == (totals.total if order.cash_rounding is None else totals.payable)
    unit = unit_of(order.currency)
    assert all(abs(step.exact - step.result) <= unit / 2 for step in steps if step.rule != "cash rounding")


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("count", [1, 50, 5_000])
def test_a_document_of_any_length_adds_up(count: int, currency: str) -> None:
    chance = random.Random(count)
    lines = [
        Line(
            quantity=Decimal(chance.randint(1, 9_999)).scaleb(-chance.randint(0, 3)),
            unit_price=Decimal(chance.randint(1, 999_999)).scaleb(-chance.randint(0, 5)),
            discount=Decimal(chance.randint(0, 30)),
            discount_kind=chance.choice(list(DiscountKind)),
            tax=chance.choice(RATES),
            inclusive=chance.random() < 0.3,
        )
        for _ in range(count)
    ]
    order = Order(currency, lines, discount=Decimal("3.3"), discount_kind=DiscountKind.PERCENT)
    totals = price(order)
    assert len(totals.lines) == count
    assert sum(amounts.net for amounts in totals.lines) - totals.discount == totals.discounted
    assert sum(row.discount for row in totals.tax_rows) == totals.discount
    assert totals.net + totals.tax == totals.total
