"""A contact's form."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields import SelectChoice

from betterform import countries
from betterform.actions import contacts
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

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it can be a contact, by the rules of actions/contacts; messages stand beside the fields."""
        fits = bool(super().validate(extra_validators))
        for name, message in contacts.problems(self.values()).items():
            if not self[name].errors:
                self[name].errors = [message]
                fits = False
        return fits

    def values(self) -> dict[str, str]:
        """The fields by their names in the model."""
        return {field.name: field.data or "" for field in self if field.name != "csrf_token"}
