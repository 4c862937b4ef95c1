"""What merging contacts offers to choose, and what it will do, before anybody has decided.

What belongs together is chosen together: a street of one office with the town of another, or one
person's first name with another's last name, would be nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform import countries
from betterform.models.contact import Contact
from betterform.models.quote import Quote, QuoteState

# What is chosen as one, by name: its label and the contact's fields.
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("Name", ("title", "first_name", "last_name")),
    "company": ("Company", ("company",)),
    "email": ("E-mail", ("email",)),
    "phone": ("Telephone", ("phone",)),
    "address": ("Address", ("street", "postal_code", "city", "country_code")),
    "vat_number": ("VAT number", ("vat_number",)),
    "language": ("Language", ("language",)),
}
LANGUAGES = {"en": "English", "de": "German", "fr": "French", "it": "Italian"}


@dataclass(frozen=True, slots=True)
class Option:
    """One way to fill a part: the values of a contact, and how they read."""

    contact_id: int
    values: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A part of the contact that stays. More than one option only where the contacts disagree."""

    name: str
    label: str
    options: list[Option]
    chosen: Option
    before: Option  # what the contact that stays has now; its text may be empty

    @property
    def is_open(self) -> bool:
        return len(self.options) > 1

    @property
    def changes(self) -> bool:
        return self.chosen.values != self.before.values


@dataclass(frozen=True, slots=True)
class Footprint:
    """How many quotes are for a contact."""

    drafts: int = 0
    issued: int = 0

    @property
    def quotes(self) -> int:
        return self.drafts + self.issued


def choices(
    survivor: Contact, others: Sequence[Contact], asked: Mapping[str, str] | None = None
) -> list[Choice]:
    """Every part that one of them fills. `asked` says by part's name from which contact (its id) it comes.

    Without a word the survivor's stays, unless another one says the same and more.
    """
    asked = asked or {}
    found = []
    for name, (label, fields) in PARTS.items():
        before = _option(survivor, name, fields)
        options: list[Option] = []
        for option in [before, *(_option(other, name, fields) for other in others)]:
            if any(option.values) and option.values not in [known.values for known in options]:
                options.append(option)
        if options:
            usual = _usual(before, options)
            given = asked.get(name, "")
            # What says less than the usual one does is no choice.
            kept = [option for option in options if option is usual or not _says_all_of(usual, option)]
            chosen = next((option for option in kept if str(option.contact_id) == given), usual)
            found.append(Choice(name, label, kept, chosen, before))
    return found


def values_of(found: Sequence[Choice]) -> dict[str, str]:
    """The chosen values by the contact's fields."""
    return {
        field: value
        for choice in found
        for field, value in zip(PARTS[choice.name][1], choice.chosen.values, strict=True)
    }


def summary(contact: Contact) -> list[tuple[str, str]]:
    """What a contact says of itself: label and text of each part that is filled."""
    parts = [(label, _option(contact, name, fields).text) for name, (label, fields) in PARTS.items()]
    return [(label, text) for label, text in parts if text]


def footprints(session: Session, contacts: Sequence[Contact]) -> dict[int, Footprint]:
    """The quotes of each contact, by its id. One query."""
    found: dict[int, dict[bool, int]] = {contact.id: {} for contact in contacts}
    rows = session.execute(
        select(Quote.contact_id, Quote.state, func.count())
        .where(Quote.contact_id.in_(found))
        .group_by(Quote.contact_id, Quote.state)
    )
    for contact_id, state, number in rows:
        counted = found[contact_id or 0]
        is_draft = state == QuoteState.DRAFT
        counted[is_draft] = counted.get(is_draft, 0) + number
    return {id_: Footprint(counted.get(True, 0), counted.get(False, 0)) for id_, counted in found.items()}


def _option(contact: Contact, name: str, fields: tuple[str, ...]) -> Option:
    values = tuple(getattr(contact, field) or "" for field in fields)
    return Option(contact.id, values, _text(name, values))


def _text(name: str, values: tuple[str, ...]) -> str:
    if name == "address":
        street, postal_code, city, country = values
        town = " ".join(filter(None, (postal_code, city)))
        return ", ".join(filter(None, (street, town, countries.country_name(country, "en"))))
    if name == "language":
        return LANGUAGES.get(values[0], values[0])
    return " ".join(filter(None, values))


def _usual(before: Option, options: Sequence[Option]) -> Option:
    fuller = [option for option in options if _says_all_of(option, before)]
    return max(fuller, key=lambda option: sum(map(bool, option.values)), default=before)


def _says_all_of(option: Option, other: Option) -> bool:
    return all(not theirs or ours == theirs for ours, theirs in zip(option.values, other.values, strict=True))
