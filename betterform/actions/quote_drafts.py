"""What a form says about a draft, and writing it to the record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import contacts, history
from betterform.errors import OutOfDate
from betterform.models.contact import Contact
from betterform.models.history import Author
from betterform.models.product import Product
from betterform.models.quote import Quote, QuoteLine
from betterform.models.tax_rate import TaxRate


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line as typed. None stands for what is missing or cannot be read yet."""

    key: str
    kind: str = "item"
    product_id: int | None = None
    name: str = ""
    catalogue_number: str = ""
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    discount_kind: str = "percent"
    tax_rate_id: int | None = None
    optional: bool = False
    selected: bool = True


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A whole draft as typed. `unparsed` keeps, by field name, what could not be read."""

    subject: str
    contact_id: int | None
    custom_quote_to: str
    deal_type: str
    date: date
    validity_days: int
    currency: str
    discount: Decimal
    discount_kind: str
    shipping: Decimal
    shipping_tax: str
    shipping_tax_rate_id: int | None
    prices_include_tax: bool
    notes: str
    terms: str
    lines: tuple[LineFacts, ...] = ()
    unparsed: dict[str, str] = field(default_factory=dict)


HEAD_FIELDS = tuple(f.name for f in fields(DraftFacts) if f.name != "lines")
# Whether a line is optional and chosen is not in the form yet: saving leaves it as it is.
LINE_FIELDS = tuple(f.name for f in fields(LineFacts) if f.name not in ("key", "optional", "selected"))


def with_known_records(session: Session, facts: DraftFacts) -> DraftFacts:
    """`facts` without references to contacts, products and tax rates that do not exist.

    They come from hidden fields of the form, which anybody can alter. A window that was opened before
    its contact was merged means the contact that it was merged into.
    """
    products = _existing(session, Product, {line.product_id for line in facts.lines})
    rates = _existing(
        session, TaxRate, {facts.shipping_tax_rate_id, *(line.tax_rate_id for line in facts.lines)}
    )
    contact = session.get(Contact, facts.contact_id) if facts.contact_id is not None else None
    lines = tuple(
        replace(
            line,
            product_id=line.product_id if line.product_id in products else None,
            tax_rate_id=line.tax_rate_id if line.tax_rate_id in rates else None,
        )
        for line in facts.lines
    )
    return replace(
        facts,
        contact_id=contacts.living(session, contact).id if contact is not None else None,
        shipping_tax_rate_id=facts.shipping_tax_rate_id if facts.shipping_tax_rate_id in rates else None,
        lines=lines,
    )


def _existing(session: Session, model: type[Product | TaxRate], wanted: set[int | None]) -> set[int]:
    ids = {id_ for id_ in wanted if id_ is not None}
    return set(session.scalars(select(model.id).where(model.id.in_(ids)))) if ids else set()


def edition_of(quote: Quote) -> str:
    """What the form shows of the draft, as a short hash: two windows with the same edition show the same.

    Not the row's version: what the worker notes beside the form must not make a window stale.
    """
    shown = [_as_shown(getattr(quote, name)) for name in HEAD_FIELDS]
    for line in quote.lines:
        shown += [line.key, *(_as_shown(getattr(line, name)) for name in LINE_FIELDS)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:20]


def _as_shown(value: object) -> object:
    """100 and 100.00 are the same figure, before and after a trip through the database."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return sorted(value.items()) if isinstance(value, dict) else value


def save(
    session: Session, quote: Quote, facts: DraftFacts, *, read: str, by: Author, at: datetime
) -> list[str]:
    """Write what the form says to the draft. Returns the names of what changed, none if nothing did.

    `read` is the edition that the form was filled from. Raises OutOfDate when somebody
    else has changed the quote since and the form would undo it; WrongState when it was issued.
    """
    quote.ensure_draft()
    if facts.contact_id is None:
        # A contact is taken away with its button; a form without one has not heard of it yet.
        facts = replace(facts, contact_id=quote.contact_id)
    changed = differences(quote, facts)
    if not changed:
        return []
    if edition_of(quote) != read:
        raise OutOfDate("This quote was changed in another window in the meantime.")
    for name in HEAD_FIELDS:
        if getattr(quote, name) != getattr(facts, name):
            setattr(quote, name, getattr(facts, name))
    _write_lines(quote, facts)
    note_change(session, quote, changed, by=by, at=at)
    return changed


def differences(quote: Quote, facts: DraftFacts) -> list[str]:
    """The names of the fields in which the form differs from the record; "lines" for any line."""
    changed = [name for name in HEAD_FIELDS if getattr(quote, name) != getattr(facts, name)]
    mine = [(line.key, *(getattr(line, name) for name in LINE_FIELDS)) for line in facts.lines]
    theirs = [(line.key, *(getattr(line, name) for name in LINE_FIELDS)) for line in quote.lines]
    return [*changed, "lines"] if mine != theirs else changed


def _write_lines(quote: Quote, facts: DraftFacts) -> None:
    present = {line.key: line for line in quote.lines}
    wanted = {line.key for line in facts.lines}
    for key, line in present.items():
        if key not in wanted:
            quote.lines.remove(line)
    for position, line_facts in enumerate(facts.lines):
        line = present.get(line_facts.key) or QuoteLine(key=line_facts.key, position=position)
        for name in LINE_FIELDS:
            if getattr(line, name) != getattr(line_facts, name):
                setattr(line, name, getattr(line_facts, name))
        if line.position != position:
            line.position = position
        if line.key not in present:
            quote.lines.append(line)
    quote.lines.sort(key=lambda line: line.position)


QUIET_MINUTES = 10


def note_change(session: Session, quote: Quote, changed: list[str], *, by: Author, at: datetime) -> None:
    """Raise the version and write history: one line for a stretch of typing, not one for every pause in it.

    The version goes up for a change to lines alone, too: a form that was filled before must not undo it.
    """
    quote.updated_at = at
    latest = next(iter(history.of(session, quote, limit=1)), None)
    if (
        latest is not None
        and latest.event == "edited"
        and (latest.author_kind, latest.author_id) == (by.kind.value, by.id)
        and (at - latest.at).total_seconds() < QUIET_MINUTES * 60
    ):
        latest.details = {"fields": sorted({*latest.details.get("fields", []), *changed})}
        return
    history.record(session, quote, "edited", by=by, at=at, fields=sorted(changed))
