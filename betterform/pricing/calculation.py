"""The calculation itself, rule by rule as docs/pricing.md tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, Inexact, InvalidOperation, localcontext

from betterform.errors import InvalidInput
from betterform.money import EXACT, TOO_LARGE, round_half_up, round_to_step, unit_of
from betterform.pricing.order import NO_TAX, LargestGroup, Line, Order, TaxRate
from betterform.pricing.proration import prorate
from betterform.pricing.rules import at_most, discount_of, gross_of, tax_of
from betterform.pricing.totals import LineTotals, TaxRow, Totals


def price(order: Order) -> Totals:
    """All figures of `order`. The order of its lines changes none of them.

    InvalidInput, naming the field ("lines.2.quantity", "discount", "shipping", "cash_rounding",
    "currency"), for a figure that is not a number or has more than 12 digits before the decimal mark, an
    unknown currency, and a rounding step that the currency cannot pay. What comes out has no limit: a draft
    with an absurd total must still open, so that it can be put right.
    """
    unit = unit_of(order.currency)
    with localcontext(EXACT):
        try:
            if faults := dict(_unfit_figures(order, unit)):
                raise InvalidInput(fields=faults)
            return _totals(order, unit)
        except (Inexact, InvalidOperation):
            raise InvalidInput("These figures have too many digits to be computed exactly.") from None


def _unfit_figures(order: Order, unit: Decimal) -> Iterator[tuple[str, str]]:
    for index, line in enumerate(order.lines):
        if not (_fits(line.quantity) and _fits(line.unit_price) and _fits(line.discount)):
            for name in ("quantity", "unit_price", "discount"):
                if not _fits(figure := getattr(line, name)):
                    yield f"lines.{index}.{name}", _complaint(figure)
    for name in ("discount", "shipping"):
        if not _fits(figure := getattr(order, name)):
            yield name, _complaint(figure)
    step = order.cash_rounding
    if step is not None and not (_fits(step) and step > 0 and (step % unit == 0 or unit % step == 0)):
        yield "cash_rounding", f"Amounts in {order.currency} cannot be rounded to this step."


def _fits(figure: Decimal) -> bool:
    return figure.is_finite() and -TOO_LARGE < figure < TOO_LARGE


def _complaint(figure: Decimal) -> str:
    return "This number is too large." if figure.is_finite() else "This is not a number."


def _totals(order: Order, unit: Decimal) -> Totals:
    zero = unit * 0
    lines = tuple(_line_totals(line, unit) for line in order.lines)
    groups = _groups(zip(order.lines, lines, strict=True), zero)
    subtotal = sum((group.lines for group in groups), zero)
    exact_discount = discount_of(subtotal, order.discount, order.discount_kind)
    discount = at_most(subtotal, round_half_up(exact_discount, unit))
    shipping = round_half_up(order.shipping, unit)
    if shipping:
        _ship(shipping, order, groups, zero)
    _share_discount(discount, groups, unit)
    rows = tuple(_tax_row(group, unit) for group in groups)
    net = sum((row.base for row in rows), zero)
    tax = sum((row.tax_amount for row in rows), zero)
    total = net + tax
    payable = total
    if order.cash_rounding is not None:
        payable = round_half_up(round_to_step(total, order.cash_rounding), unit)
    return Totals(
        order=order,
        lines=lines,
        subtotal=subtotal,
        discount=discount,
        discounted=subtotal - discount,
        shipping=shipping,
        tax_rows=rows,
        net=net,
        tax=tax,
        tax_by_rate=_tax_by_rate(rows, zero),
        total=total,
        rounding=payable - total,
        payable=payable,
    )


def _line_totals(line: Line, unit: Decimal) -> LineTotals:
    gross = round_half_up(gross_of(line.quantity, line.unit_price), unit)
    discount = at_most(gross, round_half_up(discount_of(gross, line.discount, line.discount_kind), unit))
    return LineTotals(gross, discount, gross - discount)


@dataclass(slots=True)
class _Group:
    """A tax group while its amounts are gathered."""

    tax: TaxRate
    inclusive: bool
    lines: Decimal
    discount: Decimal
    shipping: Decimal

    @property
    def place(self) -> tuple[Decimal, str, bool]:
        """Highest rate first, the untaxed last: one order for rows, largest group and left-over units."""
        percent = self.tax.percent
        return (Decimal(1) if percent is None else -percent, self.tax.category, self.inclusive)


def _groups(lines: Iterable[tuple[Line, LineTotals]], zero: Decimal) -> list[_Group]:
    """The lines that count, gathered by rate and by whether the tax is included, as they are printed."""
    groups: dict[tuple[TaxRate, bool], _Group] = {}
    for line, totals in lines:
        if not line.counts:
            continue
        tax = line.tax
        inclusive = line.inclusive and bool(tax.percent)
        group = groups.get((tax, inclusive))
        if group is None:
            group = groups[tax, inclusive] = _Group(tax, inclusive, zero, zero, zero)
        elif tax.name > group.tax.name:
            # Equal rates may have different names; the order of lines must not decide which is printed.
            group.tax = tax
        group.lines += totals.net
    return sorted(groups.values(), key=lambda group: group.place)


def _ship(shipping: Decimal, order: Order, groups: list[_Group], zero: Decimal) -> None:
    """Shipping joins the group of its rate; where no line has that rate yet, it makes a group of its own."""
    largest = max(groups, key=lambda group: abs(group.lines), default=_Group(NO_TAX, False, zero, zero, zero))
    tax = largest.tax if isinstance(order.shipping_tax, LargestGroup) else order.shipping_tax
    inclusive = largest.inclusive if order.shipping_inclusive is None else order.shipping_inclusive
    inclusive = inclusive and bool(tax.percent)
    for group in groups:
        if group.tax == tax and group.inclusive == inclusive:
            group.shipping = shipping
            return
    groups.append(_Group(tax, inclusive, zero, zero, shipping))
    groups.sort(key=lambda group: group.place)


def _share_discount(discount: Decimal, groups: list[_Group], unit: Decimal) -> None:
    """The document discount prorated over the groups by the sum of their lines; shipping takes no part."""
    if not discount:
        return
    weights = [int(group.lines / unit) for group in groups]
    for group, share in zip(groups, prorate(int(discount / unit), weights), strict=True):
        group.discount = share * unit


def _tax_row(group: _Group, unit: Decimal) -> TaxRow:
    entered = group.lines - group.discount + group.shipping
    tax_amount = round_half_up(tax_of(entered, group.tax, inclusive=group.inclusive), unit)
    return TaxRow(
        tax=group.tax,
        inclusive=group.inclusive,
        lines=group.lines,
        discount=group.discount,
        shipping=group.shipping,
        entered=entered,
        base=entered - tax_amount if group.inclusive else entered,
        tax_amount=tax_amount,
    )


def _tax_by_rate(rows: Iterable[TaxRow], zero: Decimal) -> dict[TaxRate, Decimal]:
    taxes: dict[TaxRate, Decimal] = {}
    for row in rows:
        if row.tax.percent is not None:
            taxes[row.tax] = taxes.get(row.tax, zero) + row.tax_amount
    return taxes
