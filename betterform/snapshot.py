"""Record -> plain frozen data: what a quote costs, and the paper it is printed from."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from betterform import pricing
from betterform.countries import country_name, regional_locale
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.quote import LineKind, Quote, QuoteLine, ShippingTax
from betterform.models.tax_rate import TaxRate
from betterform.paper import Paper, PaperLine, PaperTax, Sender

LANGUAGES = ("en", "de", "fr", "it")


class PricedLine(Protocol):
    """A line as the record or the form holds it."""

    @property
    def kind(self) -> str: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def unit_price(self) -> Decimal | None: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def discount_kind(self) -> str: ...
    @property
    def tax_rate_id(self) -> int | None: ...
    @property
    def optional(self) -> bool: ...
    @property
    def selected(self) -> bool: ...


class Priced(Protocol):
    """A whole quote as the record or the form holds it."""

    @property
    def currency(self) -> str: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def discount_kind(self) -> str: ...
    @property
    def shipping(self) -> Decimal: ...
    @property
    def shipping_tax(self) -> str: ...
    @property
    def shipping_tax_rate_id(self) -> int | None: ...
    @property
    def prices_include_tax(self) -> bool: ...
    @property
    def lines(self) -> Sequence[PricedLine]: ...


def order_of(quote: Priced, rates: Mapping[int, TaxRate], company: Company) -> pricing.Order:
    """What the pricing engine is to compute. Every line is there, so that positions agree.

    A line without quantity or price yet, and a heading, costs nothing.
    """
    priced = {id_: _priced_rate(rate) for id_, rate in rates.items()}
    inclusive = quote.prices_include_tax
    return pricing.Order(
        currency=quote.currency,
        lines=[_priced_line(line, priced, inclusive) for line in quote.lines],
        discount=quote.discount,
        discount_kind=pricing.DiscountKind(quote.discount_kind),
        shipping=quote.shipping,
        shipping_tax=_shipping_tax(quote, priced),
        shipping_inclusive=inclusive,
        cash_rounding=company.chf_rounding_step if quote.currency == "CHF" else None,
    )


def _priced_rate(rate: TaxRate) -> pricing.TaxRate:
    return pricing.TaxRate(rate.percent, rate.category, rate.name)


def _priced_line(line: PricedLine, rates: Mapping[int, pricing.TaxRate], inclusive: bool) -> pricing.Line:
    is_priced = line.kind == LineKind.ITEM and line.quantity is not None and line.unit_price is not None
    rate = rates.get(line.tax_rate_id) if line.tax_rate_id is not None else None
    return pricing.Line(
        quantity=line.quantity if is_priced and line.quantity is not None else Decimal(0),
        unit_price=line.unit_price if is_priced and line.unit_price is not None else Decimal(0),
        discount=line.discount,
        discount_kind=pricing.DiscountKind(line.discount_kind),
        tax=rate or pricing.NO_TAX,
        inclusive=inclusive,
        counts=line.kind == LineKind.ITEM and (not line.optional or line.selected),
    )


def _shipping_tax(
    quote: Priced, rates: Mapping[int, pricing.TaxRate]
) -> pricing.TaxRate | pricing.LargestGroup:
    if quote.shipping_tax == ShippingTax.LARGEST_GROUP:
        return pricing.LARGEST_GROUP
    if quote.shipping_tax == ShippingTax.RATE and quote.shipping_tax_rate_id is not None:
        return rates.get(quote.shipping_tax_rate_id, pricing.NO_TAX)
    return pricing.NO_TAX


def quote_paper(
    quote: Quote, company: Company, rates: Mapping[int, TaxRate], totals: pricing.Totals | None = None
) -> Paper:
    """The paper of `quote` as it is now; a draft gets the watermark and no number."""
    totals = totals or pricing.price(order_of(quote, rates, company))
    language = language_for(quote.contact, company)
    return Paper(
        kind="quote",
        language=language,
        locale=locale_for(language, quote.contact, company),
        currency=quote.currency,
        sender=sender_of(company, language),
        recipient=recipient_of(quote.contact, quote.custom_quote_to, language),
        date=quote.date,
        draft=quote.number is None,
        number=quote.number or "",
        subject=quote.subject,
        expiry=quote.expiry,
        recipient_vat_number=quote.contact.vat_number if quote.contact else "",
        recipient_email=quote.contact.email if quote.contact else "",
        prepared_by=quote.owner_name,
        prepared_by_email=quote.owner_email,
        deal_type=quote.deal_type,
        lines=tuple(_paper_lines(quote, totals, rates)),
        subtotal=totals.subtotal,
        discount=totals.discount,
        discount_percent=quote.discount if quote.discount_kind == "percent" and quote.discount else None,
        discounted=totals.discounted,
        shipping=totals.shipping,
        shipping_tax_percent=_shipping_percent(quote, rates),
        shipping_inclusive=quote.prices_include_tax,
        taxes=tuple(_paper_taxes(totals, _rates_used(quote, rates))),
        net=totals.net,
        tax=totals.tax,
        total=totals.total,
        rounding=totals.rounding,
        payable=totals.payable,
        notes=quote.notes,
        terms=quote.terms,
    )


def _paper_lines(quote: Quote, totals: pricing.Totals, rates: Mapping[int, TaxRate]) -> list[PaperLine]:
    lines: list[PaperLine] = []
    count = 0
    for line, amounts in zip(quote.lines, totals.lines, strict=True):
        if line.kind != LineKind.ITEM:
            is_section = line.kind == LineKind.SECTION
            lines.append(
                PaperLine(
                    kind="section" if is_section else "text", name=line.name, description=line.description
                )
            )
        elif not line.is_blank:
            count += 1
            lines.append(_paper_line(line, str(count), amounts, rates, quote.prices_include_tax))
    return lines


def _paper_line(
    line: QuoteLine,
    position: str,
    amounts: pricing.LineTotals,
    rates: Mapping[int, TaxRate],
    inclusive: bool,
) -> PaperLine:
    rate = rates.get(line.tax_rate_id) if line.tax_rate_id is not None else None
    is_priced = line.quantity is not None and line.unit_price is not None
    return PaperLine(
        position=position,
        name=line.name,
        catalogue_number=line.catalogue_number,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        discount_kind=line.discount_kind if line.discount else "none",
        gross=amounts.gross if is_priced else None,
        discount_amount=amounts.discount if is_priced else None,
        net=amounts.net if is_priced else None,
        tax_name=rate.name if rate else "",
        tax_percent=rate.percent if rate and rate.category != "O" else None,
        inclusive=inclusive,
        optional=line.optional and not line.selected,
    )


def _rates_used(quote: Quote, rates: Mapping[int, TaxRate]) -> list[TaxRate]:
    """The rates that lines and shipping name: another of the same percent may have another wording."""
    named = [line.tax_rate_id for line in quote.lines if line.kind == LineKind.ITEM and not line.is_blank]
    if quote.shipping_tax == ShippingTax.RATE:
        named.append(quote.shipping_tax_rate_id)
    return [rates[id_] for id_ in dict.fromkeys(named) if id_ is not None and id_ in rates]


def _paper_taxes(totals: pricing.Totals, used: Sequence[TaxRate]) -> list[PaperTax]:
    rows = []
    for row in totals.tax_rows:
        key = (row.tax.percent or Decimal(0), row.tax.category)
        same = [rate for rate in used if (rate.percent, rate.category) == key]
        rate = same[0] if same else None
        exemption = "\n".join(dict.fromkeys(rate.exemption for rate in same if rate.exemption))
        if row.tax.percent is None and not exemption:
            continue  # untaxed, and nothing that must be said about it
        rows.append(
            PaperTax(
                name=row.tax.name or (rate.name if rate else ""),
                percent=row.tax.percent,
                category=row.tax.category,
                inclusive=row.inclusive,
                base=row.base,
                amount=row.tax_amount,
                exemption=exemption,
            )
        )
    return rows


def _shipping_percent(quote: Quote, rates: Mapping[int, TaxRate]) -> Decimal | None:
    if quote.shipping_tax != ShippingTax.RATE or quote.shipping_tax_rate_id is None:
        return None
    rate = rates.get(quote.shipping_tax_rate_id)
    return rate.percent if rate is not None else None


def language_for(contact: Contact | None, company: Company) -> str:
    """The paper's language: the contact's where it is one of ours, else the company's."""
    if contact is not None and contact.language in LANGUAGES:
        return contact.language
    own = company.locale[:2]
    return own if own in LANGUAGES else "en"


