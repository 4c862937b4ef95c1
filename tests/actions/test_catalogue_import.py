"""Files of contacts and products: read whatever spreadsheet made them, planned row by row, done as planned."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import catalogue_export, catalogue_import, contact_search, csv_columns, csv_files
from betterform.actions.catalogue_import import Noun, Order
from betterform.actions.import_plan import Fate, Plan
from betterform.db import transaction
from betterform.errors import InvalidInput, OutOfDate
from betterform.models.board import Board
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery
from betterform.models.history import HistoryEntry
from betterform.models.product import Product
from tests.databases import everywhere
from tests.quotes import ANNA, NOW, a_contact


def order_of(text: str, noun: Noun = Noun.CONTACTS, *, locale: str = "en", clears: bool = False) -> Order:
    table = csv_files.read(text)
    columns: Sequence[csv_columns.Column] = csv_columns.CONTACT_COLUMNS
    currencies: tuple[str, ...] = ()
    if noun is Noun.PRODUCTS:
        currencies = ("CHF", "EUR")
        columns = [*csv_columns.PRODUCT_COLUMNS, *map(csv_columns.price_column, currencies)]
    fields = csv_columns.guess(table.header, columns, with_prices=noun is Noun.PRODUCTS)
    return Order(noun, "file.csv", table, tuple(fields), clears, locale, currencies)


def do(session: Session, order: Order) -> Plan:
    plan = catalogue_import.plan(session, order)
    with transaction():
        catalogue_import.do(session, order, fingerprint=plan.fingerprint, by=ANNA, at=NOW)
    return plan


def fates(plan: Plan) -> list[str]:
    return [row.fate.value for row in plan.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_spreadsheets_file_is_read(encoding: str, delimiter: str) -> None:
    text = f'Vorname{delimiter}Firma\r\n"Zoë"{delimiter}"Müller, Söhne; Co"\r\n\r\n'
    table = csv_files.read(csv_files.text_of(text.encode(encoding)))
    assert table.header == ("Vorname", "Firma")
    assert table.rows == (csv_files.Row(2, ("Zoë", "Müller, Söhne; Co")),)


def test_a_row_knows_its_line_after_a_cell_of_several_lines() -> None:
    table = csv_files.read('sep=;\na;b\n"one\ntwo";x\n\nthree;y\n')
    assert [(row.line, row.cells[0]) for row in table.rows] == [(3, "one\ntwo"), (6, "three")]


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"a,b\n\x00", "not a CSV"),
        (b"a,b\n", "no rows"),
        (b'a,b\n1,"2\n', "Line 2"),
        (b"a\n" + b"x\n" * 20_001, "20,000 rows"),
        (b"a" * (10 * 1024 * 1024 + 1), "10 MB"),
        (b",".join([b"a"] * 101) + b"\nx", "columns"),
    ],
)
def test_what_is_no_such_file_is_refused_in_plain_words(upload: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        csv_files.read(csv_files.text_of(upload))


@pytest.mark.parametrize(
    "header",
    [
        ["First name", "Surname", "Company", "E-mail", "Zip", "Town"],
        ["Vorname", "Nachname", "Firma", "E-Mail-Adresse", "PLZ", "Ort"],
        ["Prénom", "Nom", "Société", "Courriel", "NPA", "Localité"],
        ["Nome", "Cognome", "Azienda", "Posta elettronica", "CAP", "Città"],
    ],
)
def test_headers_are_known_in_four_languages(header: list[str]) -> None:
    wanted = ["first_name", "last_name", "company", "email", "postal_code", "city"]
    assert csv_columns.guess(header, csv_columns.CONTACT_COLUMNS) == wanted


def test_prices_are_known_by_their_currency() -> None:
    header = ["Artikel", "Preis CHF", "Verkaufspreis (EUR)", "All", "usd"]
    found = csv_columns.guess(header, csv_columns.PRODUCT_COLUMNS, with_prices=True)
    assert found == ["name", "price_CHF", "price_EUR", "", "price_USD"]


@pytest.mark.parametrize("value", ["=1+1", "+41 31", "-5", "@x", "'=1", "''+1", "\t=1", "plain", "'quoted'"])
def test_what_looks_like_a_formula_is_defused_and_comes_back(value: str) -> None:
    text = "".join(csv_files.write(["A", "B"], [[value, "x"]]))
    assert not any(cell.startswith(tuple("=+-@\t")) for cell in text.splitlines()[1].strip('"').split('","'))
    assert csv_files.read(csv_files.text_of(text.encode())).rows[0].cells[0] == value


def test_each_row_meets_its_fate(session: Session, company: Company) -> None:
    with transaction():
        a_contact(session)
        a_contact(session, email="two@x.example", last_name="Two")
        a_contact(session, email="TWO@x.example", last_name="Also")
        a_contact(session, email="gone@x.example", last_name="Gone").archived_at = NOW
        a_contact(session, email="", first_name="Only", last_name="Name", company="Co", mid="77")
    plan = catalogue_import.plan(
        session,
        order_of(
            "First name,Last name,Company,E-mail,Country,Language,monday item\n"
            "Bea,Müller,Alpenwerk GmbH,BEA@alpenwerk.example,Schweiz,Deutsch,\n"
            "Bea,Müller,Alpenwerk GmbH,bea@alpenwerk.example,,,\n"
            "X,Y,Z,two@x.example,,,\n"
            "X,Gone,Z,gone@x.example,,,\n"
            "N,New,,new@x.example,Atlantis,,\n"
            "N,New,,new@x.example,CH,,\n"
            "N,New,,NEW@x.example,CH,,\n"
            ",,,,CH,,\n"
            "A,B,,no address,,,\n"
            "Only,Name,Co,,,,77\n"
            "Only,Name,Co,,,,78\n"
            "Only,Name,Co,,IT,,\n"
        ),
    )
    assert [(row.line, row.fate.value) for row in plan.rows] == [
        (2, "changed"),
        (3, "refused"),  # as in line 2
        (4, "refused"),  # two have the address
        (5, "refused"),  # archived
        (6, "refused"),  # no country
        (7, "added"),
        (8, "refused"),  # as in line 7
        (9, "refused"),  # nobody
        (10, "refused"),  # no address
        (11, "untouched"),
        (12, "refused"),  # no such item
        (13, "refused"),  # as in line 11
    ]
    reasons = {row.line: row.reason for row in plan.rows if row.fate is Fate.REFUSED}
    assert "line 2" in reasons[3]
    assert "2 contacts have this e-mail address" in reasons[4]
    assert "restore it first" in reasons[5]
    assert "Atlantis" in reasons[6]
    assert "line 7" in reasons[8]
    assert "at least a name" in reasons[9]
    assert "not an e-mail" in reasons[10]
    assert "item 78" in reasons[12]
    assert [(change.field, change.before, change.after) for change in plan.rows[0].changes] == [
        ("email", "bea@alpenwerk.example", "BEA@alpenwerk.example"),
        ("country_code", "", "CH"),
        ("language", "", "de"),
    ]


@everywhere
def test_what_was_planned_is_done_once_with_history_and_deliveries(
    session: Session, company: Company
) -> None:
    with transaction():
        session.add(Board(role="contacts", board_id="5", name="Contacts"))
        bea = a_contact(session).id
    order = order_of("E-mail,City\nbea@alpenwerk.example,Thun\nnew@x.example,Biel\n")
    plan = do(session, order)
    assert fates(plan) == ["changed", "added"]
    assert session.get_one(Contact, bea).city == "Thun"
    new = session.scalars(select(Contact).where(Contact.email == "new@x.example")).one()
    assert {row.record_id for row in session.scalars(select(Delivery))} == {bea, new.id}
    told = {
        (entry.record_type, entry.event): entry
        for entry in session.scalars(select(HistoryEntry).where(HistoryEntry.author_name == "Anna Keller"))
    }
    assert told["contact", "edited"].details["changes"] == {"city": ["", "Thun"]}
    assert told["company", "imported contacts"].details["counts"] == {"added": 1, "changed": 1}
    with pytest.raises(OutOfDate), transaction():
        catalogue_import.do(session, order, fingerprint=plan.fingerprint, by=ANNA, at=NOW)
    assert fates(catalogue_import.plan(session, order)) == ["untouched", "untouched"]


def test_what_changed_meanwhile_stops_an_import_whole(session: Session, company: Company) -> None:
    with transaction():
        bea = a_contact(session).id
    order = order_of("E-mail,City\nbea@alpenwerk.example,Thun\nnew@x.example,Biel\n")
    plan = catalogue_import.plan(session, order)
    with transaction():
        session.get_one(Contact, bea).city = "Chur"
    with pytest.raises(OutOfDate), transaction():
        catalogue_import.do(session, order, fingerprint=plan.fingerprint, by=ANNA, at=NOW)
    assert session.get_one(Contact, bea).city == "Chur"
    assert session.query(Contact).count() == 1


def test_without_a_board_nothing_is_owed_to_one(session: Session, company: Company) -> None:
    do(session, order_of("E-mail\nnew@x.example\n"))
    assert session.query(Delivery).count() == 0


def test_empty_cells_empty_a_field_only_where_that_was_asked_for(session: Session, company: Company) -> None:
    with transaction():
        a_contact(session, city="Bern")
    text = "E-mail,City\nbea@alpenwerk.example,\n"
    assert fates(catalogue_import.plan(session, order_of(text))) == ["untouched"]
    do(session, order_of(text, clears=True))
    assert session.query(Contact).one().city == ""


def test_prices_are_read_as_the_company_writes_them(session: Session, company: Company) -> None:
    text = "Artikelnummer;Bezeichnung;Preis CHF;Preis EUR;MwSt\nA-1;Waage;1.250,50;1.234;8.1% MWST\nA-2;X;-1;;9\n"
    plan = do(session, order_of(text, Noun.PRODUCTS, locale="de"))
    product = session.query(Product).one()
    assert {price.currency: str(price.amount) for price in product.prices} == {"CHF": "1250.5", "EUR": "1234"}
    assert product.tax_rate_id == company.default_tax_rate_id
    assert fates(plan) == ["added", "refused"]
    assert "negative" in plan.rows[1].reason
    assert "no tax rate" in plan.rows[1].reason


def test_an_export_is_imported_unchanged(session: Session, company: Company) -> None:
    with transaction():
        a_contact(session, phone="+41 31 1", company="=cmd", street="'=x", city="Zürich")
        a_contact(session, email="", last_name="Same")
        a_contact(session, email="", last_name="Same")
        a_contact(session, email="not an address", country_code="CH", mid="9").archived_at = NOW
    rows = catalogue_export.contact_rows(session, contact_search.contacts(contact_search.Sought(state="all")))
    text = "".join(csv_files.write(catalogue_export.contact_header(), rows, delimiter=";"))
    plan = catalogue_import.plan(session, order_of(csv_files.text_of(text.encode()), clears=True))
    assert fates(plan) == ["untouched"] * 4
