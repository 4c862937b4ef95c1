"""A contact's form."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import Field, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from betterform import countries
from betterform.forms.fields import TextLine

LANGUAGES = {"": "As the company", "en": "English", "de": "German", "fr": "French", "it": "Italian"}


class ContactForm(FlaskForm):
    """Who a quote is for. At least a name, a company or an e-mail address."""

    title = TextLine("Title", longest=50)
    first_name = TextLine("First name", longest=200)
    last_name = TextLine("Last name", longest=200)
    company = TextLine("Company", longest=200)
    email = TextLine("E-mail", longest=200)
    phone = TextLine("Phone", longest=50)
    street = TextLine("Street", longest=200)
    postal_code = TextLine("Postcode", longest=20)
    city = TextLine("City", longest=100)
    country_code = SelectField("Country", choices=[], validate_choice=False)
    vat_number = TextLine("VAT number", longest=50)
    language = SelectField(
        "Language of the quote", choices=[SelectChoice(*language) for language in LANGUAGES.items()]
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.country_code.choices = [
            SelectChoice("", "—"),
            *(SelectChoice(*country) for country in countries.choices("en")),
        ]

    def validate_email(self, field: TextLine) -> None:
        if not field.data:
            return
        try:
            validate_email(field.data, check_deliverability=False, allow_smtputf8=True)
        except EmailNotValidError as error:
            raise ValidationError("This is not an e-mail address.") from error

    def validate_country_code(self, field: Field) -> None:
        if field.data and not countries.is_country(field.data):
            raise ValidationError("Choose a country.")

    def validate_last_name(self, field: TextLine) -> None:
        if not (field.data or self.first_name.data or self.company.data or self.email.data):
            raise ValidationError("Enter at least a name, a company or an e-mail address.")

    def values(self) -> dict[str, str]:
        """The fields by their names in the model."""
        return {field.name: field.data or "" for field in self if field.name != "csrf_token"}
