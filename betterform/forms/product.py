"""A product's form: what it is and its price in the currencies of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from betterform.forms.fields import NumberField, TextBlock, TextLine
from betterform.forms.quote import LARGEST_PRICE

CATALOGUE_CURRENCIES = ("CHF", "EUR", "GBP", "USD")


def _price(currency: str) -> NumberField:
    return NumberField(f"Price {currency}", lowest=Decimal(0), highest=LARGEST_PRICE)


class ProductForm(FlaskForm):
    """A new product. Prices may be left empty: they are asked for in the quote."""

    name = TextLine("Name", longest=255)
    catalogue_number = TextLine("Catalogue number", longest=200)
    kind = TextLine("Type", longest=200)
    unit = TextLine("Unit", longest=20)
    description = TextBlock("Description")
    tax_rate_id = SelectField("Tax", choices=[], validate_choice=False)
    price_chf = _price("CHF")
    price_eur = _price("EUR")
    price_gbp = _price("GBP")
    price_usd = _price("USD")

    def __init__(self, *args: Any, rates: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.known_rates = {str(id_) for id_, _ in rates}
        self.tax_rate_id.choices = [
            SelectChoice("", "As usual"),
            *(SelectChoice(str(id_), label) for id_, label in rates),
        ]

    def validate_name(self, field: TextLine) -> None:
        if not field.data:
            raise ValidationError("Enter a name.")

    def values(self) -> dict[str, object]:
        """The fields by their names in the model, prices apart."""
        values: dict[str, object] = {
            name: getattr(self, name).data or ""
            for name in ("name", "catalogue_number", "kind", "unit", "description")
        }
        typed = self.tax_rate_id.data
        values["tax_rate_id"] = int(typed) if typed in self.known_rates else None
        return values

    def prices(self) -> dict[str, Decimal]:
        """The prices that were entered, by currency."""
        typed = {
            currency: getattr(self, f"price_{currency.lower()}").data for currency in CATALOGUE_CURRENCIES
        }
        return {currency: amount for currency, amount in typed.items() if amount is not None}
