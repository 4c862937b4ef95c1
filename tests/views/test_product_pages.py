"""Products as full pages: every price on one form, found by price and type, archived, imported, exported."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from betterform.actions import products
from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.product import Product
from tests.browser import Browser
from tests.quotes import ANNA, NOW
from tests.views.test_contact_pages import upload


@pytest.fixture
def scale(session: Session, company: Company) -> int:
    with transaction():
        product = Product(name="Scale", catalogue_number="S-1", kind="kit")
        product.set_price("CHF", Decimal("12.5"))
        product.set_price("JPY", Decimal(900))
        session.add(product)
        session.flush()
        return product.id


def prices_of(session: Session, product_id: int) -> dict[str, str]:
    session.rollback()
    return {price.currency: str(price.amount) for price in session.get_one(Product, product_id).prices}


def test_all_prices_are_changed_together(staff: Browser, session: Session, scale: int) -> None:
    address = f"/products/{scale}/edit"
    page = staff.get(address)
    assert page.form(address)["price_jpy"] == "900"
    row = staff.send(
        page, address, price_chf="13.75", new_currency="SEK", new_price="7", action="add-currency"
    )
    assert row.form(address)["price_sek"] == "7"
    shown = staff.send(row, address, price_jpy="", new_currency="NOK", new_price="8")
    assert shown.address == f"/products/{scale}"
    assert prices_of(session, scale) == {"CHF": "13.75", "SEK": "7", "NOK": "8"}


def test_a_wrong_price_is_said_beside_its_field(staff: Browser, scale: int) -> None:
    address = f"/products/{scale}/edit"
    page = staff.send(staff.get(address), address, status=422, price_chf="abc", new_price="5")
    assert "not a number" in page.error_at("price_chf")
    assert "Choose the currency" in page.error_at("new_currency")
    assert page.form(address)["price_chf"] == "abc"


def test_prices_are_typed_as_the_company_writes_them(staff: Browser, session: Session, scale: int) -> None:
    with transaction():
        session.get_one(Company, 1).locale = "de"
    address = f"/products/{scale}/edit"
    page = staff.get(address)
    assert page.form(address)["price_chf"] == "12,5"
    staff.send(page, address, price_chf="1.234")
    assert prices_of(session, scale)["CHF"] == "1234"


def test_two_people_at_once_see_each_others_prices(staff: Browser, session: Session, scale: int) -> None:
    address = f"/products/{scale}/edit"
    page = staff.get(address)
    with transaction():
        products.change(
            session,
            session.get_one(Product, scale),
            {"unit": "pc"},
            {"CHF": Decimal(20), "EUR": Decimal(18)},
            by=ANNA,
            at=NOW,
        )
    second = staff.send(page, address, status=409, price_chf="15")
    assert "Saved meanwhile: 20.00" in second.text
    form = second.form(address)
    assert (form["price_chf"], form["price_eur"], form["unit"]) == ("15", "18", "pc")
    assert prices_of(session, scale)["CHF"] == "20"
    staff.send(second, address)
    assert prices_of(session, scale) == {"CHF": "15", "EUR": "18", "JPY": "900"}


def test_a_product_is_added_once(staff: Browser, session: Session, company: Company) -> None:
    page = staff.get("/products/new")
    for _ in range(2):
        staff.send(page, "/products/new", name="Probe", price_eur="1.50", new_currency="JPY", new_price="3")
    product = session.query(Product).one()
    assert prices_of(session, product.id) == {"EUR": "1.5", "JPY": "3"}


def test_products_are_found_and_ordered_by_price(viewer: Browser, session: Session, scale: int) -> None:
    with transaction():
        cheap = Product(name="Cheap", kind="part")
        cheap.set_price("CHF", Decimal(1))
        session.add_all([cheap, Product(name="Bare", kind="part")])
    for address, names in {
        "/products?order=price-CHF": ["Cheap", "Scale", "Bare"],
        "/products?order=-price-CHF": ["Scale", "Cheap", "Bare"],
        "/products?priced=JPY&order=price-CHF": ["Scale"],
        "/products?unpriced=CHF": ["Bare"],
        "/products?kind=part": ["Bare", "Cheap"],
    }.items():
        page = viewer.get(address)
        found = [word for word in page.text.split() if word in ("Cheap", "Scale", "Bare")]
        assert found == names, address


def test_archived_products_are_restored(staff: Browser, session: Session, scale: int) -> None:
    page = staff.send(staff.get(f"/products/{scale}"), f"/products/{scale}/archive")
    assert "Archived here" in page.text
    assert "Scale" not in staff.get("/products?q=S-1").text
    assert "in use again" in staff.send(page, f"/products/{scale}/restore").text


def test_a_list_of_prices_goes_out_and_comes_back(staff: Browser, session: Session, scale: int) -> None:
    text = staff.client.get("/products/export.csv").get_data(as_text=True)
    page = upload(staff, text, "/products/import")
    assert "Everything is here already" in page.text
    changed = upload(staff, text.replace('"12.5"', '"14.5"'), "/products/import")
    assert "12.50 → 14.50" in changed.text
    staff.send(changed, "/products/import", action="import")
    assert prices_of(session, scale)["CHF"] == "14.5"
