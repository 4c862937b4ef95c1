"""What has to be so when the storm is over, and in words what is not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, lazyload, undefer

from betterform.actions import share_links
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.document import Document
from betterform.models.product import Product
from betterform.models.quote import Quote
from betterform.models.webhook_event import InboxState, WebhookEvent
from betterform.monday.places import language_name
from betterform.monday.sandbox import World

CONTACT_COLUMNS = {
    "Email": "email",
    "First name": "first_name",
    "Last name": "last_name",
    "Title": "title",
    "Company": "company",
    "Phone": "phone",
    "Street": "street",
    "Postcode": "postal_code",
    "City": "city",
    "Country": "country_code",
    "VAT number": "vat_number",
}
PRODUCT_COLUMNS = {
    "Catalogue number": "catalogue_number",
    "Type": "kind",
    "Unit": "unit",
    "Description": "description",
}
CURRENCIES = ("CHF", "EUR", "USD", "GBP")
MOST_SHOWN = 25


@dataclass
class Expected:
    """What the people of this storm did, by the ids of items."""

    deals: list[str]
    deleted: set[str]
    issued: list[str]
    files: dict[str, set[str]]
    touched: set[str]  # deals whose quotes staff worked on: what they decided there stays
    contacts_made: int = 0
    products_made: int = 0
    problems: list[str] = field(default_factory=list)


class Verdict:
    """Compares the stand-in with our records, each read directly and not through the program."""

    def __init__(
        self, session: Session, world: World, expected: Expected, *, public_url: str, secret: str
    ) -> None:
        self.session, self.world, self.expected = session, world, expected
        self.public_url, self.secret = public_url, secret

    def open_work(self) -> dict[str, int]:
        """How much is not done yet, by what it is; empty when all is calm."""
        self.session.rollback()
        waiting = {
            "deliveries": self._count(
                Delivery, Delivery.state.in_([DeliveryState.WAITING.value, DeliveryState.RUNNING.value])
            ),
            "webhooks": self._count(WebhookEvent, WebhookEvent.state == InboxState.WAITING.value),
            "PDFs": self._count(Document, Document.sha256.is_(None)),
            "webhooks on their way": len(self.world.postman.waiting()),
        }
        return {name: number for name, number in waiting.items() if number}

    def _count(self, kind: type[Any], *conditions: Any) -> int:
        return self.session.scalar(select(func.count()).select_from(kind).where(*conditions)) or 0

    def differences(self) -> list[str]:
        """Everything that is not as it has to be."""
        self.session.rollback()
        self.session.expire_all()
        with self.world.lock:
            return [
                *self._parked(),
                *self._deals(),
                *self._contacts(),
                *self._products(),
                *self._assets(),
            ]

    def _parked(self) -> Iterator[str]:
        parked = select(Delivery).where(Delivery.state == DeliveryState.PARKED.value)
        for delivery in self.session.scalars(parked):
            yield f"delivery {delivery.id} ({delivery.target} {delivery.record_id}) is parked: {delivery.reason}"
        events = select(WebhookEvent).where(WebhookEvent.state == InboxState.PARKED.value)
        for event in self.session.scalars(events):
            yield f"webhook {event.id} ({event.event_type} {event.item_id}) is parked: {event.reason}"

    # Deals and quotes

    def _deals(self) -> Iterator[str]:
        quotes = self.session.scalars(select(Quote).options(lazyload(Quote.lines))).all()
        number_of = Counter(quote.mid for quote in quotes)
        by_item = {quote.mid: quote for quote in quotes if quote.mid}
        documents = {
            document.quote_id: document
            for document in self.session.scalars(select(Document).options(undefer(Document.pdf)))
        }
        for item in self.expected.deals:
            quote = by_item.get(item)
            if item in self.expected.deleted:
                if number_of[item] > 1:
                    yield f"deleted deal {item} has {number_of[item]} quotes"
            elif number_of[item] != 1 or quote is None:
                yield f"deal {item} has {number_of[item]} quotes"
            else:
                yield from self._deal(item, quote, documents.get(quote.id))
        for item in self.expected.issued:
            quote = by_item.get(item)
            if quote is None or not quote.number:
                yield f"the quote of deal {item} was issued, but has no number"
        numbers = Counter(quote.number for quote in quotes if quote.number)
        yield from (
            f"the number {number} was given {count} times" for number, count in numbers.items() if count > 1
        )
        if len(numbers) != len(set(self.expected.issued)):
            yield f"{len(numbers)} quotes have a number, {len(set(self.expected.issued))} were issued"

    def _deal(self, item: str, quote: Quote, document: Document | None) -> Iterator[str]:
        shown = self.world.shown(item)["values"]
        wanted: dict[str, Any] = {
            "Quote form": f"{self.public_url}/form/{item}",
            "Quote status": quote.state.title(),
        }
        if quote.number and quote.total is not None:
            wanted |= {
                "Quote number": quote.number,
                "Quote date": str(quote.date),
                "Valid until": str(quote.expiry),
                "Currency": quote.currency,
                "Total": quote.total,
                "Customer link": share_links.customer_url(
                    self.session, quote, public_url=self.public_url, secret=self.secret
                ),
            }
        for title, value in wanted.items():
            there = shown[title]["url"] if isinstance(shown[title], dict) else shown[title]
            same = Decimal(there or -1) == value if isinstance(value, Decimal) else there == value
            if not same:
                yield f"deal {item} (quote {quote.id}): {title} is {there!r}, not {value!r}"
        if item not in self.expected.touched:
            yield from self._draft(item, quote)
        yield from self._files(item, quote, document, shown["Quote PDF"])
        if quote.item_problem:
            yield f"quote {quote.id} says that its item {item} is gone"

    def _draft(self, item: str, quote: Quote) -> Iterator[str]:
        """A draft that nobody opened says what its deal says."""
        deal = self.world.shown(item)
        if quote.subject != deal["name"]:
            yield f"quote {quote.id} is about {quote.subject!r}, its deal {item} is called {deal['name']!r}"
        linked = [id_ for id_ in deal["values"]["Contact"] if self.world.active_item(id_)]
        ours = quote.contact.mid if quote.contact is not None else None
        if linked and ours not in linked:
            yield f"quote {quote.id} is for the contact of item {ours}, its deal {item} names {linked}"

    def _files(
        self, item: str, quote: Quote, document: Document | None, there: list[dict[str, Any]]
    ) -> Iterator[str]:
        people = self.expected.files.get(item, set())
        missing = people - {str(file.get("asset_id")) for file in there}
        if missing:
            yield f"deal {item}: files that people added are gone: {missing}"
        ours = [file for file in there if str(file.get("asset_id")) not in people]
        if document is None:
            if ours:
                yield f"deal {item} has files of ours though nothing was issued: {ours}"
            return
        if len(ours) != 1:
            yield f"deal {item} (quote {quote.id}) has {len(ours)} PDFs of ours: {ours}"
            return
        content = self.world.asset_store.get(str(ours[0]["asset_id"]))
        if hashlib.sha256(content).hexdigest() != document.sha256:
            yield f"deal {item}: the bytes on the board are not those that were printed"
        if hashlib.sha256(document.pdf or b"").hexdigest() != document.sha256:
            yield f"document {document.id}: its bytes and its SHA-256 do not belong together"
        if ours[0]["name"] != document.filename:
            yield f"deal {item}: the PDF is called {ours[0]['name']}, not {document.filename}"

    # Contacts and products

    def _contacts(self) -> Iterator[str]:
        records = self.session.scalars(select(Contact)).all()
        yield from self._both_sides("CONTACTS", records)
        mails = Counter(
            item.cells[column.id]["email"].lower()
            for column in self.world.board("CONTACTS").columns
            if column.title == "Email"
            for item in self.world.items_of("CONTACTS", state="all")
            if item.cells.get(column.id)
        )
        yield from (
            f"{count} items of CONTACTS have the address {mail}" for mail, count in mails.items() if count > 1
        )
        mine = sum(1 for record in records if record.first_name == "Nova")
        if mine != self.expected.contacts_made:
            yield f"{mine} contacts were made in the office, not {self.expected.contacts_made}"

    def _products(self) -> Iterator[str]:
        records = self.session.scalars(select(Product)).all()
        yield from self._both_sides("PRODUCTS", records)
        names = Counter(
            item.name
            for item in self.world.items_of("PRODUCTS", state="all")
            if item.name.startswith("Storm probe")
        )
        yield from (
            f"{count} items of PRODUCTS are called {name}" for name, count in names.items() if count > 1
        )
        mine = sum(1 for record in records if record.catalogue_number.startswith("ST-"))
        if mine != self.expected.products_made:
            yield f"{mine} products were made in the office, not {self.expected.products_made}"

    def _both_sides(self, board: str, records: Any) -> Iterator[str]:
        by_item = {record.mid: record for record in records if record.mid}
        for record in records:
            if record.mid is None:
                yield f"{board}: {_name(record)} ({record.id}) has no item"
        for item in self.world.items_of(board, state="all"):
            record = by_item.pop(item.id, None)
            if item.state != "active":
                if record is not None and record.archived_at is None:
                    yield f"{board}: item {item.id} is {item.state}, {_name(record)} ({record.id}) is not archived"
            elif record is None:
                yield f"{board}: item {item.id} ({item.name}) is not known here"
            elif record.archived_at is not None:
                yield f"{board}: item {item.id} ({item.name}) is there, its record {record.id} is archived"
            else:
                yield from self._values(board, item.id, record)
        yield from (f"{board}: {_name(record)} has an unknown item {mid}" for mid, record in by_item.items())

    def _values(self, board: str, item: str, record: Contact | Product) -> Iterator[str]:
        shown = self.world.shown(item)
        there = {title: value or "" for title, value in shown["values"].items()}
        if isinstance(record, Contact):
            here = {title: getattr(record, name) for title, name in CONTACT_COLUMNS.items()}
            if there["Language"] or record.language:
                here["Language"] = language_name(record.language)
            here["Phone"], there["Phone"] = _digits(record.phone), _digits(there["Phone"])
        else:
            here = {title: getattr(record, name) for title, name in PRODUCT_COLUMNS.items()}
            there["name"], here["name"] = shown["name"], record.name
            for currency in CURRENCIES:
                title = f"Price {currency}"
                here[title] = record.price_in(currency)
                there[title] = Decimal(there[title]) if there[title] else None
        for title, value in here.items():
            if there[title] != value:
                yield f"{board}: item {item} (record {record.id}): {title} is {there[title]!r} there, {value!r} here"

    # Files

    def _assets(self) -> Iterator[str]:
        me = self.world.me.id
        for asset in self.world.orphans():
            if asset.uploaded_by == me:
                yield f"asset {asset.id} ({asset.name}) of ours is in no column"

    def related(self, differences: list[str]) -> Iterator[str]:
        """The deliveries and webhooks about the items and records that differ, for whoever looks for the fault."""
        text = " ".join(differences)
        items = [item for item in self.world.items if item in text][:MOST_SHOWN]
        for item in items:
            events = select(WebhookEvent).where(WebhookEvent.item_id == item).order_by(WebhookEvent.id)
            for event in self.session.scalars(events):
                column = event.payload["event"].get("columnId", "")
                yield (
                    f"  webhook {event.id} {event.event_type} {column} of {item} at {event.received_at:%T.%f}, "
                    f"{event.attempts} attempts, {event.state} at {event.finished_at}: {event.reason}"
                )
            kinds: tuple[type[Quote | Contact | Product], ...] = (Quote, Contact, Product)
            for kind in kinds:
                record: Any = self.session.scalar(select(kind).where(kind.mid == item))
                if record is not None:
                    yield from self._deliveries_of(kind.__name__.lower(), int(record.id))

    def _deliveries_of(self, record_type: str, record_id: int) -> Iterator[str]:
        found = select(Delivery).where(Delivery.record_type == record_type, Delivery.record_id == record_id)
        for delivery in self.session.scalars(found.order_by(Delivery.id)):
            yield (
                f"  delivery {delivery.id} {delivery.target} of {record_type} {record_id}: {delivery.state}, "
                f"{delivery.attempts} attempts, wanted {delivery.wanted}: {delivery.reason} {delivery.result}"
            )
            for attempt in delivery.tries:
                sent = [call.get("operation") for call in attempt.sent.get("calls", [])]
                yield f"    {attempt.at:%T.%f} {attempt.outcome} {sent} {attempt.received.get('problem', '')}"


def _name(record: Contact | Product) -> str:
    return record.display_name if isinstance(record, Contact) else record.name


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit() or char == "+")
