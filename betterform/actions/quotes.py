"""The life of a quote: opened for a deal, priced, issued."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform import pricing, snapshot
from betterform.actions import contacts, deliveries, history, share_links
from betterform.actions.quote_completeness import LARGEST_TOTAL, problems_of
from betterform.errors import InvalidInput, NotFound, WrongState
from betterform.models.company import Company
from betterform.models.contact import Contact
from betterform.models.delivery import Target
from betterform.models.document import Document
from betterform.models.history import Author
from betterform.models.number_series import Series
from betterform.models.quote import Quote, QuoteLine, QuoteState
from betterform.models.tax_rate import TaxRate
from betterform.numbering import next_number


def find(session: Session, quote_id: int, *, lock: bool = False) -> Quote:
    """The quote with its lines; `lock` it before changing it. Raises NotFound."""
    wanted = select(Quote).where(Quote.id == quote_id)
    if lock:
        wanted = wanted.with_for_update(of=Quote, key_share=True).execution_options(populate_existing=True)
    quote = session.scalar(wanted)
    if quote is None:
        raise NotFound("There is no such quote.")
    return quote


def find_by_item(session: Session, mid: str) -> Quote | None:
    """The quote of a monday item."""
    if not mid.isprintable():
        return None  # an address may hold anything; PostgreSQL refuses to look for some of it
    return session.scalar(select(Quote).where(Quote.mid == mid))


def start(
    session: Session,
    company: Company,
    *,
    subject: str = "",
    contact: Contact | None = None,
    by: Author,
    at: datetime,
    today: date,
) -> Quote:
    """A new draft with the company's defaults and one empty line."""
    quote = _blank(company, today)
    quote.subject = subject[:255] if is_visible(subject) else ""
    quote.contact = contact
    if by.id is not None:
        quote.owner_name = by.name
    session.add(quote)
    history.record(session, quote, "created", by=by, at=at)
    return quote


def open_for_item(
    session: Session,
    company: Company,
    *,
    mid: str,
    subject: str,
    contact: Contact | None,
    owner_name: str = "",
    owner_email: str = "",
    deal_type: str = "",
    by: Author,
    at: datetime,
    today: date,
) -> Quote:
    """The one quote of a monday item: made on the first call, the same one on every other.

    Two calls at once are told apart by the unique `mid`: the second fails with an IntegrityError
    and finds the quote when it is tried again.
    """
    quote = find_by_item(session, mid)
    if quote is not None:
        return quote
    quote = start(session, company, subject=subject, contact=contact, by=by, at=at, today=today)
    quote.mid = mid
    quote.owner_name, quote.owner_email = owner_name, owner_email
    quote.deal_type = deal_type[:50]
    session.flush()
    deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=at)
    return quote


def follow_deal(
    session: Session,
    quote: Quote,
    *,
    subject: str,
    contact: Contact | None,
    is_unlinked: bool = False,
    owner_name: str,
    owner_email: str,
    deal_type: str | None = None,
    by: Author,
    at: datetime,
) -> list[str]:
    """Have a draft follow its deal in what nobody has changed in the form. Returns what changed.

    On a board the name comes first and the contact later. A contact is taken away only where the deal
    says that it links to nobody (`is_unlinked`); `deal_type` is None where no column says it. What
    staff decided stays; an issued quote never changes.
    """
    if not quote.is_draft:
        return []
    decided = history.edited_fields(session, quote)
    news: dict[str, object] = {"owner_name": owner_name, "owner_email": owner_email}
    if is_visible(subject) and "subject" not in decided:
        news["subject"] = subject[:255]
    if (contact is not None or is_unlinked) and "contact_id" not in decided:
        news["contact_id"] = contact.id if contact is not None else None
    if deal_type is not None and "deal_type" not in decided:
        news["deal_type"] = deal_type[:50]
    changed = [name for name, value in news.items() if getattr(quote, name) != value]
    for name in changed:
        setattr(quote, name, news[name])
    if changed:
        history.record(session, quote, "followed the deal", by=by, at=at, fields=changed)
    return changed


def is_visible(text: str) -> bool:
    """Whether a person sees anything of `text`; blanks and zero-width characters do not count."""
    return any(char.isprintable() and not char.isspace() for char in text)


def new_key() -> str:
    """What a line is called in the form, over saves and reorderings."""
    return str(10**11 + secrets.randbelow(9 * 10**11))  # digits: WTForms numbers the rows of a list


