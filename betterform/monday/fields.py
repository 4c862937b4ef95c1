"""Our fields, board by board: which columns may hold them and what people call such columns."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from betterform.models.board import BoardRole

TEXT = ("text",)
CHOICE = ("text", "status", "dropdown")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `types` are the column types that fit, best first.

    `titles` are what people call such a column, in the languages of offices, as `plain` writes it.
    `distinctive` types point to the field by themselves when the board has one such column only.
    `hint` says on the page of the mapping what stands in the column.
    """

    name: str
    title: str
    types: tuple[str, ...]
    titles: str = ""
    distinctive: tuple[str, ...] = ()
    needed: bool = False
    hint: str = ""
    is_read: bool = False  # taken from the board and never written there

    @property
    def words(self) -> tuple[str, ...]:
        """The column titles that mean this field."""
        return words_in(self.titles)


def words_in(titles: str) -> tuple[str, ...]:
    """The titles that stand in one text with | between them."""
    return tuple(filter(None, titles.split(" | ")))


DEALS = (
    Field(
        "form_link",
        "Quote form",
        ("link", "text"),
        "quote form | form | form link | link to form | betterform | better form | offer form | "
        "formular | angebotsformular | offertenformular | formulaire | lien du formulaire | modulo | "
        "link modulo",
        needed=True,
        hint="The link that opens the quote's form.",
    ),
    Field(
        "number",
        "Quote number",
        TEXT,
        "quote number | quote no | quote nr | quote id | quotation number | offer number | "
        "number | angebotsnummer | offertennummer | offerte nr | angebot nr | nummer | numero de "
        "devis | no de devis | numero | numero preventivo | numero offerta",
    ),
    Field(
        "date",
        "Quote date",
        ("date",),
        "quote date | quoted on | date of quote | offer date | issued | issue date | date | "
        "angebotsdatum | offertdatum | offertendatum | datum | date du devis | data preventivo | data "
        "offerta | data",
    ),
    Field(
        "expiry",
        "Valid until",
        ("date",),
        "valid until | expiry | expiry date | expires | expires on | expiration | expiration date | "
        "validity | gultig bis | ablaufdatum | valable jusqu au | date d expiration | echeance | "
        "valido fino al | scadenza | valida fino al",
    ),
    Field(
        "currency",
        "Currency",
        CHOICE,
        "currency | quote currency | wahrung | devise | monnaie | valuta",
    ),
    Field(
        "total",
        "Quote total",
        ("numbers", "text"),
        "quote total | total | amount | quote amount | value | deal value | price | sum | "
        "gesamtbetrag | betrag | summe | gesamt | endbetrag | montant | montant total | importo | "
        "totale | valore",
    ),
    Field(
        "status",
        "Quote status",
        ("status",),
        "quote status | quote state | offer status | status | state | angebotsstatus | offertenstatus "
        "| statut du devis | statut | etat | stato preventivo | stato offerta | stato",
        distinctive=("status",),
        hint="How the quote stands; each state is a label.",
    ),
    Field(
        "pdf",
        "Quote PDF",
        ("file",),
        "quote pdf | pdf | quote file | file | files | document | documents | quote document | "
        "angebot pdf | datei | dateien | dokument | dokumente | fichier | fichiers | documento | "
        "allegato",
        distinctive=("file",),
        hint="The current PDF; files that people add stay.",
    ),
    Field(
        "customer_link",
        "Customer link",
        ("link", "text"),
        "customer link | link for customer | client link | online quote | share link | quote link | "
        "kundenlink | link fur kunden | lien client | lien du client | link cliente | link per il "
        "cliente",
        hint="The page that the customer opens without an account.",
    ),
    Field(
        "contact",
        "Contact",
        ("board_relation",),
        "contact | contacts | customer | client | kontakt | kontakte | kunde | contatto | contatti | cliente",
        distinctive=("board_relation",),
        hint="Whom the quote is for: an item of the CONTACTS board.",
        is_read=True,
    ),
    Field(
        "owner",
        "Owner",
        ("people", "text"),
        "owner | deal owner | salesperson | sales person | responsible | person | people | assignee | "
        "verantwortlich | zustandig | verkaufer | responsable | proprietaire | vendeur | responsabile",
        distinctive=("people",),
        hint="Who looks after the deal.",
        is_read=True,
    ),
    Field(
        "deal_type",
        "Deal type",
        ("dropdown", "status", "text"),
        "deal type | type of deal | kind of deal | deal kind | type | kind | geschaftsart | art des "
        "geschafts | art | type d affaire | type de vente | tipo di affare | tipo affare | tipo",
        hint="New business, repeat order and the like.",
        is_read=True,
    ),
)

