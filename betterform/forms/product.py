"""A product's form: what it is and its price in each currency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from betterform import money
from betterform.actions.products import LARGEST_PRICE
from betterform.forms.fields import NumberField, TextBlock, TextLine
from betterform.forms.quote import CURRENCIES

CATALOGUE_CURRENCIES = ("CHF", "EUR", "GBP", "USD")
MOST_CURRENCIES = 60


def _price(currency: str, locale: str = "en") -> NumberField:
    return NumberField(f"Price {currency}", lowest=Decimal(0), highest=LARGEST_PRICE, locale=locale)


class ProductFacts(FlaskForm):
    """What a product is, prices apart."""

    name = TextLine("Name", longest=255)
    catalogue_number = TextLine("Catalogue number", longest=200)
    kind = TextLine("Type", longest=200)
    unit = TextLine("Unit", longest=20)
    description = TextBlock("Description")
    tax_rate_id = SelectField("Tax", choices=[], validate_choice=False)

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


class ProductForm(ProductFacts):
    """A new product. Prices may be left empty: they are asked for in the quote."""

    price_chf = _price("CHF")
    price_eur = _price("EUR")
    price_gbp = _price("GBP")
    price_usd = _price("USD")

    def prices(self) -> dict[str, Decimal]:
        """The prices that were entered, by currency."""
        typed = {
            currency: getattr(self, f"price_{currency.lower()}").data for currency in CATALOGUE_CURRENCIES
        }
        return {currency: amount for currency, amount in typed.items() if amount is not None}


class ProductPageForm(ProductFacts):
    """A product with its prices in `currencies`, and an empty row for one more. Made by `product_page_form`."""

    currencies: tuple[str, ...] = ()
    new_currency = SelectField("Another currency", choices=[], validate_choice=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [code for code in CURRENCIES if code not in self.currencies]
        self.new_currency.choices = [
            SelectChoice("", "Choose…"),
            *(SelectChoice(code, code) for code in offered),
        ]

    def validate_new_currency(self, field: SelectField) -> None:
        if field.data and not money.is_currency(field.data):
            raise ValidationError("Choose a currency.")
        if not field.data and self["new_price"].typed:
            raise ValidationError("Choose the currency of this price.")

    def price_fields(self) -> list[tuple[str, NumberField]]:
        """The fields of prices with their currencies."""
        return [(currency, self[f"price_{currency.lower()}"]) for currency in self.currencies]

    def prices(self) -> dict[str, Decimal | None]:
        """The price in each currency of the form; None where it is left empty, so that it is taken away."""
        found = {currency: field.data for currency, field in self.price_fields()}
        if self.new_currency.data and self["new_price"].data is not None:
            found[self.new_currency.data] = self["new_price"].data
        return found

    def typed(self) -> dict[str, str]:
        """Every field as text, figures in one spelling: what tells whether two people typed the same."""
        values = {name: str(value or "") for name, value in self.values().items()}
        prices = {
            f"price_{currency}": "" if amount is None else money.plain(amount)
            for currency, amount in self.prices().items()
        }
        return values | prices


def product_page_form(currencies: Collection[str], locale: str) -> type[ProductPageForm]:
    """The form with a price in each of these currencies; figures are read and shown as the locale writes them."""
    prices = {f"price_{currency.lower()}": _price(currency, locale) for currency in currencies}
    new = NumberField("Its price", lowest=Decimal(0), highest=LARGEST_PRICE, locale=locale)
    own = {**prices, "new_price": new, "currencies": tuple(currencies)}
    return type("ProductPageForm", (ProductPageForm,), own)


def currencies_typed(typed: Mapping[str, str]) -> list[str]:
    """The currencies whose rows a form was sent with."""
    codes = [name.removeprefix("price_").upper() for name in typed if name.startswith("price_")]
    return [code for code in codes if money.is_currency(code)][:MOST_CURRENCIES]
