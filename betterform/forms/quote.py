"""The quote form: what staff type, read into facts. Choices are passed in; nothing is looked up here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, FormField, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from betterform import money
from betterform.actions.quote_drafts import DraftFacts, LineFacts, edition_of
from betterform.forms.fields import DayField, NumberField, OrderedFieldList, TextBlock, TextLine, clean
from betterform.models.quote import Quote, QuoteLine, ShippingTax

MOST_LINES = 5_000
TOO_MANY_LINES = f"A quote has at most {MOST_LINES} lines. Nothing was saved: please take some out."
LARGEST_PRICE = Decimal(999_999_999_999)
LARGEST_QUANTITY = Decimal(999_999_999)
KINDS = [SelectChoice("percent", "%"), SelectChoice("amount", "amount")]
# fmt: off
CURRENCIES = [
    "CHF", "EUR", "GBP", "USD", "AED", "AUD", "BGN", "BRL", "CAD", "CLP", "CNY", "CZK", "DKK", "HKD",
    "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KRW", "KWD", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN",
    "RON", "RSD", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "VND", "ZAR",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Choices:
    """What the selects offer. `rates` are (id, label) of the tax rates in their order."""

    rates: tuple[tuple[int, str], ...]
    locale: str = "en"


class LineForm(Form):
    """One line. Its number in the field names is the line's key."""

    kind = HiddenField(default="item")
    product_id = HiddenField()
    catalogue_number = HiddenField()
    name = TextLine("Item", longest=255)
    description = TextBlock("Description")
    quantity = NumberField("Quantity", lowest=Decimal(0), highest=LARGEST_QUANTITY)
    unit = TextLine("Unit", longest=20)
    unit_price = NumberField("Unit price", lowest=Decimal(0), highest=LARGEST_PRICE)
    discount = NumberField("Discount", lowest=Decimal(0), highest=LARGEST_PRICE)
    discount_kind = SelectField("Kind of discount", choices=KINDS, validate_choice=False)
    tax_rate_id = SelectField("Tax", choices=[], validate_choice=False)

    def validate_discount(self, field: NumberField) -> None:
        _check_percent(field, self.discount_kind.data)


