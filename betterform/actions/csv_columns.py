"""Which column of a CSV file is which field: told by its header, in English, German, French or Italian."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from betterform import money

PRICE = "price_"
USUAL_CURRENCIES = ("CHF", "EUR", "GBP", "USD")


@dataclass(frozen=True, slots=True)
class Column:
    """A field that a file may hold: its name in the model, its header in our exports, and other people's words."""

    name: str
    label: str
    words: tuple[str, ...] = ()


NUMBER = Column(
    "id", "betterform no.", ("betterform id", "betterform number", "betterform nr", "id betterform")
)
ITEM = Column(
    "mid",
    "monday item",
    ("monday item id", "item id", "mid", "monday id", "pulse id", "element id", "elementid"),
)
ARCHIVED = Column("archived", "Archived", ("archiviert", "archivé", "archiviato"))

CONTACT_COLUMNS = (
    NUMBER,
    ITEM,
    Column("title", "Title", ("salutation", "anrede", "titel", "titre", "civilité", "titolo", "appellativo")),
    Column("first_name", "First name", ("given name", "forename", "vorname", "prénom", "nome")),
    Column(
        "last_name",
        "Last name",
        ("surname", "family name", "nachname", "familienname", "name", "nom", "nom de famille", "cognome"),
    ),
    Column(
        "company",
        "Company",
        (
            "organisation", "organization", "account", "firma", "unternehmen", "société", "entreprise",
            "raison sociale", "azienda", "ditta", "società", "ragione sociale",
        ),
    ),
    Column(
        "email",
        "E-mail",
        (
            "e-mail address", "mail", "mail address", "e-mail-adresse", "mailadresse", "courriel",
            "adresse e-mail", "adresse mail", "posta elettronica", "indirizzo e-mail",
        ),
    ),
    Column(
        "phone",
        "Phone",
        (
            "telephone", "phone number", "tel", "mobile", "telefon", "telefonnummer", "handy", "téléphone",
            "numéro de téléphone", "telefono", "cellulare",
        ),
    ),
    Column("street", "Street", ("address", "street address", "strasse", "adresse", "rue", "via", "indirizzo")),
    Column(
        "postal_code",
        "Postcode",
        ("postal code", "zip", "zip code", "plz", "postleitzahl", "code postal", "npa", "cap", "codice postale"),
    ),
    Column("city", "City", ("town", "place", "ort", "stadt", "wohnort", "ville", "localité", "lieu", "città", "luogo")),
    Column("country_code", "Country", ("country code", "land", "länderkürzel", "pays", "paese", "nazione")),
    Column(
        "vat_number",
        "VAT number",
        (
            "vat", "vat no", "vat id", "tax id", "mwst nr", "mwst nummer", "ust id", "ust idnr", "uid",
            "uid nummer", "numéro de tva", "no tva", "tva", "partita iva", "p iva", "numero iva",
        ),
    ),
    Column("language", "Language", ("sprache", "korrespondenzsprache", "langue", "lingua")),
)  # fmt: skip

PRODUCT_COLUMNS = (
    NUMBER,
    ITEM,
    Column(
        "name",
        "Product",
        (
            "name", "product name", "item", "title", "artikel", "artikelname", "bezeichnung", "produkt",
            "produktname", "nom", "produit", "désignation", "article", "nome", "prodotto", "denominazione",
            "articolo",
        ),
    ),
    Column(
        "catalogue_number",
        "Catalogue number",
        (
            "catalog number", "cat num", "cat no", "cat number", "sku", "item number", "article number",
            "part number", "artikelnummer", "artikel nr", "art nr", "bestellnummer", "katalognummer",
            "référence", "numéro d'article", "no d'article", "réf", "numero articolo", "codice",
            "codice articolo", "numero di catalogo",
        ),
    ),
    Column("kind", "Type", ("kind", "category", "typ", "art", "kategorie", "genre", "catégorie", "tipo", "categoria")),
    Column("unit", "Unit", ("units", "einheit", "mengeneinheit", "unité", "unità", "unita di misura")),
    Column("description", "Description", ("beschreibung", "text", "beschrieb", "descrizione", "details")),
    Column(
        "tax_rate_id",
        "Tax",
        (
            "tax rate", "vat", "vat rate", "steuer", "steuersatz", "mwst", "mwst satz", "ust", "taxe", "tva",
            "taux de tva", "imposta", "iva", "aliquota iva",
        ),
    ),
)  # fmt: skip

_PRICE_WORDS = frozenset(
    (
        "price", "unit", "list", "sales", "net", "preis", "einzelpreis", "listenpreis", "verkaufspreis", "netto",
        "prix", "unitaire", "vente", "de", "prezzo", "unitario", "listino", "di", "vendita", "in",
    )
)  # fmt: skip


def price_column(currency: str) -> Column:
    """The price in one currency."""
    return Column(f"{PRICE}{currency}", f"Price {currency}")


def guess(header: Sequence[str], columns: Collection[Column], *, with_prices: bool = False) -> list[str]:
    """The field of each column of a file, "" where none is recognised; each field is given once.

    Our own headers win over other people's words, so that "Name" beside "Product" is not taken for it.
    """
    exact = {_plain(column.label): column.name for column in columns}
    others = {_plain(word): column.name for column in columns for word in (column.name, *column.words)}
    found = [""] * len(header)
    for words in (exact, others):
        for place, title in enumerate(header):
            field = words.get(_plain(title), "")
            if not found[place] and field and field not in found:
                found[place] = field
    if with_prices:
        for place, title in enumerate(header):
            field = f"{PRICE}{currency}" if (currency := _currency_in(title)) else ""
            if not found[place] and field and field not in found:
                found[place] = field
    return found


def currencies_in(header: Sequence[str]) -> list[str]:
    """The currencies that a file has a column of prices in."""
    return [currency for title in header if (currency := _currency_in(title))]


def _plain(title: str) -> str:
    """The title's letters and digits: "E-Mail-Adresse" as "emailadresse", "Prénom" as "prenom"."""
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    return "".join(char for char in decomposed if char.isalnum())


def _currency_in(title: str) -> str:
    """EUR for "Price EUR", "Preis (EUR)", "price_eur" and "EUR"; nothing for a word that happens to be a code."""
    words = re.findall(r"[^\W\d_]+", title)
    codes = [word for word in words if len(word) == 3 and money.is_currency(word.upper())]
    priced = [word for word in words if word.casefold() in _PRICE_WORDS]
    if len(codes) != 1 or len(codes) + len(priced) < len(words):
        return ""
    code = codes[0].upper()
    return code if priced or code in USUAL_CURRENCIES or codes[0].isupper() else ""
