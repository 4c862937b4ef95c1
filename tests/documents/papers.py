"""Papers to print in tests: priced by the rules of docs/pricing.md, without a database."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from betterform import pricing
from betterform.paper import Paper, PaperLine, PaperTax, Sender

D = Decimal

LOGO_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 56" width="240" height="56">'
    '<rect x="0" y="6" width="44" height="44" rx="11" fill="#1f4e79"/>'
    '<path d="M12 38 L22 16 L32 38" fill="none" stroke="#fff" stroke-width="5" stroke-linejoin="round"/>'
    '<text x="58" y="38" font-family="Inter, sans-serif" font-weight="700" font-size="28" fill="#1b2430">'
    "Alpenwerk</text>"
    "</svg>"
)
LONG_TEXT = (
    "Measures vibration, temperature and current of rotating machines and tells wear weeks before it is heard. "
    "Delivered with mounting set, calibration certificate and a cable of five metres.\n"
)
PRODUCTS = (
    ("Vibration sensor VS-40", "VS-40-BT", "IP67, 0 to 10 kHz, with mounting magnet. ", "pcs", "289.00"),
    ("Gateway G2", "GW-200", "Collects up to 64 sensors, LTE and Ethernet", "pcs", "1190.00"),
    ("Commissioning on site", "SV-010", "Mounting, calibration and first measurement", "hours", "165.00"),
    ("Cable M12, shielded", "CB-M12-10", "", "m", "4.35"),
    ("Analysis software, yearly licence", "SW-ANA-Y", "Per gateway, updates included. ", "years", "840.00"),
    ("Spare battery pack", "BT-3600", "Lithium, 3.6 V, five years. ", "pcs", "38.50"),
)


def data_url(svg: str) -> str:
    """An SVG as it travels inside a paper."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


SENDER = Sender(
    name="Alpenwerk Messtechnik AG",
    address=("Industriestrasse 14", "8400 Winterthur", "Switzerland"),
    email="sales@alpenwerk.example",
    phone="+41 52 555 01 40",
    website="www.alpenwerk.example",
    vat_number="CHE-123.456.788 MWST",
    registration="Handelsregister Zürich CH-020.3.012.345-6",
    bank=("Zürcher Kantonalbank", "IBAN CH93 0076 2011 6238 5295 7", "BIC ZKBKCHZZ80A"),
    logo=data_url(LOGO_SVG),
    logo_alt="Alpenwerk",
    footer="Managing director: Regula Amstutz",
)


RECIPIENT = (
    "Meridian Pumps Ltd",
    "Ms Eleanor Whitcombe",
    "Unit 7, Harbour Way",
    "Bristol BS1 6XN",
    "United Kingdom",
)


def item(
    name: str,
    quantity: str,
    unit_price: str,
    *,
    percent: str | None = "8.1",
    discount: str = "0",
    discount_kind: str = "none",
    **more: Any,
) -> PaperLine:
    """A line as it is entered; `priced` puts the amounts in."""
    return PaperLine(
        name=name,
        quantity=D(quantity),
        unit_price=D(unit_price),
        discount=D(discount),
        discount_kind=discount_kind,
        tax_percent=None if percent is None else D(percent),
        tax_name="VAT" if percent is not None else "",
        **more,
    )


def priced(
    paper: Paper, *, discount_percent: str | None = None, shipping: str = "0", step: str | None = None
) -> Paper:
    """The paper with all amounts, from the pricing engine."""
    items = [line for line in paper.lines if line.kind == "item"]
    totals = pricing.price(
        pricing.Order(
            currency=paper.currency,
            lines=[_entered(line) for line in items],
            discount=D(discount_percent or 0),
            discount_kind=pricing.DiscountKind.PERCENT if discount_percent else pricing.DiscountKind.NONE,
            shipping=D(shipping),
            cash_rounding=D(step) if step else None,
        )
    )
    amounts = iter(totals.lines)
    shipped = [row.tax.percent for row in totals.tax_rows if row.shipping]
    return replace(
        paper,
        lines=tuple(_filled(line, next(amounts)) if line.kind == "item" else line for line in paper.lines),
        subtotal=totals.subtotal,
        discount=totals.discount,
        discount_percent=None if discount_percent is None else D(discount_percent),
        discounted=totals.discounted,
        shipping=totals.shipping,
        shipping_tax_percent=shipped[0] if shipped else None,
        taxes=tuple(_tax(row) for row in totals.tax_rows),
        net=totals.net,
        tax=totals.tax,
        total=totals.total,
        rounding=totals.rounding,
        payable=totals.payable,
    )


