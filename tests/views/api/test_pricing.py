"""POST /api/v1/pricing: exact answers for whoever may ask, and a named field for every mistake."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import tokens
from betterform.db import transaction
from betterform.models.history import SYSTEM
from tests.browser import Browser, FreshClient
from tests.conftest import SHARED

ADDRESS = "/api/v1/pricing"
CASES = SHARED / "pricing" / "cases.json"
ASKED = (
    "currency",
    "lines",
    "doc_discount",
    "doc_discount_kind",
    "shipping",
    "shipping_tax_rate",
    "shipping_inclusive",
    "cash_rounding",
)
ORDER: dict[str, Any] = {
    "currency": "CHF",
    "lines": [{"quantity": "2", "unit_price": "100.00", "tax_rate": "8.1"}],
}


@pytest.fixture
def bearer(session: Session) -> dict[str, str]:
    with transaction() as inside:
        _token, plain = tokens.create(inside, name="Test", by=SYSTEM, at=clock.now())
    return {"Authorization": f"Bearer {plain}"}


@pytest.fixture
def client(app: Flask) -> FreshClient:
    return FreshClient(app, app.response_class)


def ask(client: FreshClient, bearer: dict[str, str], body: object) -> Any:
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(ADDRESS, data=data, headers=bearer | {"Content-Type": "application/json"})


@pytest.mark.skipif(not CASES.is_file(), reason="the worked examples are in ../shared, which is absent")
def test_every_worked_example_holds_to_the_cent(client: FreshClient, bearer: dict[str, str]) -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    assert len(cases) >= 41
    for case in cases:
        answer = ask(client, bearer, {name: case[name] for name in ASKED if name in case})
        assert answer.status_code == 200, (case, answer.get_data(as_text=True))
        got = answer.get_json()
        for name, wanted in case["expected"].items():
            if wanted is not None:
                assert same(got[name], wanted), (case["id"], name, got[name], wanted)


def same(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(same(got[name], value) for name, value in wanted.items() if value is not None)
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(
            same(g, w) for g, w in zip(got, wanted, strict=True) if w is not None
        )
    if isinstance(wanted, (str, int, Decimal)) and not isinstance(wanted, bool) and isinstance(got, str):
        try:
            return Decimal(got) == Decimal(str(wanted))
        except ArithmeticError:
            return got == wanted
    return bool(got == wanted)


def test_amounts_are_strings_with_the_currencys_decimals(client: FreshClient, bearer: dict[str, str]) -> None:
    answer = ask(client, bearer, ORDER).get_json()
    assert (answer["subtotal"], answer["tax"], answer["total"]) == ("200.00", "16.20", "216.20")
    assert answer["tax_by_rate"] == {"8.1": "16.20"}
    assert answer["lines"] == [{"gross": "200.00", "discount": "0.00", "net": "200.00"}]
    yen = ask(
        client, bearer, {"currency": "JPY", "lines": [{"quantity": 3, "unit_price": "33.4"}]}
    ).get_json()
    assert yen["total"] == "100"


def test_json_numbers_are_exact(client: FreshClient, bearer: dict[str, str]) -> None:
    body = '{"currency": "CHF", "lines": [{"quantity": 1, "unit_price": 1.005}, {"quantity": 0.1, "unit_price": 2.55}]}'
    assert [line["gross"] for line in ask(client, bearer, body).get_json()["lines"]] == ["1.01", "0.26"]


def test_a_person_may_ask_with_the_token_of_their_page(viewer: Browser) -> None:
    token = viewer.get("/").form("/logout")["csrf_token"]
    assert viewer.client.post(ADDRESS, json=ORDER).status_code == 400
    assert viewer.client.post(ADDRESS, json=ORDER, headers={"X-CSRFToken": token}).status_code == 200


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Bearer ", "Basic YTpi", "Bearer \u00e9"])
def test_nobody_else_may_ask(client: FreshClient, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    answer = client.post(ADDRESS, json=ORDER, headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")


def line(**values: Any) -> dict[str, Any]:
    return ORDER | {"lines": [ORDER["lines"][0] | values]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "currency"),
        ({"currency": "CHF"}, "lines"),
        (ORDER | {"currency": ""}, "currency"),
        (ORDER | {"currency": "chf"}, "currency"),
        (ORDER | {"currency": 1}, "currency"),
        (ORDER | {"currency": ["CHF"]}, "currency"),
        (ORDER | {"lines": {}}, "lines"),
        (ORDER | {"lines": [1]}, "lines.0"),
        (ORDER | {"lines": [{}] * 5001}, "lines"),
        (ORDER | {"total": "1"}, "total"),
        (line(price="1"), "lines.0.price"),
        (line(quantity="two"), "lines.0.quantity"),
        (line(quantity=True), "lines.0.quantity"),
        (line(quantity=None), "lines.0.quantity"),
        (line(quantity="1" * 13), "lines.0.quantity"),
        (line(quantity="١"), "lines.0.quantity"),
        (line(unit_price="1.1234567"), "lines.0.unit_price"),
        (line(unit_price="NaN"), "lines.0.unit_price"),
        (line(unit_price=[]), "lines.0.unit_price"),
        (line(discount_kind="gift"), "lines.0.discount_kind"),
        (line(discount_kind=[]), "lines.0.discount_kind"),
        (line(tax_rate="-1"), "lines.0.tax_rate"),
        (line(tax_rate="1001"), "lines.0.tax_rate"),
        (line(inclusive="yes"), "lines.0.inclusive"),
        (ORDER | {"doc_discount": "x"}, "doc_discount"),
        (ORDER | {"shipping": {}}, "shipping"),
        (ORDER | {"shipping_tax_rate": "x"}, "shipping_tax_rate"),
        (ORDER | {"cash_rounding": "0"}, "cash_rounding"),
        (ORDER | {"\ud800": 1}, "\ud800"),
    ],
)
def test_a_mistake_is_named_by_its_field(
    client: FreshClient, bearer: dict[str, str], body: object, field: str
) -> None:
    answer = ask(client, bearer, body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert field in {error["field"] for error in answer.get_json()["errors"]}


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '"text"', "{'a': 1}", '{"currency": NaN}', b"\xff\xfe", "[" * 100_000, "1" * 10_000,
     '{"lines": [{"quantity": 1e99999999999999999999}]}', '{"currency": Infinity}'],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(
    client: FreshClient, bearer: dict[str, str], body: str | bytes
) -> None:
    answer = ask(client, bearer, body)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_another_type_and_another_method_are_refused(client: FreshClient, bearer: dict[str, str]) -> None:
    assert client.post(ADDRESS, data=ORDER, headers=bearer).status_code == 415
    assert client.get(ADDRESS, headers=bearer).status_code == 405


def test_figures_past_counting_are_refused_in_words(client: FreshClient, bearer: dict[str, str]) -> None:
    huge = {"quantity": "9" * 12, "unit_price": "9" * 12}
    answer = ask(client, bearer, {"currency": "CHF", "lines": [huge] * 50})
    assert answer.status_code in (200, 422)