def locale_for(language: str, contact: Contact | None, company: Company) -> str:
    """How figures and dates are written: as in the customer's country where the language is at home there.

    Else as the language is written in the company's country.
    """
    abroad = regional_locale(language, contact.country_code) if contact is not None else language
    return abroad if abroad != language else regional_locale(language, company.country_code)


def sender_of(company: Company, language: str) -> Sender:
    """The letterhead."""
    town = " ".join(part for part in (company.postal_code, company.city) if part)
    address = (company.street, town, country_name(company.country_code, language))
    bank = (
        company.bank_name,
        f"IBAN {company.iban}" if company.iban else "",
        f"BIC {company.bic}" if company.bic else "",
    )
    return Sender(
        name=company.name,
        address=tuple(part for part in address if part),
        email=company.email,
        phone=company.phone,
        website=company.website,
        vat_number=company.vat_number,
        registration=company.registration,
        bank=tuple(part for part in bank if part),
        logo=logo_url(company),
        logo_alt=company.name,
        footer=company.footer,
    )


def logo_url(company: Company) -> str:
    """The logo as a `data:` URL: it travels inside the page, nothing is fetched."""
    if not company.logo:
        return ""
    return f"data:{company.logo_type};base64,{b64encode(company.logo).decode()}"


def recipient_of(contact: Contact | None, custom: str, language: str) -> tuple[str, ...]:
    """The address lines: what staff wrote instead, or the contact's."""
    if custom.strip():
        return tuple(line.strip() for line in custom.strip().splitlines())
    if contact is None:
        return ()
    town = " ".join(part for part in (contact.postal_code, contact.city) if part)
    lines = (
        contact.company,
        contact.person,
        contact.street,
        town,
        country_name(contact.country_code, language),
    )
    return tuple(line for line in lines if line)