class QuoteForm(FlaskForm):
    """The whole form. Fill it with `typed=` (what was posted) or `quote=` (what is stored)."""

    version = HiddenField()
    subject = TextLine("Subject", longest=255)
    contact_id = HiddenField()
    custom_quote_to = TextBlock("Quote to", longest=2_000)
    deal_type = TextLine("Deal type", longest=50)
    date = DayField("Date")
    validity_days = NumberField("Valid for (days)", lowest=Decimal(0), highest=Decimal(3650), decimals=0)
    currency = SelectField("Currency", choices=CURRENCIES, validate_choice=False)
    discount = NumberField("Discount", lowest=Decimal(0), highest=LARGEST_PRICE)
    discount_kind = SelectField("Kind of discount", choices=KINDS, validate_choice=False)
    shipping = NumberField("Shipping", lowest=Decimal(0), highest=LARGEST_PRICE)
    shipping_tax = SelectField("Tax on shipping", choices=[], validate_choice=False)
    prices_include_tax = BooleanField("Prices include tax")
    notes = TextBlock("Notes")
    terms = TextBlock("Terms")
    lines = OrderedFieldList(FormField(LineForm), most=MOST_LINES + 1)

    def __init__(self, typed: MultiDict[str, str], choices: Choices) -> None:
        self.choices = choices
        super().__init__(formdata=typed, meta={"csrf": False})  # checked for every request, before any view
        self._offer_choices()

    @classmethod
    def of(cls, quote: Quote, choices: Choices) -> QuoteForm:
        """The form as `quote` is stored, with what could not be read still in its fields."""
        form = cls(as_typed(quote, choices.locale), choices)
        form.validate_typed()
        return form

    def _offer_choices(self) -> None:
        for field in (self.validity_days, self.discount, self.shipping):
            field.locale = self.choices.locale
        rates = [
            SelectChoice("", "Choose…"),
            *(SelectChoice(str(id_), label) for id_, label in self.choices.rates),
        ]
        for line in self.lines:
            line.form.tax_rate_id.choices = rates
            for field in (line.form.quantity, line.form.unit_price, line.form.discount):
                field.locale = self.choices.locale
        self.shipping_tax.choices = [
            SelectChoice(ShippingTax.LARGEST_GROUP.value, "Like the lines"),
            SelectChoice(ShippingTax.NONE.value, "No tax"),
            *(SelectChoice(f"{ShippingTax.RATE.value}:{id_}", label) for id_, label in self.choices.rates),
        ]
        if (
            self.currency.data
            and self.currency.data not in CURRENCIES
            and money.is_currency(self.currency.data)
        ):
            self.currency.choices = [*CURRENCIES, self.currency.data]

    def validate_typed(self) -> bool:
        """Whether everything typed can be read. (Whether it is complete is asked when it is issued.)"""
        return bool(super(FlaskForm, self).validate())

    def validate_discount(self, field: NumberField) -> None:
        _check_percent(field, self.discount_kind.data)

    def validate_date(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError("Enter the date.")

    def validate_validity_days(self, field: NumberField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError("Enter for how many days the quote is valid.")

    def validate_currency(self, field: SelectField) -> None:
        if not money.is_currency(field.data or ""):
            raise ValidationError("Choose a currency.")

    def validate_lines(self, field: OrderedFieldList) -> None:
        if self.has_too_many_lines:
            raise ValidationError(TOO_MANY_LINES)

    @property
    def has_too_many_lines(self) -> bool:
        """Whether lines would be lost if the form were saved."""
        return len(self.lines.entries) > MOST_LINES

    def messages(self) -> dict[str, str]:
        """One message per field that could not be read, by the field's name."""
        return {field.name: str(field.errors[0]) for field in self.every_field() if field.errors}

    def every_field(self) -> Iterable[Field]:
        """The fields of the head, then those of each line."""
        for field in self:
            if field.name != "lines":
                yield field
        for line in self.lines:
            yield from line.form

    def facts(self, before: Quote) -> DraftFacts:
        """What the form says; a field that cannot be read keeps its text apart and the stored value."""
        unreadable = self.messages()
        shipping_tax, rate_id = _shipping_tax(self.shipping_tax.data)
        return DraftFacts(
            subject=(self.subject.data or "")[:255],
            contact_id=_id(self.contact_id.data),
            custom_quote_to=(self.custom_quote_to.data or "")[:2_000],
            deal_type=(self.deal_type.data or "")[:50],
            date=self.date.data or before.date,
            validity_days=before.validity_days
            if self.validity_days.data is None
            else int(self.validity_days.data),
            currency=before.currency if "currency" in unreadable else str(self.currency.data),
            discount=_amount(self.discount, unreadable),
            discount_kind=_kind(self.discount_kind.data),
            shipping=_amount(self.shipping, unreadable),
            shipping_tax=shipping_tax,
            shipping_tax_rate_id=rate_id,
            prices_include_tax=bool(self.prices_include_tax.data),
            notes=(self.notes.data or "")[:10_000],
            terms=(self.terms.data or "")[:10_000],
            lines=tuple(
                _line_facts(line.form, str(_key(line)), unreadable) for line in self.lines[:MOST_LINES]
            ),
            unparsed=self._unparsed(unreadable),
        )

    def _unparsed(self, unreadable: Mapping[str, str]) -> dict[str, str]:
        typed = {field.name: _typed_text(field) for field in self.every_field() if field.name in unreadable}
        # A date or validity that was emptied is asked for, not silently put back.
        for field in (self.date, self.validity_days):
            if field.data is None:
                typed.setdefault(field.name, _typed_text(field))
        return typed


def as_typed(quote: Quote, locale: str) -> MultiDict[str, str]:
    """What a browser would send for `quote` as it is stored, figures as `locale` writes them."""
    typed: MultiDict[str, str] = MultiDict()
    for name in ("subject", "custom_quote_to", "deal_type", "currency", "discount_kind", "notes", "terms"):
        typed[name] = getattr(quote, name)
    typed["version"] = edition_of(quote)
    typed["contact_id"] = str(quote.contact_id or "")
    typed["date"] = quote.date.isoformat()
    typed["validity_days"] = str(quote.validity_days)
    typed["discount"] = _figure(quote.discount or None, locale)
    typed["shipping"] = _figure(quote.shipping or None, locale, quote.currency)
    rate = f":{quote.shipping_tax_rate_id}" if quote.shipping_tax == ShippingTax.RATE else ""
    typed["shipping_tax"] = quote.shipping_tax + rate
    if quote.prices_include_tax:
        typed["prices_include_tax"] = "y"
    for line in quote.lines:
        _line_as_typed(typed, line, locale, quote.currency)
    for name, text in quote.unparsed.items():
        typed[name] = text
    return typed


def _line_as_typed(typed: MultiDict[str, str], line: QuoteLine, locale: str, currency: str) -> None:
    prefix = f"lines-{line.key}-"
    for name in ("kind", "catalogue_number", "name", "description", "unit", "discount_kind"):
        typed[prefix + name] = getattr(line, name)
    for name in ("product_id", "tax_rate_id"):
        typed[prefix + name] = str(getattr(line, name) or "")
    typed[prefix + "quantity"] = _figure(line.quantity, locale)
    typed[prefix + "unit_price"] = _figure(line.unit_price, locale, currency)
    typed[prefix + "discount"] = _figure(line.discount or None, locale)


def _figure(value: Decimal | None, locale: str, currency: str = "") -> str:
    """A number as a person edits it; money with at least the decimals of its currency."""
    if value is None:
        return ""
    decimals = money.decimals_of(currency) if money.is_currency(currency) else 0
    return money.format_for_editing(value, locale, decimals=decimals)


def _line_facts(form: Any, key: str, unreadable: Mapping[str, str]) -> LineFacts:
    return LineFacts(
        key=key,
        kind=form.kind.data if form.kind.data in ("item", "section", "text") else "item",
        product_id=_id(form.product_id.data),
        name=(form.name.data or "")[:255],
        catalogue_number=(form.catalogue_number.data or "")[:200],
        description=(form.description.data or "")[:10_000],
        quantity=None if form.quantity.name in unreadable else form.quantity.data,
        unit=(form.unit.data or "")[:20],
        unit_price=None if form.unit_price.name in unreadable else form.unit_price.data,
        discount=_amount(form.discount, unreadable),
        discount_kind=_kind(form.discount_kind.data),
        tax_rate_id=_id(form.tax_rate_id.data),
    )


def _key(line: FormField) -> int:
    return int(line.name.rsplit("-", 1)[1])


def _typed_text(field: Field) -> str:
    raw: Sequence[Any] = field.raw_data or [""]
    return clean(str(raw[0]))


def _amount(field: NumberField, unreadable: Mapping[str, str]) -> Decimal:
    return Decimal(0) if field.name in unreadable or field.data is None else field.data


def _kind(typed: str | None) -> str:
    return typed if typed in ("percent", "amount") else "percent"


def _id(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _shipping_tax(typed: str | None) -> tuple[str, int | None]:
    kind, _, rate = (typed or "").partition(":")
    if kind == ShippingTax.RATE and _id(rate):
        return ShippingTax.RATE.value, _id(rate)
    if kind == ShippingTax.NONE:
        return ShippingTax.NONE.value, None
    return ShippingTax.LARGEST_GROUP.value, None


def _check_percent(field: NumberField, kind: str | None) -> None:
    if kind != "amount" and field.data is not None and field.data > 100:
        raise ValidationError("At most 100 %.")
