"""What a draft still lacks before it may be issued, field by field, in words for the person filling it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from betterform import pricing, snapshot
from betterform.models.company import Company
from betterform.models.quote import LineKind, Quote, QuoteLine, ShippingTax
from betterform.models.tax_rate import TaxRate
from betterform.money import is_currency

UNREADABLE = "This could not be read; please correct it."
EMPTY = {"date": "Enter the date.", "validity_days": "Enter for how many days the quote is valid."}
LARGEST_TOTAL = Decimal(10) ** 12


def problems_of(
    quote: Quote, company: Company, rates: Mapping[int, TaxRate], *, today: date
) -> dict[str, str]:
    """Problems by the form's field names ("contact", "lines-<key>-quantity"); empty when all is there."""
    problems: dict[str, str] = {}
    for name, typed in quote.unparsed.items():
        problems[name] = (
            f"“{typed[:30]}” could not be read." if typed.strip() else EMPTY.get(name, UNREADABLE)
        )
    if not company.name:
        problems["company"] = (
            "The letterhead has no company name yet: an administrator can enter it under Settings."
        )
    if quote.contact is None and not quote.custom_quote_to.strip():
        problems["contact"] = "Choose a contact, or write under “Quote to” whom the quote is for."
    if not is_currency(quote.currency):
        problems["currency"] = "Choose a currency."
    if not problems.keys() & {"date", "validity_days"} and quote.expiry < today:
        problems["validity_days"] = "With this date and validity the quote has expired already."
    items = [line for line in quote.lines if line.kind == LineKind.ITEM and not line.is_blank]
    if not items:
        problems["lines"] = "Add at least one line with a price."
    for line in items:
        for name, message in _line_problems(line, rates).items():
            problems.setdefault(name, message)
    if quote.shipping and quote.shipping_tax == ShippingTax.RATE and quote.shipping_tax_rate_id not in rates:
        problems["shipping_tax"] = "Choose the tax on shipping."
    if not problems:
        problems.update(_total_problems(quote, company, rates))
    return problems


def _line_problems(line: QuoteLine, rates: Mapping[int, TaxRate]) -> dict[str, str]:
    field = f"lines-{line.key}-"
    problems = {}
    if not line.name.strip():
        problems[field + "name"] = "Say what this line is for."
    if line.quantity is None:
        problems[field + "quantity"] = "Enter a quantity."
    elif line.quantity <= 0:
        problems[field + "quantity"] = "The quantity must be more than zero."
    if line.unit_price is None:
        problems[field + "unit_price"] = "Enter a price."
    if line.tax_rate_id is None or line.tax_rate_id not in rates:
        problems[field + "tax_rate_id"] = "Choose a tax rate."
    return problems


def _total_problems(quote: Quote, company: Company, rates: Mapping[int, TaxRate]) -> dict[str, str]:
    totals = pricing.price(snapshot.order_of(quote, rates, company))
    problems = {}
    for line, amounts in zip(quote.lines, totals.lines, strict=True):
        if line.is_blank or line.kind != LineKind.ITEM:
            continue
        if line.discount_kind == "amount" and line.discount > amounts.gross:
            problems[f"lines-{line.key}-discount"] = "The discount is more than the line."
    if quote.discount_kind == "amount" and quote.discount > totals.subtotal:
        problems["discount"] = "The discount is more than the subtotal."
    if abs(totals.payable) >= LARGEST_TOTAL:
        problems["total"] = "The total has more than twelve digits: please check quantities and prices."
    return problems
