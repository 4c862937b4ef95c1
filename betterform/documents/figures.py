"""Amounts, quantities, percentages and dates as a reader of the paper's locale writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from betterform import money
from betterform.paper import Paper


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures for one locale, such as "de_CH", and one currency (ISO 4217)."""

    locale: str
    currency: str

    def amount(self, value: Decimal) -> str:
        """An amount without its currency: "1’234.50"."""
        return _with_minus(money.format_amount(value, self.currency, self.locale))

    def money(self, value: Decimal) -> str:
        """An amount with its currency: "CHF 1’234.50"."""
        return _with_minus(money.format_money(value, self.currency, self.locale))

    def price(self, value: Decimal) -> str:
        """A unit price, which may have more decimals than its currency: "0.0088"."""
        return _with_minus(money.format_price(value, self.currency, self.locale))

    def quantity(self, value: Decimal) -> str:
        """A quantity with as many decimals as it has: "2.5"."""
        return _with_minus(money.format_quantity(value, self.locale))

    def percent(self, value: Decimal) -> str:
        """A percentage from its number of hundredths: Decimal("8.1") gives "8.1%"."""
        return _with_minus(money.format_percent(value, self.locale))

    def date(self, value: date) -> str:
        """A day with the month's name: "23 November 2026"."""
        return format_date(value, format="long", locale=self.locale)


def _with_minus(written: str) -> str:
    """The figure with a minus sign as wide as a digit instead of a hyphen."""
    return written.replace("-", "\N{MINUS SIGN}")


def figures_for(paper: Paper) -> Figures:
    """How figures are written on this paper; a locale that is not known gives way to the language."""
    return Figures(known_locale(paper.locale, paper.language), paper.currency)


@lru_cache(maxsize=64)
def known_locale(*names: str) -> str:
    """The first of the names that the CLDR knows, with an underscore; English if it knows none."""
    for name in names:
        try:
            return str(Locale.parse(name.replace("-", "_")))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return "en"
