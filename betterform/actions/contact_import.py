"""How contacts are read from a file, and written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform import countries
from betterform.actions import contacts
from betterform.actions.csv_columns import ARCHIVED, CONTACT_COLUMNS, ITEM, NUMBER
from betterform.actions.import_plan import Known, Reading
from betterform.models.contact import Contact

LABELS = {column.name: column.label for column in CONTACT_COLUMNS if column not in (NUMBER, ITEM, ARCHIVED)}


def known(session: Session) -> list[Known]:
    """Every contact there is."""
    columns = [getattr(Contact, name) for name in contacts.FIELDS]
    rows = session.execute(
        select(Contact.id, Contact.mid, Contact.archived_at, Contact.merged_into_id, *columns).order_by(Contact.id)
    )  # fmt: skip
    found = []
    for id_, mid, archived_at, merged_into_id, *texts in rows:
        values = dict(zip(contacts.FIELDS, texts, strict=True))
        found.append(
            Known(
                id=id_,
                mid=mid or "",
                name=_name_of(values) or f"Contact {id_}",
                values=values,
                is_archived=archived_at is not None,
                is_merged=merged_into_id is not None,
            )
        )
    return found


def reading() -> Reading:
    """How a row is read as a contact."""
    return Reading(
        noun="contact",
        marker="email",
        marker_words="e-mail address",
        labels=LABELS,
        read=_read,
        problems=contacts.problems,
        name_of=_name_of,
        shown=lambda _field, value: value,
    )


def made(values: Mapping[str, str]) -> Contact:
    """A new contact."""
    return Contact(**{name: values.get(name, "") for name in contacts.FIELDS})


def locked(session: Session, ids: Collection[int]) -> list[Contact]:
    """These contacts as they are now, under lock, always in the same order."""
    wanted = select(Contact).where(Contact.id.in_(ids)).order_by(Contact.id)
    found = session.scalars(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    return list(found)


def held(contact: Contact) -> dict[str, str]:
    """What the contact says, by field."""
    return {name: getattr(contact, name) for name in contacts.FIELDS}


def write(contact: Contact, values: Mapping[str, str]) -> None:
    """Write the fields in `values`."""
    for name, value in values.items():
        setattr(contact, name, value)


def _name_of(values: Mapping[str, str]) -> str:
    person = " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    company = values.get("company", "")
    return ", ".join(filter(None, (person, company))) or values.get("email", "")


def _read(field: str, cell: str, _known: Known | None) -> tuple[str, str]:
    if not cell:
        return "", ""
    if field == "country_code":
        code = _country_codes().get(cell.casefold(), "")
        return code, "" if code else f"“{cell[:40]}” is no country that is known here."
    if field == "language":
        code = _language_codes().get(cell.casefold(), "")
        return code, "" if code else f"“{cell[:40]}” is none of English, German, French and Italian."
    return cell, ""


@lru_cache(maxsize=1)
def _country_codes() -> dict[str, str]:
    """Codes by themselves and by the countries' names in four languages."""
    found = {"uk": "GB", "usa": "US", "u.s.a.": "US", "holland": "NL"}
    for language in reversed(contacts.LANGUAGES):
        found |= {name.casefold(): code for code, name in countries.choices(language)}
    return found | {code.casefold(): code for code, _name in countries.choices("en")}


@lru_cache(maxsize=1)
def _language_codes() -> dict[str, str]:
    found = {code: code for code in contacts.LANGUAGES}
    for language in contacts.LANGUAGES:
        names = Locale.parse(language).languages
        found |= {names[code].casefold(): code for code in contacts.LANGUAGES}
    return found