def _entered(line: PaperLine) -> pricing.Line:
    assert line.quantity is not None
    assert line.unit_price is not None
    return pricing.Line(
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        discount_kind=pricing.DiscountKind(line.discount_kind),
        tax=pricing.NO_TAX
        if line.tax_percent is None
        else pricing.TaxRate(line.tax_percent, name=line.tax_name),
        inclusive=line.inclusive,
        counts=not line.optional,
    )


def _filled(line: PaperLine, amounts: pricing.LineTotals) -> PaperLine:
    return replace(line, gross=amounts.gross, discount_amount=amounts.discount, net=amounts.net)


def _tax(row: pricing.TaxRow) -> PaperTax:
    return PaperTax(row.tax.name, row.tax.percent, row.tax.category, row.inclusive, row.base, row.tax_amount)


def blank(**more: Any) -> Paper:
    """A quote with everything but lines and totals."""
    facts: dict[str, Any] = {
        "kind": "quote",
        "language": "en",
        "locale": "en_GB",
        "currency": "CHF",
        "sender": SENDER,
        "recipient": RECIPIENT,
        "date": date(2026, 11, 23),
        "number": "Q-2026-0014",
        "subject": "Condition monitoring, pump hall north",
        "expiry": date(2026, 12, 23),
        "prepared_by": "Lukas Brunner",
        "prepared_by_email": "lukas.brunner@alpenwerk.example",
        "deal_type": "New customer",
        "notes": "Delivery within three weeks of your order. Prices include calibration.",
        "terms": "Payment within 30 days of the invoice, net. Goods remain our property until they are paid in full.\n"
        "Our general terms of delivery apply; we send them on request.",
    }  # fmt: skip
    return Paper(**facts | more)


def quote(lines: int = 12, **more: Any) -> Paper:
    """A quote with so many lines of one rate, priced."""
    return priced(replace(blank(**more), lines=product_lines(lines)), shipping="45.00")


def product_lines(count: int) -> tuple[PaperLine, ...]:
    """So many lines out of the catalogue, numbered."""
    made = []
    for index in range(count):
        name, number, text, unit, price = PRODUCTS[index % len(PRODUCTS)]
        made.append(
            item(name, str(1 + index % 9), price, unit=unit, catalogue_number=number,
                 description=text, position=str(index + 1))
        )  # fmt: skip
    return tuple(made)


def mixed_quote(lines: int = 12, **more: Any) -> Paper:
    """A quote with all there is: sections, texts, options, discounts, several rates, cash rounding."""
    made: list[PaperLine] = [PaperLine(kind="section", name="Sensors and gateways")]
    for index in range(lines):
        name, number, text, unit, price = PRODUCTS[index % len(PRODUCTS)]
        if index == lines // 2:
            made.append(PaperLine(kind="section", name="Services and options"))
            made.append(
                PaperLine(kind="text", description="All services are carried out by our own engineers.")
            )
        kind, off = (("percent", "10"), ("amount", "25"), ("none", "0"))[index % 3]
        made.append(
            item(
                name, f"{1 + index % 9}", price, percent=("8.1", "8.1", "2.6", None)[index % 4], unit=unit,
                discount=off if D(price) > 100 else "0", discount_kind=kind if D(price) > 100 else "none",
                catalogue_number=number, description=text * (1 + 4 * (index % 5 == 1)),
                position=str(index + 1), optional=index % 7 == 5,
            )
        )  # fmt: skip
    return priced(
        replace(blank(**more), lines=tuple(made)), discount_percent="5", shipping="48.50", step="0.05"
    )
