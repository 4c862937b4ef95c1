"""A draft on the desk, and what htmx sends and gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from betterform.db import transaction
from betterform.models.company import Company
from betterform.models.product import Product
from betterform.models.quote import Quote
from tests.browser import SPACE, Browser, Page, words_of
from tests.quotes import a_draft

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def quote(session: Session, company: Company) -> Quote:
    """A complete draft that expires far in the future, of item 4711."""
    with transaction():
        return a_draft(session, company, mid="4711", validity_days=3650)


@pytest.fixture
def key(quote: Quote) -> str:
    return quote.lines[0].key


@pytest.fixture
def probe(session: Session) -> Product:
    """In the catalogue at 12.50 CHF and 11 EUR."""
    with transaction():
        product = Product(name="Probe 9000", catalogue_number="HI-9000", unit="pc", description="Fine tip")
        product.set_price("CHF", Decimal("12.5"))
        product.set_price("EUR", Decimal(11))
        session.add(product)
    return product


@dataclass
class Form:
    """The quote form in somebody's browser; each send begins with what the page shows."""

    browser: Browser
    quote_id: int

    @property
    def address(self) -> str:
        return f"/quotes/{self.quote_id}/edit"

    def open(self) -> Page:
        return self.browser.get(self.address)

    def press(
        self, button: str = "save", *, page: Page | None = None, status: int = 200, **typed: str
    ) -> Page:
        """Without JavaScript: send the form, and see the page that follows."""
        names = {name.replace("__", "-"): value for name, value in typed.items()}
        return self.browser.send(page or self.open(), self.address, status=status, action=button, **names)

    def post(
        self, button: str = "save", *, page: Page | None = None, to: str = "edit", **typed: str
    ) -> Parts:
        """With htmx: send the form, and get the parts of the page that change."""
        names = {name.replace("__", "-"): value for name, value in typed.items()}
        values = {**(page or self.open()).form(self.address), "action": button, **names}
        return Parts(self.browser.client.post(f"/quotes/{self.quote_id}/{to}", data=values, headers=HTMX))


class Parts:
    """An answer for htmx: its status, and the words that go to each target."""

    def __init__(self, response) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.html: str = response.get_data(as_text=True)
        tree = Page(response).tree
        self.parts = {
            part.get("hx-target", "").removeprefix("#"): part for part in tree.iter(f"{SPACE}hx-partial")
        }

    def words(self, target: str) -> str:
        return words_of(self.parts[target]).replace("\xa0", " ")


@pytest.fixture
def form(staff: Browser, quote: Quote) -> Form:
    return Form(staff, quote.id)


@pytest.fixture
def fresh(session: Session, quote: Quote) -> Callable[[], Quote]:
    """`fresh()`: the quote as the database holds it now."""

    def read() -> Quote:
        session.rollback()
        session.expire_all()
        return quote

    return read