def blank_line(company: Company, position: int) -> QuoteLine:
    """A line for something to be written into: one piece, taxed as usual."""
    return QuoteLine(
        key=new_key(),
        position=position,
        kind="item",
        name="",
        catalogue_number="",
        description="",
        unit="",
        quantity=Decimal(1),
        discount=Decimal(0),
        discount_kind="percent",
        tax_rate_id=company.default_tax_rate_id,
        optional=False,
        selected=True,
    )


def _blank(company: Company, today: date) -> Quote:
    return Quote(
        state=QuoteState.DRAFT.value,
        date=today,
        validity_days=company.default_validity_days,
        currency=company.default_currency,
        prices_include_tax=company.prices_include_tax,
        terms=company.quote_terms,
        lines=[blank_line(company, 0)],
    )


def priced(quote: Quote, company: Company, rates: Mapping[int, TaxRate]) -> pricing.Totals:
    """What the quote costs now; its cached total follows."""
    totals = pricing.price(snapshot.order_of(quote, rates, company))
    total = totals.payable if abs(totals.payable) < LARGEST_TOTAL else None
    if quote.is_draft and quote.total != total:
        quote.total = total
    return totals


def issue(
    session: Session,
    quote: Quote,
    company: Company,
    rates: Mapping[int, TaxRate],
    *,
    link_secret: str,
    by: Author,
    at: datetime,
    today: date,
) -> Document:
    """Give the quote its number and freeze it. Returns the document, its PDF still to be printed.

    Raises InvalidInput naming every field that is missing or wrong, WrongState if it is no draft.
    The boards are told through the outbox.
    """
    quote.ensure_draft()
    problems = problems_of(quote, company, rates, today=today)
    if problems:
        raise InvalidInput("The quote is not complete yet.", problems)
    for line in [line for line in quote.lines if line.is_blank and line.kind == "item"]:
        quote.lines.remove(line)
    totals = priced(quote, company, rates)
    quote.become(QuoteState.SENT, at=at)
    _tell_the_boards(session, quote, at=at)
    # From here to the commit whoever else issues waits for the row of the series.
    quote.number, quote.issued_at = next_number(session, Series.QUOTE, on=today), at
    document = Document(
        kind=Series.QUOTE.value,
        quote=quote,
        number=quote.number,
        snapshot=snapshot.quote_paper(quote, company, rates, totals).to_json(),
        issued_at=at,
    )
    session.add(document)
    share_links.create(session, quote, secret=link_secret)
    history.record(
        session,
        quote,
        "issued",
        by=by,
        at=at,
        number=quote.number,
        total=str(totals.payable),
        currency=quote.currency,
    )
    return document


def _tell_the_boards(session: Session, quote: Quote, *, at: datetime) -> None:
    tell_the_deal(session, quote, at=at)
    if quote.contact is not None:
        contact = contacts.living(session, quote.contact)
        deliveries.want(session, Target.CONTACT, record_type="contact", record_id=contact.id, at=at)


def tell_the_deal(session: Session, quote: Quote, *, at: datetime) -> None:
    """Have the quote's values on its deal, and its PDF once it is no draft any more."""
    if quote.mid is not None:
        deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=at)
        if not quote.is_draft:
            deliveries.want(session, Target.DEAL_PDF, record_type="quote", record_id=quote.id, at=at)


def document_of(session: Session, quote: Quote) -> Document | None:
    """The issued document, or None for a draft."""
    return session.scalar(select(Document).where(Document.quote_id == quote.id))


def mark_viewed(session: Session, quote: Quote, *, by: Author, at: datetime) -> None:
    """The customer opened the link for the first time. Looking changes nothing else."""
    if quote.viewed_at is None and quote.issued_at is not None:
        quote.viewed_at = at
        history.record(session, quote, "viewed", by=by, at=at)


def revoke_link(session: Session, quote: Quote, *, by: Author, at: datetime) -> None:
    """Close the customer's link; the board's column is emptied."""
    share_links.revoke(session, quote, by=by, at=at)
    if quote.mid is not None:
        deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=at)


def renew_link(session: Session, quote: Quote, *, link_secret: str, by: Author, at: datetime) -> None:
    """A new customer's link in place of the old, for an issued quote; the board is told."""
    if quote.issued_at is None:
        raise WrongState("A draft has no link yet.")
    share_links.renew(session, quote, secret=link_secret, by=by, at=at)
    if quote.mid is not None:
        deliveries.want(session, Target.DEAL, record_type="quote", record_id=quote.id, at=at)
