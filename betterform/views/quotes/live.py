"""What follows while someone types: totals, expiry, messages, the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from betterform import pricing, snapshot
from betterform.actions.quote_completeness import LARGEST_TOTAL
from betterform.actions.quote_drafts import DraftFacts, LineFacts
from betterform.forms.quote import QuoteForm
from betterform.models.company import Company
from betterform.models.quote import Quote, QuoteLine
from betterform.models.tax_rate import TaxRate


@dataclass(frozen=True, slots=True)
class LiveLine:
    """What a line's row shows beside its fields."""

    key: str
    net: Decimal | None


@dataclass(frozen=True, slots=True)
class Live:
    """Everything on the page that is computed. Amounts are in `currency`."""

    currency: str
    locale: str
    totals: pricing.Totals
    taxes: tuple[SimpleNamespace, ...]
    lines: tuple[LiveLine, ...]
    expiry: date | None
    messages: dict[str, str] = field(default_factory=dict)
    too_large: bool = False


def live_of(
    source: DraftFacts | Quote, company: Company, rates: dict[int, TaxRate], form: QuoteForm | None = None
) -> Live:
    """The computed part of the form, from what was typed or from what is stored."""
    totals = pricing.price(snapshot.order_of(source, rates, company))
    lines: Sequence[LineFacts | QuoteLine] = source.lines
    messages = {**_capped(source, totals), **(form.messages() if form is not None else {})}
    has_expiry = not {"date", "validity_days"} & (set(messages) | set(source.unparsed))
    return Live(
        currency=source.currency,
        locale=company.locale,
        totals=totals,
        taxes=tuple(_tax_row(row) for row in totals.tax_rows if row.tax.percent is not None),
        lines=tuple(
            LiveLine(
                line.key, amounts.net if line.quantity is not None and line.unit_price is not None else None
            )
            for line, amounts in zip(lines, totals.lines, strict=True)
        ),
        expiry=source.date + timedelta(days=source.validity_days) if has_expiry else None,
        messages=messages,
        too_large=abs(totals.payable) >= LARGEST_TOTAL,
    )


def _capped(source: DraftFacts | Quote, totals: pricing.Totals) -> dict[str, str]:
    """Where a discount is larger than what it is taken from, and only that much was taken."""
    lines: Sequence[LineFacts | QuoteLine] = source.lines
    messages = {
        f"lines-{line.key}-discount": "More than the line: the whole line is taken off."
        for line, amounts in zip(lines, totals.lines, strict=True)
        if line.discount_kind == "amount" and amounts.gross > 0 and line.discount > amounts.gross
    }
    if source.discount_kind == "amount" and totals.subtotal > 0 and source.discount > totals.subtotal:
        messages["discount"] = "More than the subtotal: all of it is taken off."
    return messages


def _tax_row(row: pricing.TaxRow) -> SimpleNamespace:
    return SimpleNamespace(
        name=row.tax.name,
        percent=row.tax.percent,
        inclusive=row.inclusive,
        base=row.base,
        amount=row.tax_amount,
    )
