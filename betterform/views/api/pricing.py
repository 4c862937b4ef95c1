"""POST /api/v1/pricing: compute without storing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from betterform import money, pricing
from betterform.errors import InvalidInput
from betterform.models.user import Role
from betterform.views import access
from betterform.views.api.reading import Reader, json_object, raise_problems

blueprint = Blueprint("pricing_api", __name__, url_prefix="/api/v1")

KINDS = tuple(kind.value for kind in pricing.DiscountKind)
MOST_LINES = 5_000


@blueprint.post("/pricing")
@access.api(Role.VIEWER, "pricing")
def compute() -> ResponseReturnValue:
    """The totals of what is sent; every amount a decimal string with the currency's decimals."""
    return jsonify(_as_json(pricing.price(_order(json_object()))))


def _order(body: dict[str, Any]) -> pricing.Order:
    problems: dict[str, str] = {}
    reader = Reader(body, problems)
    currency = reader.text("currency", longest=3)
    if "currency" not in problems and not money.is_currency(currency):
        problems["currency"] = "is not a currency (ISO 4217, capital letters)"
    order = pricing.Order(
        currency=currency,
        lines=_lines(body, problems),
        discount=reader.number("doc_discount", Decimal(0)),
        discount_kind=pricing.DiscountKind(reader.choice("doc_discount_kind", KINDS, "none")),
        shipping=reader.number("shipping", Decimal(0)),
        shipping_tax=_shipping_tax(reader, problems),
        shipping_inclusive=reader.boolean("shipping_inclusive", None),
        cash_rounding=_step(reader, problems),
    )
    reader.known.add("lines")
    reader.finish()
    raise_problems(problems)
    return order


def _lines(body: dict[str, Any], problems: dict[str, str]) -> list[pricing.Line]:
    rows = body.get("lines")
    if not isinstance(rows, list) or len(rows) > MOST_LINES:
        problems["lines"] = f"must be a list of at most {MOST_LINES} lines"
        return []
    return [_line(row, f"lines.{number}", problems) for number, row in enumerate(rows)]


def _line(row: Any, place: str, problems: dict[str, str]) -> pricing.Line:
    if not isinstance(row, dict):
        problems[place] = "must be an object"
        return pricing.Line(Decimal(0), Decimal(0))
    reader = Reader(row, problems, f"{place}.")
    line = pricing.Line(
        quantity=reader.number("quantity"),
        unit_price=reader.number("unit_price"),
        discount=reader.number("discount", Decimal(0)),
        discount_kind=pricing.DiscountKind(reader.choice("discount_kind", KINDS, "none")),
        tax=_rate(reader, "tax_rate", problems),
        inclusive=bool(reader.boolean("inclusive", False)),
    )
    reader.finish()
    return line


def _rate(reader: Reader, name: str, problems: dict[str, str]) -> pricing.TaxRate:
    percent = reader.number(name, None, nullable=True)
    if percent is None:
        return pricing.NO_TAX
    try:
        return pricing.TaxRate(percent)
    except InvalidInput as error:
        problems[f"{reader.place}{name}"] = error.message
        return pricing.NO_TAX


def _shipping_tax(reader: Reader, problems: dict[str, str]) -> pricing.TaxRate | pricing.LargestGroup:
    """Left out: the rate of the largest group. null: no tax."""
    if not reader.has("shipping_tax_rate"):
        return pricing.LARGEST_GROUP
    return _rate(reader, "shipping_tax_rate", problems)


def _step(reader: Reader, problems: dict[str, str]) -> Decimal | None:
    step: Decimal | None = reader.number("cash_rounding", None, nullable=True)
    if step is not None and step <= 0:
        problems.setdefault("cash_rounding", "must be more than zero")
        return None
    return step


def _as_json(totals: pricing.Totals) -> dict[str, Any]:
    return {
        "currency": totals.currency,
        "subtotal": str(totals.subtotal),
        "discount": str(totals.discount),
        "shipping": str(totals.shipping),
        "net": str(totals.net),
        "tax": str(totals.tax),
        "tax_by_rate": {
            money.plain(rate.percent): str(amount)
            for rate, amount in totals.tax_by_rate.items()
            if rate.percent is not None
        },
        "total": str(totals.total),
        "rounding": str(totals.rounding),
        "payable": str(totals.payable),
        "lines": [
            {"gross": str(line.gross), "discount": str(line.discount), "net": str(line.net)}
            for line in totals.lines
        ],
    }
