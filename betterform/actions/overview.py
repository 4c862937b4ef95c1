"""What the dashboard shows: what waits for whom, what failed, and what it adds up to. Only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, Numeric, func, select, type_coerce
from sqlalchemy.orm import Session, joinedload, lazyload

from betterform.actions import column_titles, event_words, subjects
from betterform.actions.sync_state import NAMES
from betterform.models.contact import Contact
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.product import Product
from betterform.models.quote import Quote, QuoteState
from betterform.models.types import SCALE, ExactNumber
from betterform.models.webhook_event import InboxState, WebhookEvent

SOON = timedelta(days=7)
LATEST = 8
NAMED = 3  # of each kind that stopped; the rest is behind the figure
MILLION = 10**SCALE


@dataclass(frozen=True, slots=True)
class StateTotal:
    """How many quotes of one state and currency there are, and their sum in that currency."""

    state: str
    currency: str
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Stopped:
    """What only a person can help: a delivery, or else a webhook (`is_webhook`), by name and with its reason."""

    id: int
    name: str
    reason: str
    is_webhook: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one moment."""

    totals: Sequence[StateTotal]
    expiring: int
    parked_deliveries: int
    parked_events: int
    stopped: Sequence[Stopped]
    latest: Sequence[Quote]
    contacts: int
    products: int

    def count(self, *states: QuoteState) -> int:
        """How many quotes are in one of `states`."""
        return sum(row.count for row in self.totals if row.state in states)

    @property
    def parked(self) -> int:
        return self.parked_deliveries + self.parked_events


def overview(session: Session, *, today: date) -> Overview:
    """Everything the dashboard shows, in a dozen queries at most, however many quotes there are."""
    return Overview(
        totals=_totals(session),
        expiring=_expiring(session, today),
        parked_deliveries=_count(session, Delivery, Delivery.state == DeliveryState.PARKED.value),
        parked_events=_count(session, WebhookEvent, WebhookEvent.state == InboxState.PARKED.value),
        stopped=[*_stopped_deliveries(session), *_stopped_events(session)],
        latest=_latest(session),
        contacts=_count(session, Contact, Contact.archived_at.is_(None)),
        products=_count(session, Product, Product.archived_at.is_(None)),
    )


def _totals(session: Session) -> list[StateTotal]:
    found = session.execute(
        select(Quote.state, Quote.currency, func.count(), *_parts_of_sum(session)).group_by(
            Quote.state, Quote.currency
        )
    )
    order = {state.value: place for place, state in enumerate(QuoteState)}
    rows = [
        StateTotal(state, currency, count, sum((part for part in parts if part is not None), Decimal(0)))
        for state, currency, count, *parts in found
    ]
    return sorted(rows, key=lambda row: (order[row.state], row.currency))


def _parts_of_sum(session: Session) -> list[ColumnElement[Decimal]]:
    """What adds up to the sum of the quotes.

    SQLite counts millionths in 64 bits, which a dozen of the largest quotes would leave: there whole
    units and the rest are summed apart, the former as a number of units.
    """
    if session.get_bind().dialect.name != "sqlite":
        return [func.sum(type_coerce(Quote.total, ExactNumber))]
    millionths = type_coerce(Quote.total, BigInteger)
    rest = type_coerce(millionths % MILLION, ExactNumber)
    return [type_coerce(func.sum(millionths // MILLION), Numeric(18, 0)), func.sum(rest)]


def _expiring(session: Session, today: date) -> int:
    """Sent quotes whose last day is within a week. Databases disagree about adding days, so it is done here."""
    found = session.execute(
        select(Quote.date, Quote.validity_days, func.count())
        .where(Quote.state == QuoteState.SENT.value)
        .group_by(Quote.date, Quote.validity_days)
    )
    return sum(count for day, days, count in found if today <= day + timedelta(days=days) <= today + SOON)


def _stopped_deliveries(session: Session) -> list[Stopped]:
    wanted = select(Delivery).where(Delivery.state == DeliveryState.PARKED.value)
    rows = session.scalars(wanted.order_by(Delivery.id.desc()).limit(NAMED)).all()
    if not rows:
        return []
    found, titles = subjects.of_deliveries(session, rows), column_titles.known(session)
    return [
        Stopped(row.id, _name(row, found), column_titles.told(row.reason, titles), is_webhook=False)
        for row in rows
    ]


def _name(row: Delivery, found: Mapping[tuple[str, int], subjects.Subject]) -> str:
    subject = found.get((row.record_type, row.record_id))
    record = subject.name if subject is not None else f"{row.record_type} {row.record_id}"
    return f"{NAMES[row.target]}: {record}"


def _stopped_events(session: Session) -> list[Stopped]:
    wanted = select(
        WebhookEvent.id, WebhookEvent.event_type, WebhookEvent.item_id, WebhookEvent.reason
    ).where(WebhookEvent.state == InboxState.PARKED.value)
    rows = session.execute(wanted.order_by(WebhookEvent.id.desc()).limit(NAMED)).all()
    found = subjects.of_items(session, (row.item_id for row in rows))
    return [
        Stopped(
            row.id,
            f"{event_words.headline(row.event_type)}: "
            + (found[row.item_id].name if row.item_id in found else f"item {row.item_id or 'unknown'}"),
            row.reason,
            is_webhook=True,
        )
        for row in rows
    ]


def _latest(session: Session) -> list[Quote]:
    newest = select(Quote).options(joinedload(Quote.contact), lazyload(Quote.lines))
    return list(session.scalars(newest.order_by(Quote.updated_at.desc(), Quote.id.desc()).limit(LATEST)))


def _count(session: Session, model: type, condition: object) -> int:
    return session.scalar(select(func.count()).select_from(model).where(condition)) or 0  # type: ignore[arg-type]
