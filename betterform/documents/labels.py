"""The fixed words of the paper in every language that it is printed in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from betterform.paper import Paper, PaperKind


@dataclass(frozen=True, slots=True)
class Labels:
    """One language. Sentences name what is put into them in braces: `{date}`, `{tax}`, `{base}`."""

    quote: str
    invoice: str
    credit_note: str
    draft: str
    facts: str
    number: str
    date: str
    valid_until: str
    due: str
    currency: str
    contact: str
    deal_type: str
    purchase_order: str
    your_vat_number: str
    vat_number: str
    position: str
    item: str
    quantity: str
    unit_price: str
    discount: str
    tax: str
    no_tax: str
    including: str
    amount: str
    optional: str
    lines: str
    totals: str
    subtotal: str
    discounted: str
    shipping: str
    tax_on: str
    of_which: str
    total: str
    rounding: str
    payable: str
    validity: str
    payment: str
    notes: str
    terms: str
    page: str
    of: str

    def title(self, kind: PaperKind) -> str:
        """What the document is called: "Quote", "Rechnung"."""
        return {"quote": self.quote, "invoice": self.invoice, "credit_note": self.credit_note}[kind]


ENGLISH = Labels(
    quote="Quote",
    invoice="Invoice",
    credit_note="Credit note",
    draft="Draft",
    facts="Details",
    number="Number",
    date="Date",
    valid_until="Valid until",
    due="Due",
    currency="Currency",
    contact="Your contact",
    deal_type="Type of deal",
    purchase_order="Your order",
    your_vat_number="Your VAT number",
    vat_number="VAT no.",
    position="No.",
    item="Description",
    quantity="Quantity",
    unit_price="Unit price",
    discount="Discount",
    tax="VAT",
    no_tax="No VAT",
    including="incl.",
    amount="Amount",
    optional="Optional, not included in the total",
    lines="Items",
    totals="Totals",
    subtotal="Subtotal",
    discounted="Price after discount",
    shipping="Shipping",
    tax_on="{tax} on {base}",
    of_which="of which {tax} on {base}",
    total="Total",
    rounding="Rounding",
    payable="Amount payable",
    validity="This quote is valid until {date}.",
    payment="Please pay by {date}.",
    notes="Notes",
    terms="Terms and conditions",
    page="Page",
    of="of",
)

GERMAN = Labels(
    quote="Angebot",
    invoice="Rechnung",
    credit_note="Gutschrift",
    draft="Entwurf",
    facts="Angaben",
    number="Nummer",
    date="Datum",
    valid_until="Gültig bis",
    due="Zahlbar bis",
    currency="Währung",
    contact="Ihr Kontakt",
    deal_type="Geschäftsart",
    purchase_order="Ihre Bestellung",
    your_vat_number="Ihre USt-IdNr.",
    vat_number="USt-IdNr.",
    position="Pos.",
    item="Bezeichnung",
    quantity="Menge",
    unit_price="Einzelpreis",
    discount="Rabatt",
    tax="MwSt.",
    no_tax="Ohne MwSt.",
    including="inkl.",
    amount="Betrag",
    optional="Optional, im Total nicht enthalten",
    lines="Positionen",
    totals="Summen",
    subtotal="Zwischensumme",
    discounted="Preis nach Rabatt",
    shipping="Versand",
    tax_on="{tax} auf {base}",
    of_which="darin {tax} auf {base}",
    total="Gesamtbetrag",
    rounding="Rundung",
    payable="Zahlbetrag",
    validity="Dieses Angebot ist gültig bis {date}.",
    payment="Bitte bezahlen Sie bis {date}.",
    notes="Bemerkungen",
    terms="Geschäftsbedingungen",
    page="Seite",
    of="von",
)

# What a Swiss reader expects of German paper.
SWISS_GERMAN = replace(
    GERMAN,
    quote="Offerte",
    your_vat_number="Ihre MWST-Nr.",
    vat_number="MWST-Nr.",
    tax="MWST",
    no_tax="Ohne MWST",
    subtotal="Zwischentotal",
    total="Total",
    payable="Zu bezahlen",
    validity="Diese Offerte ist gültig bis {date}.",
)

FRENCH = Labels(
    quote="Devis",
    invoice="Facture",
    credit_note="Avoir",
    draft="Brouillon",
    facts="Informations",
    number="Numéro",
    date="Date",
    valid_until="Valable jusqu’au",
    due="Échéance",
    currency="Monnaie",
    contact="Votre contact",
    deal_type="Type d’affaire",
    purchase_order="Votre commande",
    your_vat_number="Votre no de TVA",
    vat_number="No de TVA",
    position="No",
    item="Désignation",
    quantity="Quantité",
    unit_price="Prix unitaire",
    discount="Remise",
    tax="TVA",
    no_tax="Sans TVA",
    including="incl.",
    amount="Montant",
    optional="En option, non compris dans le total",
    lines="Prestations",
    totals="Totaux",
    subtotal="Sous-total",
    discounted="Prix après remise",
    shipping="Frais d’expédition",
    tax_on="{tax} sur {base}",
    of_which="dont {tax} sur {base}",
    total="Total",
    rounding="Arrondi",
    payable="Montant à payer",
    validity="Ce devis est valable jusqu’au {date}.",
    payment="Merci de payer jusqu’au {date}.",
    notes="Remarques",
    terms="Conditions générales",
    page="Page",
    of="sur",
)

ITALIAN = Labels(
    quote="Offerta",
    invoice="Fattura",
    credit_note="Nota di credito",
    draft="Bozza",
    facts="Dettagli",
    number="Numero",
    date="Data",
    valid_until="Valida fino al",
    due="Scadenza",
    currency="Valuta",
    contact="Il suo contatto",
    deal_type="Tipo di affare",
    purchase_order="Il suo ordine",
    your_vat_number="La sua partita IVA",
    vat_number="Partita IVA",
    position="N.",
    item="Descrizione",
    quantity="Quantità",
    unit_price="Prezzo unitario",
    discount="Sconto",
    tax="IVA",
    no_tax="Senza IVA",
    including="incl.",
    amount="Importo",
    optional="Facoltativo, non compreso nel totale",
    lines="Voci",
    totals="Totali",
    subtotal="Subtotale",
    discounted="Prezzo scontato",
    shipping="Spese di spedizione",
    tax_on="{tax} su {base}",
    of_which="di cui {tax} su {base}",
    total="Totale",
    rounding="Arrotondamento",
    payable="Importo da pagare",
    validity="La presente offerta è valida fino al {date}.",
    payment="Si prega di pagare entro il {date}.",
    notes="Osservazioni",
    terms="Condizioni generali",
    page="Pagina",
    of="di",
)

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "it": ITALIAN}


def labels_for(paper: Paper) -> Labels:
    """The words in the paper's language; English where the language is not one of `LANGUAGES`."""
    if paper.language == "de" and paper.locale.replace("-", "_") in ("de_CH", "de_LI"):
        return SWISS_GERMAN
    return LANGUAGES.get(paper.language, ENGLISH)