CONTACTS = (
    Field(
        "email",
        "E-mail",
        ("email", "text"),
        "email | e mail | mail | email address | e mail adresse | courriel | adresse email | posta "
        "elettronica",
        distinctive=("email",),
    ),
    Field(
        "title",
        "Title",
        CHOICE,
        "title | salutation | anrede | titel | titre | civilite | titolo",
    ),
    Field(
        "first_name",
        "First name",
        TEXT,
        "first name | given name | forename | vorname | prenom | nome | nome di battesimo",
    ),
    Field(
        "last_name",
        "Last name",
        TEXT,
        "last name | surname | family name | nachname | familienname | nom | nom de famille | cognome",
    ),
    Field(
        "company",
        "Company",
        ("text", "dropdown"),
        "company | organisation | organization | firm | institution | firma | unternehmen | societe | "
        "entreprise | azienda | ditta | societa | account",
    ),
    Field(
        "street",
        "Street",
        ("text", "long_text"),
        "street | address | street address | strasse | adresse | rue | via | indirizzo",
    ),
    Field(
        "postal_code",
        "Postal code",
        TEXT,
        "postal code | postcode | zip | zip code | plz | postleitzahl | code postal | npa | cap",
    ),
    Field(
        "city",
        "City",
        ("text", "dropdown"),
        "city | town | ort | stadt | ville | localite | citta",
    ),
    Field(
        "country_code",
        "Country",
        ("country", "text", "dropdown", "status"),
        "country | land | pays | paese | nazione",
        distinctive=("country",),
    ),
    Field(
        "phone",
        "Phone",
        ("phone", "text"),
        "phone | telephone | phone number | tel | mobile | telefon | telephone | telefono",
        distinctive=("phone",),
    ),
    Field(
        "vat_number",
        "VAT number",
        TEXT,
        "vat number | vat no | vat id | vat | uid | mwst nr | ust idnr | ust id | umsatzsteuer id | "
        "no tva | numero tva | numero de tva | tva | partita iva | p iva",
    ),
    Field(
        "language",
        "Language",
        ("dropdown", "status", "text"),
        "language | sprache | langue | lingua",
    ),
)

PRODUCTS = (
    Field(
        "catalogue_number",
        "Catalogue number",
        TEXT,
        "catalogue number | catalog number | cat num | cat no | cat number | catalogue no | article "
        "number | sku | item number | product number | part number | artikelnummer | artikel nr | "
        "bestellnummer | reference | numero d article | no d article | codice articolo | codice | "
        "numero articolo",
    ),
    Field(
        "kind",
        "Type",
        ("status", "dropdown", "text"),
        "type | kind | product type | category | typ | art | kategorie | categorie | tipo | categoria",
        hint="Kit, instrument and the like.",
    ),
    Field(
        "unit",
        "Unit",
        ("text", "dropdown", "status"),
        "unit | unit of measure | einheit | unite | unita",
    ),
    Field(
        "description",
        "Description",
        ("long_text", "text"),
        "description | details | text | beschreibung | designation | descrizione",
        distinctive=("long_text",),
    ),
    Field(
        "tax_rate",
        "Tax rate",
        ("numbers", "text", "dropdown", "status"),
        "tax rate | tax | vat rate | vat | mwst | mwst satz | steuersatz | ust satz | taux de tva | "
        "tva | aliquota | aliquota iva | iva",
    ),
)

FIELDS: dict[BoardRole, tuple[Field, ...]] = {
    BoardRole.DEALS: DEALS,
    BoardRole.CONTACTS: CONTACTS,
    BoardRole.PRODUCTS: PRODUCTS,
}

PRICE_WORDS = ("price", "unit price", "list price", "preis", "listenpreis", "prix", "prezzo", "")


def price_field(currency: str) -> Field:
    """The field of a product's price in `currency`: price_CHF."""
    return Field(f"price_{currency}", f"Price {currency}", ("numbers", "text"))


def field_named(role: BoardRole, name: str) -> Field | None:
    """The field of that name, prices included, or None."""
    if role is BoardRole.PRODUCTS and name.startswith("price_"):
        return price_field(name.removeprefix("price_"))
    return next((field for field in FIELDS.get(role, ()) if field.name == name), None)


def plain(title: str) -> str:
    """A title without accents, case and punctuation: "Gültig bis:" is "gultig bis"."""
    letters = unicodedata.normalize("NFKD", title.replace("ß", "ss")).casefold()
    kept = "".join(char for char in letters if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", " ", kept).strip()
