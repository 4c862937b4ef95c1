"""Dashboard, contacts and products as everybody who signs in may read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from betterform import clock
from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.product import Product
from betterform.models.quote import Quote, QuoteLine
from tests.browser import Browser

MOST_QUERIES = 12


@pytest.fixture
def office(session: Session, company: Company) -> dict[str, int]:
    """120 contacts, 3 products and a few quotes; the ids of what tests look at."""
    today = clock.today("Europe/Zurich")
    with transaction():
        keller = Contact(
            first_name="Anna", last_name="Keller", company="Alpenwerk <GmbH>", email="anna@alpenwerk.example"
        )
        session.add_all(
            [keller, *(Contact(last_name=f"Person {n:03d}", company="Filler AG") for n in range(119))]
        )
        probe = Product(name="Fibre probe 100%", catalogue_number="HI_7", kind="accessory")
        probe.set_price("CHF", Decimal(1250))
        probe.set_price("EUR", Decimal("0.0088"))
        session.add_all([probe, Product(name="Kit"), Product(name="Gone", archived_at=clock.now())])
        session.flush()
        for number, (state, age, days) in enumerate(
            [("draft", 0, 30), ("sent", 25, 30), ("sent", 0, 30), ("sent", 40, 30), ("accepted", 3, 30)],
            start=1,
        ):
            issued = state != "draft"
            session.add(
                Quote(
                    state=state,
                    number=f"Q-2026-{number:04d}" if issued else None,
                    issued_at=clock.now() if issued else None,
                    subject=f"Deal {number}",
                    contact=keller,
                    date=today - timedelta(days=age),
                    validity_days=days,
                    currency="CHF",
                    total=Decimal("1000.05"),
                    lines=[QuoteLine(key="a", position=0, product_id=probe.id if number == 2 else None)],
                )
            )
    return {"keller": keller.id, "probe": probe.id}


def test_the_first_day_teaches_what_to_do(staff: Browser) -> None:
    page = staff.get("/")
    assert "Make an item on the DEALS board" in page.text
    assert "There are no contacts yet" in page.text


def test_the_dashboard_counts_what_waits(viewer: Browser, office: dict[str, int]) -> None:
    text = viewer.get("/").text
    assert "1 drafts to finish" in text
    assert "3 waiting for an answer" in text
    assert "1 expiring within 7 days" in text
    assert "1 accepted" in text
    assert "3 CHF 3,000.15" in text.replace("\xa0", " ")


def test_only_staff_are_offered_a_new_quote(staff: Browser, viewer: Browser) -> None:
    assert "New quote" in staff.get("/").text
    assert "New quote" not in viewer.get("/").text


def test_contacts_come_in_pages(viewer: Browser, office: dict[str, int]) -> None:
    page = viewer.get("/contacts")
    assert "1–50 of 120" in page.text
    last = viewer.get("/contacts?page=3")
    assert "101–120 of 120" in last.text
    assert last.all("a", rel="next") == []


@pytest.mark.parametrize("nonsense", ["0", "-1", "abc", "99999999999", "²", "1.5", ""])
def test_a_page_that_makes_no_sense_is_still_a_page(
    viewer: Browser, office: dict[str, int], nonsense: str
) -> None:
    viewer.get(f"/contacts?page={nonsense}")


def test_a_page_behind_the_last_leads_back(viewer: Browser, office: dict[str, int]) -> None:
    (back,) = viewer.get("/contacts?page=50").all("a", rel="prev")
    assert back.get("href") == "/contacts?page=3"


@pytest.mark.parametrize("typed", ["keller", "KELLER anna", "alpenwerk", "anna@"])
def test_contacts_are_found_by_what_a_person_types(
    viewer: Browser, office: dict[str, int], typed: str
) -> None:
    page = viewer.get(f"/contacts?q={typed}")
    assert "Alpenwerk <GmbH>" in page.text
    assert "1 in all" in page.text
    assert page.one("input", id="search").get("value") == typed


def test_a_search_keeps_its_words_from_page_to_page(viewer: Browser, office: dict[str, int]) -> None:
    (following,) = viewer.get("/contacts?q=person").all("a", rel="next")
    assert following.get("href") == "/contacts?q=person&page=2"


def test_nothing_found_says_so(viewer: Browser, office: dict[str, int]) -> None:
    assert "Nobody found for “<b>”" in viewer.get("/contacts?q=<b>").text


def test_signs_with_a_meaning_in_sql_are_just_signs(viewer: Browser, office: dict[str, int]) -> None:
    assert "1 in all" in viewer.get("/products?q=100%25").text
    assert "1 in all" in viewer.get("/products?q=HI_").text
    assert "Nothing found" in viewer.get("/products?q=I__").text


def test_a_contact_shows_their_quotes(viewer: Browser, office: dict[str, int]) -> None:
    page = viewer.get(f"/contacts/{office['keller']}")
    assert page.heading == "Anna Keller"
    assert "Q-2026-0002" in page.text
    assert "5 in all" in page.text


def test_a_product_shows_its_prices_and_the_quotes_that_offer_it(
    viewer: Browser, office: dict[str, int]
) -> None:
    page = viewer.get(f"/products/{office['probe']}")
    assert "1,250.00" in page.text
    assert "0.0088" in page.text
    assert "Q-2026-0002" in page.text
    assert "Q-2026-0003" not in page.text


def test_archived_products_are_not_listed(viewer: Browser, office: dict[str, int]) -> None:
    assert "Gone" not in viewer.get("/products").text


def test_unknown_records_are_not_found(viewer: Browser) -> None:
    viewer.get("/contacts/999", status=404)
    viewer.get("/products/999", status=404)
    viewer.get("/products/99999999999999999999999", status=404)


def test_no_page_asks_the_database_too_often(
    sign_in: Callable[[str], Browser], office: dict[str, int], queries: list[str]
) -> None:
    admin = sign_in("admin")
    for address in (
        "/",
        "/contacts",
        f"/contacts/{office['keller']}",
        "/products",
        f"/products/{office['probe']}",
    ):
        queries.clear()
        admin.get(address)
        asked = [statement for statement in queries if not statement.startswith("BEGIN")]
        assert len(asked) <= MOST_QUERIES, f"{address}: {len(asked)} queries"
