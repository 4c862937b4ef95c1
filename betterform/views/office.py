"""What nearly every page needs to know of the company: its row, its tax rates, its date today."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from betterform import clock
from betterform.db import db
from betterform.forms.quote import Choices
from betterform.models.company import Company
from betterform.models.tax_rate import TaxRate
from betterform.money import format_percent


def company() -> Company:
    """The company's one row."""
    return db.session.get_one(Company, 1)


def rates() -> dict[int, TaxRate]:
    """Every tax rate by its id in the order of the settings, archived ones included."""
    wanted = select(TaxRate).order_by(TaxRate.position, TaxRate.id)
    return {rate.id: rate for rate in db.session.scalars(wanted)}


def today() -> date:
    """The date it is now where the company is."""
    return clock.today(company().time_zone)


def choices(rates: dict[int, TaxRate], locale: str, *, used: set[int | None] = frozenset()) -> Choices:  # type: ignore[assignment]
    """What the selects of the quote form offer: the rates in use, and archived ones the quote has already."""
    offered = [rate for rate in rates.values() if not rate.archived or rate.id in used]
    return Choices(rates=tuple((rate.id, rate_label(rate, locale)) for rate in offered), locale=locale)


def rate_label(rate: TaxRate, locale: str) -> str:
    """What a select shows: the percent first, since narrow selects cut the end off: "8.1% MWST"."""
    if rate.category == "O":
        return rate.name
    return f"{format_percent(rate.percent, locale)} {rate.name}"
