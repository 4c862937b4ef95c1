"""Saving a draft: what changed, what did not, and who was faster."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from betterform.actions import history, quote_drafts, quote_lines, quotes
from betterform.actions.quote_drafts import DraftFacts, LineFacts
from betterform.db import transaction
from betterform.errors import NotFound, OutOfDate, WrongState
from betterform.models.company import Company
from betterform.models.history import Author, AuthorKind
from betterform.models.product import Product
from betterform.models.quote import Quote
from tests.quotes import ANNA, NOW, TODAY, a_draft, add_line, issue

BEAT = Author(AuthorKind.USER, "Beat Frei", 8)


@pytest.fixture
def quote(session: Session, company: Company) -> Quote:
    with transaction():
        return a_draft(session, company)


def facts_of(quote: Quote, **changes: object) -> DraftFacts:
    """What the form says before anybody typed."""
    lines = tuple(
        LineFacts(line.key, **{name: getattr(line, name) for name in quote_drafts.LINE_FIELDS})
        for line in quote.lines
    )
    facts = DraftFacts(lines=lines, **{name: getattr(quote, name) for name in quote_drafts.HEAD_FIELDS})
    return replace(facts, **changes)


def save(
    quote: Quote, facts: DraftFacts, *, read: str | None = None, by: Author = ANNA, later: int = 0
) -> list[str]:
    with transaction() as session:
        found = quotes.find(session, quote.id, lock=True)
        edition = quote_drafts.edition_of(found) if read is None else read
        return quote_drafts.save(
            session, found, facts, read=edition, by=by, at=NOW + timedelta(minutes=later)
        )


def test_what_was_typed_is_stored(quote: Quote) -> None:
    facts = facts_of(quote, subject="Lenses", discount=Decimal("2.5"), unparsed={"shipping": "a lot"})
    line = replace(facts.lines[0], quantity=None, unit_price=Decimal("0.0088"), description="Two\nlines")
    version = quote.version
    assert save(quote, replace(facts, lines=(line,))) == ["subject", "discount", "unparsed", "lines"]
    assert (quote.subject, quote.discount, quote.unparsed) == (
        "Lenses",
        Decimal("2.5"),
        {"shipping": "a lot"},
    )
    assert (quote.lines[0].quantity, quote.lines[0].unit_price) == (None, Decimal("0.0088"))
    assert quote.version == version + 1


def test_nothing_typed_changes_nothing(session: Session, quote: Quote) -> None:
    version, entries = quote.version, len(history.of(session, quote))
    assert save(quote, facts_of(quote)) == []
    assert (quote.version, len(history.of(session, quote))) == (version, entries)


def test_a_form_filled_before_somebody_else_saved_is_refused(quote: Quote) -> None:
    old, read = facts_of(quote), quote_drafts.edition_of(quote)
    save(quote, replace(old, subject="Beat's subject"), by=BEAT)
    with pytest.raises(OutOfDate):
        save(quote, replace(old, notes="Anna's note"), read=read)
    assert (quote.subject, quote.notes) == ("Beat's subject", "")


def test_an_old_form_that_says_the_same_is_fine(quote: Quote) -> None:
    old, read = facts_of(quote), quote_drafts.edition_of(quote)
    save(quote, replace(old, subject="Lenses"))
    assert save(quote, facts_of(quote), read=read) == []


def test_a_change_to_lines_alone_makes_older_forms_old(quote: Quote) -> None:
    facts, edition = facts_of(quote), quote_drafts.edition_of(quote)
    save(quote, replace(facts, lines=(replace(facts.lines[0], description="More"),)))
    assert quote_drafts.edition_of(quote) != edition


def test_what_is_noted_beside_the_form_makes_no_form_old(quote: Quote) -> None:
    facts, edition = facts_of(quote), quote_drafts.edition_of(quote)
    with transaction():
        quote.owner_name, quote.item_problem = "Nora", "The item is gone."
    assert save(quote, replace(facts, notes="Anna's note"), read=edition) == ["notes"]


def test_a_figure_is_the_same_before_and_after_the_database(session: Session, quote: Quote) -> None:
    with transaction():
        quote.lines[0].unit_price = Decimal("1234.50")
        session.flush()
        before = quote_drafts.edition_of(quote)
    session.expire_all()
    assert quote_drafts.edition_of(quote) == before


def test_a_form_that_has_not_heard_of_the_contact_leaves_it(session: Session, quote: Quote) -> None:
    contact = quote.contact_id
    assert contact is not None
    save(quote, replace(facts_of(quote), contact_id=None, notes="Anna's note"))
    assert (quote.contact_id, quote.notes) == (contact, "Anna's note")


def test_saving_leaves_an_optional_line_optional(quote: Quote) -> None:
    with transaction():
        quote.lines[0].optional, quote.lines[0].selected = True, False
    facts = facts_of(quote)
    save(quote, replace(facts, lines=(replace(facts.lines[0], quantity=Decimal(3)),)))
    assert (quote.lines[0].optional, quote.lines[0].selected) == (True, False)


def test_an_issued_quote_takes_no_edits(session: Session, company: Company, quote: Quote) -> None:
    facts = facts_of(quote)
    with transaction():
        issue(session, quote, company)
    with pytest.raises(WrongState, match="cannot be changed"):
        save(quote, replace(facts, subject="Other"))


def test_lines_stand_as_the_form_shows_them(session: Session, company: Company, quote: Quote) -> None:
    with transaction():
        add_line(quote, company, name="Second")
        add_line(quote, company, name="Third")
    first, second, third = facts_of(quote).lines
    ids = {line.key: line.id for line in quote.lines}
    save(quote, facts_of(quote, lines=(third, LineFacts("5", name="New"), first)))
    session.expire_all()
    assert [line.name for line in quote.lines] == ["Third", "New", "Fibre probe"]
    assert [line.position for line in quote.lines] == [0, 1, 2]
    assert [quote.lines[0].id, quote.lines[2].id] == [ids[third.key], ids[first.key]], "a line stays itself"
    assert second.key not in {line.key for line in quote.lines}


def test_all_lines_may_be_removed(session: Session, quote: Quote) -> None:
    save(quote, facts_of(quote, lines=()))
    session.expire_all()
    assert quote.lines == []


def test_records_that_do_not_exist_are_not_believed(session: Session, quote: Quote) -> None:
    line = replace(facts_of(quote).lines[0], product_id=999, tax_rate_id=998)
    facts = facts_of(quote, contact_id=997, shipping_tax="rate", shipping_tax_rate_id=996, lines=(line,))
    known = quote_drafts.with_known_records(session, facts)
    assert (known.contact_id, known.shipping_tax_rate_id) == (None, None)
    assert (known.lines[0].product_id, known.lines[0].tax_rate_id) == (None, None)
    real = facts_of(quote)
    assert quote_drafts.with_known_records(session, real) == real


def edits(session: Session, quote: Quote) -> list[dict[str, list[str]]]:
    return [entry.details for entry in history.of(session, quote) if entry.event == "edited"]


def test_a_stretch_of_typing_is_one_line_of_history(session: Session, quote: Quote) -> None:
    for minute, subject in enumerate(("L", "Le", "Len")):
        save(quote, facts_of(quote, subject=subject), later=minute)
    save(quote, facts_of(quote, notes="Soon"), later=4)
    assert edits(session, quote) == [{"fields": ["notes", "subject"]}]


def test_another_person_or_another_hour_is_another_line_of_history(session: Session, quote: Quote) -> None:
    save(quote, facts_of(quote, subject="Anna"))
    save(quote, facts_of(quote, subject="Beat"), by=BEAT, later=1)
    save(quote, facts_of(quote, subject="Beat again"), by=BEAT, later=30)
    assert len(edits(session, quote)) == 3


def test_lines_move_no_further_than_the_ends(company: Company, quote: Quote) -> None:
    second = add_line(quote, company, name="Second")
    for by, expected in (
        (-1, ["Second", "Fibre probe"]),
        (-9, ["Second", "Fibre probe"]),
        (9, ["Fibre probe", "Second"]),
    ):
        quote_lines.move(quote, second.key, by=by)
        assert [line.name for line in quote.lines] == expected
        assert [line.position for line in quote.lines] == [0, 1]
    with pytest.raises(NotFound):
        quote_lines.move(quote, "77", by=1)


def test_a_removed_line_takes_what_could_not_be_read_with_it(quote: Quote) -> None:
    key = quote.lines[0].key
    quote.unparsed = {f"lines-{key}-quantity": "two", "shipping": "a lot"}
    quote_lines.remove(quote, key)
    assert quote.unparsed == {"shipping": "a lot"}


def test_a_chosen_product_fills_its_line(session: Session, company: Company, quote: Quote) -> None:
    key = quote.lines[0].key
    with transaction():
        product = Product(
            name="Lens", catalogue_number="HI-7", unit="pc", description="Clear", tax_rate_id=None
        )
        product.set_price("CHF", Decimal("12.5"))
        session.add(product)
        session.flush()
        quote.unparsed = {f"lines-{key}-unit_price": "cheap", f"lines-{key}-quantity": "two"}
        before = quote.lines[0].tax_rate_id
        line = quote_lines.choose_product(quote, key, product)
    assert (line.name, line.catalogue_number, line.unit, line.description) == ("Lens", "HI-7", "pc", "Clear")
    assert (line.unit_price, line.tax_rate_id) == (Decimal("12.5"), before), (
        "no rate of its own: taxed as usual"
    )
    assert quote.unparsed == {f"lines-{key}-quantity": "two"}
    quote.currency = "JPY"
    assert quote_lines.choose_product(quote, key, product).unit_price is None, "prices are never converted"


def test_catalogue_prices_are_offered_and_taken_only_when_asked(
    session: Session, company: Company, quote: Quote
) -> None:
    product = Product(name="Lens")
    product.set_price("CHF", Decimal(10))
    product.set_price("EUR", Decimal(9))
    with transaction():
        session.add(product)
        session.flush()
        chosen = [add_line(quote, company, product_id=product.id, unit_price=Decimal(10)) for _ in range(2)]
    products = {product.id: product}
    assert quote_lines.catalogue_offers(quote, products) == {}
    quote.currency = "EUR"
    assert set(quote_lines.catalogue_offers(quote, products)) == {line.key for line in chosen}
    assert [line.unit_price for line in chosen] == [10, 10]
    assert quote_lines.take_catalogue_prices(quote, products, only=chosen[0].key) == 1
    assert [line.unit_price for line in chosen] == [9, 10]
    assert quote_lines.take_catalogue_prices(quote, products) == 1
    quote.currency = "JPY"
    assert quote_lines.take_catalogue_prices(quote, products) == 0
    assert [line.unit_price for line in chosen] == [9, 9]
    assert quote.date == TODAY
