"""A figure, an instant, a text and a file come back exactly as they were stored, from every database."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from betterform.models.contact import Contact
from betterform.models.document import Document
from betterform.models.history import HistoryEntry
from betterform.models.product import Product, ProductPrice
from betterform.models.quote import Quote, QuoteLine
from tests.databases import everywhere
from tests.quotes import NOW, TODAY

pytestmark = everywhere

FIGURES = [
    "0",
    "0.000001",
    "0.1",
    "12.5",
    "100",
    "0.30000000",
    "999999999999.999999",
    "123456789012.345678",
    "999999999999",
    "1E+11",
]


@pytest.fixture
def product(session: Session) -> Product:
    product = Product(name="Probe")
    session.add(product)
    session.commit()
    return product


def test_figures_are_exact(session: Session, product: Product) -> None:
    currencies = [f"C{number:02d}" for number in range(len(FIGURES))]
    for currency, figure in zip(currencies, FIGURES, strict=True):
        product.set_price(currency, Decimal(figure))
    session.commit()
    session.expire_all()
    assert [product.price_in(currency) for currency in currencies] == [Decimal(figure) for figure in FIGURES]


def test_figures_read_as_they_were_typed(session: Session, product: Product) -> None:
    for currency, figure in (("AAA", "12.500000"), ("BBB", "100.00"), ("CCC", "0.0")):
        product.set_price(currency, Decimal(figure))
    session.commit()
    session.expire_all()
    assert [str(product.price_in(currency)) for currency in ("AAA", "BBB", "CCC")] == ["12.5", "100", "0"]


def test_the_database_adds_and_sorts_figures_exactly(session: Session, product: Product) -> None:
    figures = [Decimal("0.1"), Decimal("0.2"), Decimal("999999999999.999999"), Decimal(9), Decimal(10)]
    session.add_all(
        ProductPrice(product_id=product.id, currency=f"C{number}", amount=figure)
        for number, figure in enumerate(figures)
    )
    session.commit()
    assert session.scalar(select(func.sum(ProductPrice.amount))) == Decimal("1000000000019.299999")
    assert list(session.scalars(select(ProductPrice.amount).order_by(ProductPrice.amount))) == sorted(figures)
    wanted = select(func.count()).where(
        ProductPrice.amount > Decimal("0.15"), ProductPrice.amount < Decimal("9.5")
    )
    assert session.scalar(wanted) == 2


@pytest.mark.parametrize(
    "figure",
    [
        "0.0000001",
        "1000000000000",
        "-1000000000000",
        "1e30",
        "1e-30",
        "NaN",
        "Infinity",
        "-Infinity",
        "1.0000000000000000000000000000000000000001",
        "9" * 30,
        "1e999999",
    ],
)
def test_a_figure_that_does_not_fit_is_refused_instead_of_rounded(session: Session, figure: str) -> None:
    session.add(Quote(currency="CHF", date=TODAY, total=Decimal(figure)))
    with pytest.raises(StatementError, match="does not fit"):
        session.commit()
    session.rollback()


def test_figures_do_not_depend_on_the_precision_somebody_set(session: Session, product: Product) -> None:
    with localcontext() as context:
        context.prec = 3
        product.set_price("CHF", Decimal("123456789012.345678"))
        session.commit()
        session.expire_all()
        assert str(product.price_in("CHF")) == "123456789012.345678"


def test_a_float_is_never_taken_for_a_figure(session: Session) -> None:
    session.add(Quote(currency="CHF", date=TODAY, total=0.1))
    with pytest.raises(StatementError, match="does not fit"):
        session.commit()
    session.rollback()


def test_instants_are_kept_to_the_microsecond_in_utc(session: Session) -> None:
    here = datetime(2026, 7, 1, 0, 30, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    session.add(
        HistoryEntry(record_type="quote", record_id=1, at=here, author_kind="system", event="created")
    )
    session.commit()
    session.expire_all()
    found = session.scalars(select(HistoryEntry)).one().at
    assert found == here
    assert found.isoformat() == "2026-06-30T22:30:00.000001+00:00"


def test_instants_compare_to_the_microsecond(session: Session) -> None:
    for micro in (1, 999_999, 0):
        at = datetime(2026, 1, 1, 12, 0, 0, micro, tzinfo=UTC)
        session.add(
            HistoryEntry(record_type="quote", record_id=1, at=at, author_kind="system", event=str(micro))
        )
    session.commit()
    assert list(session.scalars(select(HistoryEntry.event).order_by(HistoryEntry.at))) == ["0", "1", "999999"]
    later = HistoryEntry.at > datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC)
    assert list(session.scalars(select(HistoryEntry.event).where(later))) == ["999999"]


def test_an_instant_without_a_time_zone_is_refused(session: Session) -> None:
    session.add(Contact(last_name="Müller", archived_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="needs a time zone"):
        session.commit()
    session.rollback()


TEXTS = [
    "🧪 Probe 👩🏽‍🔬",
    "שלום عليكم",
    "<b>Müller & Söhne</b>",
    "𠜎𠜱",
    'it\'s 100% \\ _ "fine"',
    " ",
    "trailing  ",
    "İıßﬀ",
]


@pytest.mark.parametrize("words", TEXTS)
def test_every_text_comes_back(session: Session, words: str) -> None:
    quote = Quote(
        currency="CHF",
        date=TODAY,
        subject=words,
        notes=words * 500,
        unparsed={"lines-1-quantity": words},
        lines=[QuoteLine(key="1", position=0, name=words, description=words)],
    )
    session.add(quote)
    session.commit()
    session.expire_all()
    assert (quote.subject, quote.notes, quote.unparsed) == (words, words * 500, {"lines-1-quantity": words})
    assert (quote.lines[0].name, quote.lines[0].description) == (words, words)


@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_a_large_pdf_comes_back(session: Session, size: int) -> None:
    pdf = os.urandom(size)
    quote = Quote(currency="CHF", date=TODAY)
    document = Document(kind="quote", number="Q-1", snapshot={"a": [1, None]}, issued_at=NOW, quote=quote)
    session.add(document)
    session.commit()
    document.record_printing(pdf, pages=3, missing=("⍼",), at=NOW)
    session.commit()
    session.expire_all()
    assert document.pdf == pdf
    assert (document.size, document.pages, document.missing_glyphs) == (size, 3, "⍼")
    assert document.snapshot == {"a": [1, None]}
