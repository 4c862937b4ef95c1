"""Tax rates are records: what was printed with one keeps it, so they are archived and never deleted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform.actions import history
from betterform.actions.company import get_company
from betterform.errors import InvalidInput, NotFound, WrongState
from betterform.models.history import Author
from betterform.models.tax_rate import TaxCategory, TaxRate

# EN 16931 wants the reason in words wherever no tax is taken, except at the zero rate (BR-E-10 and its kin).
NEEDS_WORDING = (
    TaxCategory.EXEMPT,
    TaxCategory.REVERSE_CHARGE,
    TaxCategory.INTRA_COMMUNITY,
    TaxCategory.EXPORT,
    TaxCategory.OUT_OF_SCOPE,
)


def all_rates(session: Session) -> list[TaxRate]:
    """Every rate in the order of the lists, the archived ones last."""
    return list(session.scalars(select(TaxRate).order_by(TaxRate.archived, TaxRate.position, TaxRate.id)))


def open_rates(session: Session) -> list[TaxRate]:
    """The rates that may be chosen, in their order."""
    chosen = select(TaxRate).where(TaxRate.archived.is_(False))
    return list(session.scalars(chosen.order_by(TaxRate.position, TaxRate.id)))


def get(session: Session, rate_id: int) -> TaxRate:
    """The rate with this id. Raises NotFound."""
    rate = session.get(TaxRate, rate_id)
    if rate is None:
        raise NotFound("There is no such tax rate.")
    return rate


def add(
    session: Session,
    *,
    name: str,
    percent: Decimal,
    category: TaxCategory,
    exemption: str,
    by: Author,
    at: datetime,
) -> TaxRate:
    """A new rate at the end of the list. Raises InvalidInput naming `percent` or `exemption`."""
    if category is TaxCategory.STANDARD:
        if percent <= 0:
            raise InvalidInput(fields={"percent": "The standard category needs a percentage above zero."})
    elif percent != 0:
        raise InvalidInput(fields={"percent": "Only the standard category has a percentage; here it is 0."})
    if category in NEEDS_WORDING and not exemption:
        raise InvalidInput(fields={"exemption": "Say why no tax is taken: it is printed on the paper."})
    last = session.scalar(select(func.max(TaxRate.position)))
    rate = TaxRate(
        name=name,
        percent=percent,
        category=category.value,
        exemption=exemption,
        position=0 if last is None else last + 1,
    )
    session.add(rate)
    history.record(
        session, rate, "created", by=by, at=at, name=name, percent=str(percent), category=category.value
    )
    return rate


def archive(session: Session, rate: TaxRate, *, by: Author, at: datetime) -> None:
    """Offer the rate no more. Raises WrongState for the company's default rate."""
    if get_company(session).default_tax_rate_id == rate.id:
        raise WrongState("This is the default rate: choose another default first.")
    if not rate.archived:
        rate.archived = True
        history.record(session, rate, "archived", by=by, at=at)


def restore(session: Session, rate: TaxRate, *, by: Author, at: datetime) -> None:
    """Offer an archived rate again."""
    if rate.archived:
        rate.archived = False
        history.record(session, rate, "restored", by=by, at=at)
