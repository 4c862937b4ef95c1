"""The engine against other people's worked examples and against docs/pricing.md, and the steps it tells.

The worked examples are read from pricing/cases.json in the shared folder beside the repository.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from betterform.money import plain
from betterform.pricing import (
    LARGEST_GROUP,
    NO_TAX,
    DiscountKind,
    LargestGroup,
    Line,
    Order,
    Rule,
    TaxRate,
    explain,
    price,
)

REPOSITORY = Path(__file__).resolve().parents[1]
CASES = REPOSITORY / ".." / "shared" / "pricing" / "cases.json"
DOCUMENT = REPOSITORY / "docs" / "pricing.md"


# --- Worked examples of others ---


def shared_cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="shared/pricing/cases.json is not here"))]
    return [pytest.param(case, id=case["id"]) for case in json.loads(CASES.read_text())["cases"]]


def order_of_case(case: dict[str, Any]) -> Order:
    shipping_rate = case["shipping_tax_rate"]
    return Order(
        currency=case["currency"],
        lines=tuple(
            Line(
                Decimal(entry["quantity"]),
                Decimal(entry["unit_price"]),
                tax=TaxRate(Decimal(entry["tax_rate"])),
                discount=Decimal(entry["discount"]),
                discount_kind=DiscountKind(entry["discount_kind"]),
                inclusive=entry["inclusive"],
            )
            for entry in case["lines"]
        ),
        discount=Decimal(case["doc_discount"]),
        discount_kind=DiscountKind(case["doc_discount_kind"]),
        shipping=Decimal(case["shipping"]),
        shipping_tax=NO_TAX if shipping_rate is None else TaxRate(Decimal(shipping_rate)),
        shipping_inclusive=case["shipping_inclusive"],
        cash_rounding=Decimal(case["cash_rounding"]) if case["cash_rounding"] else None,
    )


@pytest.mark.parametrize("case", shared_cases())
def test_a_worked_example_holds_exactly(case: dict[str, Any]) -> None:
    totals = price(order_of_case(case))
    stated = {name: figure for name, figure in case["expected"].items() if figure is not None}
    found: dict[str, Any] = {name: str(getattr(totals, name)) for name in stated if name != "tax_by_rate"}
    if "tax_by_rate" in stated:
        found["tax_by_rate"] = {
            plain(tax.percent): str(amount)
            for tax, amount in totals.tax_by_rate.items()
            if tax.percent is not None
        }
    assert found == stated


# --- docs/pricing.md ---


def tables(text: str) -> dict[str, list[dict[str, str]]]:
    """The Markdown tables of a section by the head of their first column, each row by the heads."""
    found: dict[str, list[dict[str, str]]] = {}
    for block in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        head, _, *rows = ([cell.strip() for cell in row.strip("|").split("|")] for row in block.splitlines())
        found[head[0]] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


def worked_examples() -> list[Any]:
    sections = re.split(r"^### Example: (.+)$", DOCUMENT.read_text(), flags=re.MULTILINE)
    return [
        pytest.param(tables(re.split(r"^#", text, flags=re.MULTILINE)[0]), id=title)
        for title, text in zip(sections[1::2], sections[2::2], strict=True)
    ]


def figure(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", "").removesuffix("%").strip())


def kind_of(discount: str) -> DiscountKind:
    if not discount:
        return DiscountKind.NONE
    return DiscountKind.PERCENT if discount.endswith("%") else DiscountKind.AMOUNT


def tax_of(text: str) -> TaxRate:
    if text == "no tax":
        return NO_TAX
    percent, category = text.removesuffix(" included").split("%")
    return TaxRate(figure(percent), category.strip() or "S")


def order_of_tables(example: dict[str, list[dict[str, str]]]) -> Order:
    entered = {row["Document"]: row["Entered"] for row in example["Document"]}
    shipping_tax: TaxRate | LargestGroup = LARGEST_GROUP
    shipping_inclusive = None
    if entered.get("Shipping tax", "as the largest group") != "as the largest group":
        shipping_tax = tax_of(entered["Shipping tax"])
        shipping_inclusive = entered["Shipping tax"].endswith("included")
    return Order(
        currency=entered["Currency"],
        lines=[
            Line(
                figure(row["Quantity"]),
                figure(row["Unit price"]),
                discount=figure(row["Line discount"] or "0"),
                discount_kind=kind_of(row["Line discount"]),
                tax=tax_of(row["Tax"]),
                inclusive=row["Tax"].endswith("included"),
                counts=not row["Line"].endswith("(optional)"),
            )
            for row in example["Line"]
        ],
        discount=figure(entered.get("Discount", "0")),
        discount_kind=kind_of(entered.get("Discount", "")),
        shipping=figure(entered.get("Shipping", "0")),
        shipping_tax=shipping_tax,
        shipping_inclusive=shipping_inclusive,
        cash_rounding=figure(entered["Cash rounding"]) if "Cash rounding" in entered else None,
    )


@pytest.mark.parametrize("example", worked_examples())
def test_the_tables_of_the_documentation_hold_exactly(example: dict[str, list[dict[str, str]]]) -> None:
    totals = price(order_of_tables(example))

    columns = ("gross", "discount", "net")
    assert [[str(figure(row[column.title()])) for column in columns] for row in example["Line"]] == [
        [str(getattr(amounts, column)) for column in columns] for amounts in totals.lines
    ]
    row_columns = ("lines", "discount", "shipping", "entered", "base", "tax_amount")
    heads = ("Lines", "Discount", "Shipping", "Entered", "Base", "Tax amount")
    assert [
        (
            tax_of(row["Tax group"]),
            row["Tax group"].endswith("included"),
            [str(figure(row[h])) for h in heads],
        )
        for row in example["Tax group"]
    ] == [
        (row.tax, row.inclusive, [str(getattr(row, column)) for column in row_columns])
        for row in totals.tax_rows
    ]
    for row in example["Totals"]:
        name = {"Price after discount": "discounted"}.get(row["Totals"], row["Totals"].lower())
        assert (name, str(figure(row["Amount"]))) == (name, str(getattr(totals, name)))


def test_the_documentation_has_examples_for_every_rule() -> None:
    assert len(worked_examples()) >= 11


# --- How it was computed ---


def test_the_steps_lead_from_what_was_entered_to_every_figure() -> None:
    totals = price(order_of_tables(worked_examples()[-1].values[0]))
    steps = explain(totals)
    results = {(step.rule, step.line, step.tax_row): step.result for step in steps}
    assert [results[Rule.LINE_GROSS, index, None] for index in range(5)] == [x.gross for x in totals.lines]
    assert [results[Rule.DISCOUNT_SHARE, None, index] for index in range(3)] == [
        row.discount for row in totals.tax_rows
    ]
    last = {step.rule: step.result for step in steps}
    assert last[Rule.SUBTOTAL] == totals.subtotal
    assert last[Rule.DISCOUNT_PERCENT] == totals.discount
    assert last[Rule.TOTAL] == totals.total
    assert last[Rule.CASH_ROUNDING] == totals.payable
    exact = {step.rule: step.exact for step in steps if step.is_rounded}
    assert exact[Rule.DISCOUNT_PERCENT] == Decimal("72.9435")
    assert exact[Rule.TAX_ADDED] == Decimal("102.1329")


@pytest.mark.parametrize("example", worked_examples())
def test_every_step_can_be_written_as_a_sentence(example: dict[str, list[dict[str, str]]]) -> None:
    for step in explain(price(order_of_tables(example))):
        figures = {figure.name: plain(figure.value) for figure in step.figures}
        assert "{" not in step.rule.sentence.format(**figures, result=plain(step.result))
        assert set(re.findall(r"{(\w+)}", step.rule.sentence)) - {"result"} == set(figures)
