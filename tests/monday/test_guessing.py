"""Boards and columns guessed from what offices call them."""

from __future__ import annotations

import pytest

from betterform.models.board import BoardRole
from betterform.monday.guessing import ShownColumn, columns_of, price_currency, roles_of


def guessed(role: BoardRole, columns: dict[str, str], **facts: str) -> dict[str, str]:
    """The titles guessed for the fields, for a board of columns by title and type."""
    shown = [
        ShownColumn(f"c{number}", title, kind, {}) for number, (title, kind) in enumerate(columns.items())
    ]
    return {guess.field.name: guess.column.title for guess in columns_of(role, shown, **facts)}


@pytest.mark.parametrize(
    "names",
    [
        ("DEALS", "CONTACTS", "PRODUCTS"),
        ("Angebote", "Kontakte", "Produkte"),
        ("Affaires", "Contacts", "Produits"),
        ("Trattative", "Contatti", "Prodotti"),
        ("Deals 2026", "Our customers", "Price list"),
    ],
)
def test_boards_are_found_by_name(names: tuple[str, str, str]) -> None:
    boards = [("9", "Holidays"), ("1", names[0]), ("2", names[1]), ("3", names[2]), ("8", "Tasks")]
    assert roles_of(boards) == {BoardRole.DEALS: "1", BoardRole.CONTACTS: "2", BoardRole.PRODUCTS: "3"}


def test_of_two_boards_the_one_used_last_is_guessed() -> None:
    assert roles_of([("2", "Deals"), ("1", "Deals")])[BoardRole.DEALS] == "2"


def test_a_board_with_a_name_of_its_own_is_not_guessed() -> None:
    assert roles_of([("1", "Aquarium")]) == {}


def test_german_titles_of_deals() -> None:
    found = guessed(
        BoardRole.DEALS,
        {
            "Formular": "link",
            "Angebotsnummer": "text",
            "Angebotsdatum": "date",
            "Gültig bis": "date",
            "Währung": "dropdown",
            "Gesamtbetrag": "numbers",
            "Status": "status",
            "Dateien": "file",
            "Kundenlink": "link",
            "Kunde": "board_relation",
            "Verantwortlich": "people",
        },
    )
    assert found == {
        "form_link": "Formular",
        "number": "Angebotsnummer",
        "date": "Angebotsdatum",
        "expiry": "Gültig bis",
        "currency": "Währung",
        "total": "Gesamtbetrag",
        "status": "Status",
        "pdf": "Dateien",
        "customer_link": "Kundenlink",
        "contact": "Kunde",
        "owner": "Verantwortlich",
    }


def test_french_titles_of_contacts() -> None:
    found = guessed(
        BoardRole.CONTACTS,
        {
            "Courriel": "email",
            "Prénom": "text",
            "Nom": "text",
            "Société": "text",
            "Pays": "country",
            "N° TVA": "text",
        },
    )
    assert {
        name: found[name] for name in ("email", "first_name", "last_name", "company", "country_code")
    } == {
        "email": "Courriel",
        "first_name": "Prénom",
        "last_name": "Nom",
        "company": "Société",
        "country_code": "Pays",
    }


def test_italian_titles_of_products() -> None:
    found = guessed(
        BoardRole.PRODUCTS,
        {
            "Codice articolo": "text",
            "Prezzo EUR": "numbers",
            "Prezzo CHF": "numbers",
            "Descrizione": "long_text",
        },
    )
    assert found == {
        "catalogue_number": "Codice articolo",
        "description": "Descrizione",
        "price_EUR": "Prezzo EUR",
        "price_CHF": "Prezzo CHF",
    }


def test_a_column_of_the_wrong_type_is_never_guessed() -> None:
    assert guessed(BoardRole.DEALS, {"Quote PDF": "text", "Quote date": "text", "Total": "status"}) == {
        "status": "Total"  # the only status column, whatever it is called
    }


def test_no_column_is_given_twice() -> None:
    found = guessed(BoardRole.DEALS, {"Date": "date", "Status": "status", "File": "file"})
    assert len(set(found.values())) == len(found)


def test_the_contact_column_is_the_one_that_leads_to_the_contacts() -> None:
    shown = [
        ShownColumn("a", "Client projects", "board_relation", {"boardIds": [5]}),
        ShownColumn("b", "Linked", "board_relation", {"boardIds": [7]}),
    ]
    (guess,) = columns_of(BoardRole.DEALS, shown, contacts_board="7")
    assert (guess.field.name, guess.column.id) == ("contact", "b")


@pytest.mark.parametrize(
    ("title", "kind", "currency"),
    [
        ("Price CHF", "numbers", "CHF"),
        ("price_usd", "numbers", "USD"),
        ("EUR", "numbers", "EUR"),
        ("Preis €", "numbers", "EUR"),
        ("Price (£)", "text", "GBP"),
        ("Notes EUR", "text", None),
        ("Price", "numbers", None),
        ("CHF to EUR", "numbers", None),
        ("All", "date", None),
    ],
)
def test_a_price_column_names_its_currency(title: str, kind: str, currency: str | None) -> None:
    assert price_currency(ShownColumn("c", title, kind)) == currency


def test_states_are_matched_to_labels_and_missing_ones_named() -> None:
    labels = [
        {"id": 3, "label": "Gewonnen"},
        {"id": 4, "label": "Versendet"},
        {"id": 5, "label": "Abgelehnt"},
    ]
    (guess,) = columns_of(BoardRole.DEALS, [ShownColumn("s", "Status", "status", {"labels": labels})])
    assert guess.labels["accepted"] == {"index": 3, "label": "Gewonnen"}
    assert guess.labels["sent"] == {"index": 4, "label": "Versendet"}
    assert guess.labels["declined"] == {"index": 5, "label": "Abgelehnt"}
    assert guess.labels["expired"] == "Expired"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Invoice number", "text"),
        ("Rechnungsnummer", "text"),
        ("PO number of the purchase order", "text"),
        ("Invoice PDF", "file"),
        ("Facture PDF", "file"),
        ("Order date", "date"),
        ("Delivery date", "date"),
        ("Invoice status", "status"),
        ("Invoice total", "numbers"),
    ],
)
def test_a_column_of_another_document_is_not_guessed_for_the_quote(title: str, kind: str) -> None:
    assert guessed(BoardRole.DEALS, {title: kind}) == {}


def test_a_title_that_names_quote_and_invoice_may_hold_the_quote_and_others_may_name_invoices() -> None:
    assert guessed(BoardRole.DEALS, {"Quote PDF (before invoice)": "file"})["pdf"]
    assert guessed(BoardRole.DEALS, {"Invoice contact": "board_relation"})["contact"]
    assert guessed(BoardRole.PRODUCTS, {"Bestellnummer": "text"})["catalogue_number"]
