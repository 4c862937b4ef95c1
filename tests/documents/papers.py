"""Papers to print in tests: priced by the rules of docs/pricing.md, without a database."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from betterform.money import round_money, round_to_step
from betterform.paper import Paper, PaperLine, PaperTax, Sender

D = Decimal
ZERO = Decimal(0)

LOGO_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 56" width="240" height="56">'
    '<rect x="0" y="6" width="44" height="44" rx="11" fill="#1f4e79"/>'
    '<path d="M12 38 L22 16 L32 38" fill="none" stroke="#fff" stroke-width="5" stroke-linejoin="round"/>'
    '<text x="58" y="38" font-family="Inter, sans-serif" font-weight="700" font-size="28" fill="#1b2430">Alpenwerk</text>'
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


def item(
    name: str,
    quantity: str,
    unit_price: str,
    *,
    currency: str = "CHF",
    percent: str | None = "8.1",
    discount: str = "0",
    discount_kind: str = "none",
    **more: Any,
) -> PaperLine:
    """A priced line: gross, discount and net as pricing computes them."""
    gross = round_money(D(quantity) * D(unit_price), currency)
    share = {"none": ZERO, "percent": gross * D(discount) / 100, "amount": D(discount)}[discount_kind]
    off = round_money(share, currency)
    return PaperLine(
        name=name,
        quantity=D(quantity),
        unit_price=D(unit_price),
        discount=D(discount),
        discount_kind=discount_kind,
        gross=gross,
        discount_amount=off,
        net=gross - off,
        tax_percent=None if percent is None else D(percent),
        tax_name="VAT" if percent is not None else "",
        **more,
    )


def priced(
    paper: Paper, *, discount_percent: str | None = None, shipping: str = "0", step: str | None = None
) -> Paper:
    """The paper with its totals. The document discount is spread over the rates in proportion."""
    cur = paper.currency
    counted = [line for line in paper.lines if line.kind == "item" and not line.optional]
    subtotal = sum((line.net or ZERO for line in counted), ZERO)
    discount = round_money(subtotal * D(discount_percent or 0) / 100, cur)
    groups: dict[tuple[Decimal | None, bool], Decimal] = {}
    for line in counted:
        key = (line.tax_percent, line.inclusive)
        groups[key] = groups.get(key, ZERO) + (line.net or ZERO)
    remaining = discount
    shipping_rate = None
    for index, key in enumerate(sorted(groups, key=lambda k: (k[0] or ZERO, k[1]))):
        share = round_money(discount * groups[key] / subtotal, cur) if subtotal else ZERO
        share = remaining if index == len(groups) - 1 else share
        remaining -= share
        groups[key] -= share
        if index == len(groups) - 1:
            shipping_rate = key[0]
            groups[key] += D(shipping)
    taxes = []
    for (percent, inclusive), amount in sorted(groups.items(), key=lambda g: (-(g[0][0] or ZERO), g[0][1])):
        rate = (percent or ZERO) / 100
        tax = round_money(amount - amount / (1 + rate) if inclusive else amount * rate, cur)
        taxes.append(
            PaperTax("VAT" if percent is not None else "", percent, "S" if percent else "Z", inclusive,
                     amount - tax if inclusive else amount, tax)
        )  # fmt: skip
    net = sum((tax.base for tax in taxes), ZERO)
    tax_sum = sum((tax.amount for tax in taxes), ZERO)
    total = net + tax_sum
    payable = round_to_step(total, D(step)) if step else total
    return replace(
        paper,
        subtotal=subtotal,
        discount=discount,
        discount_percent=None if discount_percent is None else D(discount_percent),
        discounted=subtotal - discount,
        shipping=D(shipping),
        shipping_tax_percent=shipping_rate,
        taxes=tuple(taxes),
        net=net,
        tax=tax_sum,
        total=total,
        rounding=payable - total,
        payable=payable,
    )


def blank(**more: Any) -> Paper:
    """A quote with everything but lines and totals."""
    facts: dict[str, Any] = {
        "kind": "quote",
        "language": "en",
        "locale": "en_GB",
        "currency": "CHF",
        "sender": SENDER,
        "recipient": ("Meridian Pumps Ltd", "Ms Eleanor Whitcombe", "Unit 7, Harbour Way", "Bristol BS1 6XN", "United Kingdom"),
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


def product_lines(count: int, *, currency: str = "CHF") -> tuple[PaperLine, ...]:
    """So many lines out of the catalogue, numbered."""
    made = []
    for index in range(count):
        name, number, text, unit, price = PRODUCTS[index % len(PRODUCTS)]
        made.append(
            item(name, str(1 + index % 9), price, currency=currency, unit=unit, catalogue_number=number,
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
            made.append(PaperLine(kind="text", description="All services are carried out by our own engineers."))
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
