"""How a document was computed: every rule applied, with its figures, for people who want to check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from betterform.money import EXACT
from betterform.pricing.order import DiscountKind, Line
from betterform.pricing.rules import discount_of, gross_of, tax_of
from betterform.pricing.totals import LineTotals, TaxRow, Totals


class Rule(StrEnum):
    """A rule of docs/pricing.md. `sentence` is to be translated and holds the names of the figures."""

    LINE_GROSS = "line gross", "{quantity} × {unit_price} = {result}"
    LINE_DISCOUNT_PERCENT = "line discount in percent", "{percent} of {gross} = {result}"
    LINE_DISCOUNT_AMOUNT = "line discount as an amount", "{amount} off = {result}"
    LINE_DISCOUNT_LIMITED = "line discount limited", "{discount}, but at most {gross} = {result}"
    LINE_NET = "line net", "{gross} − {discount} = {result}"
    SUBTOTAL = "subtotal", "Sum of {count} lines = {result}"
    DISCOUNT_PERCENT = "discount in percent", "{percent} of {subtotal} = {result}"
    DISCOUNT_AMOUNT = "discount as an amount", "{amount} off = {result}"
    DISCOUNT_LIMITED = "discount limited", "{discount}, but at most {subtotal} = {result}"
    DISCOUNTED = "price after discount", "{subtotal} − {discount} = {result}"
    DISCOUNT_SHARE = "share of the discount", "{lines} of {subtotal} bear {result} of {discount}"
    SHIPPING = "shipping", "Shipping = {result}"
    GROUP = "tax group", "{lines} − {discount} + {shipping} = {result}"
    TAX_ADDED = "tax added", "{percent} of {base} = {result}"
    TAX_INCLUDED = "tax included", "{entered} − {entered} ÷ (1 + {percent}) = {result}"
    UNTAXED = "untaxed", "No tax on {base}"
    BASE = "base without the tax included", "{entered} − {tax} = {result}"
    NET = "net", "Sum of the bases = {result}"
    TAX = "tax", "Sum of the taxes = {result}"
    TOTAL = "total", "{net} + {tax} = {result}"
    CASH_ROUNDING = "cash rounding", "{total} in steps of {step} = {result}"

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Rule:
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member


class FigureKind(StrEnum):
    """How a figure is written: with money.format_amount, format_price, format_quantity, format_percent."""

    AMOUNT = "amount"
    PRICE = "price"
    QUANTITY = "quantity"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that went into a step."""

    name: str
    value: Decimal
    kind: FigureKind = FigureKind.AMOUNT


@dataclass(frozen=True, slots=True)
class Step:
    """One rule applied once. `result` is the very figure of the totals; `exact` was rounded to give it.

    `line` is the index of the line concerned, `tax_row` that of the tax group; both None for the whole
    document.
    """

    rule: Rule
    figures: tuple[Figure, ...]
    exact: Decimal
    result: Decimal
    line: int | None = None
    tax_row: int | None = None

    @property
    def is_rounded(self) -> bool:
        """Whether rounding changed the figure."""
        return self.exact != self.result


def explain(totals: Totals) -> tuple[Step, ...]:
    """The steps that led to `totals`, in the order in which they were taken, optional lines included."""
    with localcontext(EXACT):
        return tuple(_steps(totals))


def _steps(totals: Totals) -> Iterator[Step]:
    order = totals.order
    for index, (line, amounts) in enumerate(zip(order.lines, totals.lines, strict=True)):
        yield from _line_steps(index, line, amounts)
    count = Figure("count", Decimal(sum(line.counts for line in order.lines)), FigureKind.QUANTITY)
    yield Step(Rule.SUBTOTAL, (count,), totals.subtotal, totals.subtotal)
    subtotal = Figure("subtotal", totals.subtotal)
    if totals.discount or order.discount_kind != DiscountKind.NONE:
        yield from _discount_steps(totals, subtotal)
    if totals.shipping:
        yield Step(Rule.SHIPPING, (), order.shipping, totals.shipping)
    for index, row in enumerate(totals.tax_rows):
        yield from _tax_steps(index, row, totals)
    yield Step(Rule.NET, (), totals.net, totals.net)
    yield Step(Rule.TAX, (), totals.tax, totals.tax)
    yield Step(Rule.TOTAL, (Figure("net", totals.net), Figure("tax", totals.tax)), totals.total, totals.total)
    if order.cash_rounding is not None:
        figures = (Figure("total", totals.total), Figure("step", order.cash_rounding, FigureKind.PRICE))
        yield Step(Rule.CASH_ROUNDING, figures, totals.total, totals.payable)


