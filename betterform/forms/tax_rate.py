"""A new tax rate."""

from __future__ import annotations

from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from betterform.forms.fields import NumberField, TextBlock, TextLine
from betterform.models.tax_rate import TaxCategory

CATEGORIES = (
    SelectChoice(TaxCategory.STANDARD.value, "S: taxed at this percentage"),
    SelectChoice(TaxCategory.ZERO.value, "Z: zero rate"),
    SelectChoice(TaxCategory.EXEMPT.value, "E: exempt"),
    SelectChoice(TaxCategory.REVERSE_CHARGE.value, "AE: reverse charge"),
    SelectChoice(TaxCategory.INTRA_COMMUNITY.value, "K: intra-community supply"),
    SelectChoice(TaxCategory.EXPORT.value, "G: export outside the EU or the country"),
    SelectChoice(TaxCategory.OUT_OF_SCOPE.value, "O: not subject to tax"),
)


class TaxRateForm(FlaskForm):
    """Name as printed, percentage, category of EN 16931 and the wording the law wants."""

    name = TextLine("Name on the paper", longest=50)
    percent = NumberField("Percent", lowest=Decimal(0), highest=Decimal(100), decimals=4)
    category = SelectField("Category", choices=list(CATEGORIES), default=TaxCategory.STANDARD.value)
    exemption = TextBlock("Wording where no tax is taken", longest=500)

    def validate_name(self, field: TextLine) -> None:
        if not field.data:
            raise ValidationError("Enter a name, such as VAT.")

    def validate_percent(self, field: NumberField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError("Enter a percentage; 0 for none.")
