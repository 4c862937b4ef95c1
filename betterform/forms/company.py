"""The company's letterhead, defaults and texts; and its logo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from betterform import countries, money
from betterform.forms.fields import NumberField, TextBlock, TextLine

LOCALES = (
    SelectChoice("en", "English"),
    SelectChoice("en_GB", "English (United Kingdom)"),
    SelectChoice("en_US", "English (United States)"),
    SelectChoice("de_CH", "German (Switzerland)"),
    SelectChoice("de_DE", "German (Germany)"),
    SelectChoice("de_AT", "German (Austria)"),
    SelectChoice("fr_CH", "French (Switzerland)"),
    SelectChoice("fr_FR", "French (France)"),
    SelectChoice("it_CH", "Italian (Switzerland)"),
    SelectChoice("it_IT", "Italian (Italy)"),
)
TIME_ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
LONGEST_DAYS = Decimal(3650)


@dataclass(frozen=True, slots=True)
class CompanyChoices:
    """What the company's selects offer: tax rates as (id, label)."""

    rates: Sequence[tuple[int, str]]


class CompanyForm(FlaskForm):
    """Everything about the company but its logo and tax rates."""

    name = TextLine("Company name", longest=200)
    street = TextLine("Street and number", longest=200)
    postal_code = TextLine("Postal code", longest=20)
    city = TextLine("Town", longest=100)
    country_code = SelectField("Country", choices=[])
    email = TextLine("E-mail address", longest=200)
    phone = TextLine("Telephone", longest=50)
    website = TextLine("Website", longest=200)
    vat_number = TextLine("VAT number", longest=50)
    registration = TextLine("Company registration", longest=100)
    bank_name = TextLine("Bank", longest=100)
    iban = TextLine("IBAN", longest=42)
    bic = TextLine("BIC", longest=11)
    footer = TextBlock("Last line of every page", longest=500)
    time_zone = SelectField("Time zone", choices=[])
    locale = SelectField("Language and figures", choices=list(LOCALES))
    default_currency = TextLine("Currency", longest=3)
    default_validity_days = NumberField(
        "Quotes are valid for", lowest=Decimal(0), highest=LONGEST_DAYS, decimals=0
    )
    default_payment_days = NumberField(
        "Invoices are due within", lowest=Decimal(0), highest=LONGEST_DAYS, decimals=0
    )
    default_tax_rate_id = SelectField("Tax rate of new lines", choices=[])
    prices_include_tax = BooleanField("Prices include tax")
    chf_rounding = BooleanField("Round totals in CHF to 0.05")
    quote_terms = TextBlock("Terms on new quotes", longest=20_000)
    invoice_terms = TextBlock("Terms on new invoices", longest=20_000)

    def __init__(self, choices: CompanyChoices, **given: Any) -> None:
        super().__init__(**given)
        self.country_code.choices = [
            SelectChoice("", "Choose…"),
            *(SelectChoice(*country) for country in countries.choices("en")),
        ]
        self.time_zone.choices = [SelectChoice(zone, zone) for zone in TIME_ZONES]
        self.default_tax_rate_id.choices = [
            SelectChoice("", "None"),
            *(SelectChoice(str(id_), label) for id_, label in choices.rates),
        ]

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the company's columns."""
        taken = {
            name: value for name, value in self.data.items() if name not in ("csrf_token", "chf_rounding")
        }
        rate = self.default_tax_rate_id.data
        return taken | {
            "iban": self.iban.data.replace(" ", "").upper(),
            "bic": self.bic.data.replace(" ", "").upper(),
            "default_currency": self.default_currency.data.upper(),
            "default_validity_days": int(self.default_validity_days.data or 0),
            "default_payment_days": int(self.default_payment_days.data or 0),
            "default_tax_rate_id": int(rate) if rate else None,
            "chf_rounding_step": Decimal("0.05") if self.chf_rounding.data else None,
        }

    def validate_name(self, field: TextLine) -> None:
        if not field.data:
            raise ValidationError("Enter the name that stands on the paper.")

    def validate_email(self, field: TextLine) -> None:
        if field.data:
            try:
                validate_email(field.data, check_deliverability=False)
            except EmailNotValidError as error:
                raise ValidationError("This is not an e-mail address.") from error

    def validate_default_currency(self, field: TextLine) -> None:
        if not money.is_currency(field.data.upper()):
            raise ValidationError("Enter the three letters of a currency, such as CHF.")

    def validate_default_validity_days(self, field: NumberField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError("Enter a number of days.")

    def validate_default_payment_days(self, field: NumberField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError("Enter a number of days.")

    def validate_iban(self, field: TextLine) -> None:
        iban = field.data.replace(" ", "").upper()
        if iban and not is_iban(iban):
            raise ValidationError("This IBAN has a mistake in it: its check digits do not fit.")


class LogoForm(FlaskForm):
    """A picture for the letterhead."""

    logo = FileField("Logo")


def is_iban(iban: str) -> bool:
    """Whether the check digits of an IBAN without spaces fit (ISO 13616: mod 97 is 1)."""
    if not (15 <= len(iban) <= 34 and iban.isascii() and iban.isalnum()):
        return False
    digits = "".join(str(int(char, 36)) for char in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