def _line_steps(index: int, line: Line, amounts: LineTotals) -> Iterator[Step]:
    gross = Figure("gross", amounts.gross)
    factors = (
        Figure("quantity", line.quantity, FigureKind.QUANTITY),
        Figure("unit_price", line.unit_price, FigureKind.PRICE),
    )
    yield Step(Rule.LINE_GROSS, factors, gross_of(line.quantity, line.unit_price), amounts.gross, line=index)
    if line.discount_kind == DiscountKind.NONE:
        return
    exact = discount_of(amounts.gross, line.discount, line.discount_kind)
    if _is_limited(exact, amounts.discount, amounts.gross):
        figures: tuple[Figure, ...] = (Figure("discount", exact, FigureKind.PRICE), gross)
        yield Step(Rule.LINE_DISCOUNT_LIMITED, figures, amounts.discount, amounts.discount, line=index)
    elif line.discount_kind == DiscountKind.PERCENT:
        figures = (Figure("percent", line.discount, FigureKind.PERCENT), gross)
        yield Step(Rule.LINE_DISCOUNT_PERCENT, figures, exact, amounts.discount, line=index)
    else:
        figures = (Figure("amount", line.discount, FigureKind.PRICE),)
        yield Step(Rule.LINE_DISCOUNT_AMOUNT, figures, exact, amounts.discount, line=index)
    figures = (gross, Figure("discount", amounts.discount))
    yield Step(Rule.LINE_NET, figures, amounts.net, amounts.net, line=index)


def _discount_steps(totals: Totals, subtotal: Figure) -> Iterator[Step]:
    order = totals.order
    exact = discount_of(totals.subtotal, order.discount, order.discount_kind)
    if _is_limited(exact, totals.discount, totals.subtotal):
        figures: tuple[Figure, ...] = (Figure("discount", exact, FigureKind.PRICE), subtotal)
        yield Step(Rule.DISCOUNT_LIMITED, figures, totals.discount, totals.discount)
    elif order.discount_kind == DiscountKind.PERCENT:
        figures = (Figure("percent", order.discount, FigureKind.PERCENT), subtotal)
        yield Step(Rule.DISCOUNT_PERCENT, figures, exact, totals.discount)
    else:
        figures = (Figure("amount", order.discount, FigureKind.PRICE),)
        yield Step(Rule.DISCOUNT_AMOUNT, figures, exact, totals.discount)
    figures = (subtotal, Figure("discount", totals.discount))
    yield Step(Rule.DISCOUNTED, figures, totals.discounted, totals.discounted)


def _is_limited(exact: Decimal, discount: Decimal, amount: Decimal) -> bool:
    return discount == amount and abs(exact) > abs(amount)


def _tax_steps(index: int, row: TaxRow, totals: Totals) -> Iterator[Step]:
    if totals.discount and len(totals.tax_rows) > 1:
        figures: tuple[Figure, ...] = (
            Figure("lines", row.lines),
            Figure("subtotal", totals.subtotal),
            Figure("discount", totals.discount),
        )
        yield Step(Rule.DISCOUNT_SHARE, figures, row.discount, row.discount, tax_row=index)
    figures = (Figure("lines", row.lines), Figure("discount", row.discount), Figure("shipping", row.shipping))
    yield Step(Rule.GROUP, figures, row.entered, row.entered, tax_row=index)
    if row.tax.percent is None:
        yield Step(Rule.UNTAXED, (Figure("base", row.base),), row.tax_amount, row.tax_amount, tax_row=index)
        return
    exact = tax_of(row.entered, row.tax, inclusive=row.inclusive)
    percent = Figure("percent", row.tax.percent, FigureKind.PERCENT)
    if not row.inclusive:
        yield Step(Rule.TAX_ADDED, (percent, Figure("base", row.base)), exact, row.tax_amount, tax_row=index)
        return
    entered = Figure("entered", row.entered)
    yield Step(Rule.TAX_INCLUDED, (entered, percent), exact, row.tax_amount, tax_row=index)
    figures = (entered, Figure("tax", row.tax_amount))
    yield Step(Rule.BASE, figures, row.base, row.base, tax_row=index)
