"""A whole page or a piece of one; figures and dates as people write them; files by their content."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from flask import Flask, Response, current_app, render_template, request, url_for
from htmx_flask import request as htmx_request
from markupsafe import Markup

from betterform import clock, countries, money
from betterform.models.user import Role

# Read by layouts/base.html, in this order: the kit, what we call things, then one file a component.
STYLESHEETS = (
    "vendor/fonts/inter.css",
    "vendor/tabler/tabler.min.css",
    "css/tokens.css",
    "css/base.css",
    "css/navigation.css",
    "css/button.css",
    "css/card.css",
    "css/table.css",
    "css/field.css",
    "css/badge.css",
    "css/dialog.css",
    "css/toast.css",
    "css/empty.css",
    "css/findings.css",
    "css/plain.css",
)


def init_app(app: Flask) -> None:
    """Give templates their filters and constants. Nothing in here asks the database."""
    app.jinja_env.globals.update(asset_url=asset_url, stylesheets=STYLESHEETS, Role=Role)
    app.jinja_env.filters.update(
        money=money_filter,
        amount=amount_filter,
        price=price_filter,
        number=number_filter,
        country=country_filter,
        readable=readable_filter,
        percent=percent_filter,
        date=date_filter,
        moment=moment_filter,
        ago=ago_filter,
        iso=iso_filter,
        paragraphs=paragraphs_filter,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def page_or_fragment(page: str, fragment: str, /, status: int = 200, **facts: Any) -> Response:
    """The fragment for htmx when it replaces a part of the page, else the whole page.

    htmx 4 says in HX-Request-Type whether it wants a part; going back in history asks for a page.
    """
    template = fragment if wants_fragment() else page
    response = current_app.make_response((render_template(template, **facts), status))
    response.vary.update(("HX-Request", "HX-Request-Type"))
    return response


def wants_fragment() -> bool:
    """Whether htmx asked for a part of a page."""
    asked = htmx_request.htmx
    # HX-Request-Type is htmx 4's own; the extension knows the headers of htmx 2.
    return (
        bool(asked)
        and not asked.history_restore_request
        and request.headers.get("HX-Request-Type") == "partial"
    )


def asset_url(filename: str) -> str:
    """The address of a file in static/, with its content's hash: it may be kept for ever."""
    path = Path(current_app.static_folder or "") / filename
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return url_for("static", filename=filename)
    return url_for("static", filename=filename, v=_content_hash(path, changed))


@lru_cache(maxsize=512)
def _content_hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def money_filter(amount: Decimal | None, currency: str, locale: str = "en") -> str:
    """`{{ quote.total|money(quote.currency) }}`: the amount with its currency."""
    return "" if amount is None else money.format_money(amount, currency, locale)


def amount_filter(amount: Decimal | None, currency: str, locale: str = "en") -> str:
    """The amount alone, with the decimals of the currency."""
    return "" if amount is None else money.format_amount(amount, currency, locale)


def price_filter(unit_price: Decimal | None, currency: str, locale: str = "en") -> str:
    """A unit price, which may have more decimals than its currency."""
    return "" if unit_price is None else money.format_price(unit_price, currency, locale)


def number_filter(value: Decimal | int | None, locale: str = "en") -> str:
    """A figure with the decimals it has."""
    return "" if value is None else money.format_number(Decimal(value), locale)


def percent_filter(rate: Decimal | None, locale: str = "en") -> str:
    """A rate given in percent."""
    return "" if rate is None else money.format_percent(rate, locale)


def date_filter(day: date | None, locale: str = "en_GB", form: str = "medium") -> str:
    """A calendar date in words: 23 Nov 2026."""
    return "" if day is None else format_date(day, format=form, locale=locale.replace("-", "_"))


def moment_filter(instant: datetime | None, time_zone: str = "UTC", locale: str = "en_GB") -> str:
    """An instant in the given time zone: 23 Nov 2026, 17:42."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(time_zone))
    return format_datetime(local, format="d MMM yyyy, HH:mm", locale=locale.replace("-", "_"))


def ago_filter(instant: datetime | None, locale: str = "en_GB") -> str:
    """How long ago, or how soon: "3 hours ago", "in 2 minutes"."""
    if instant is None:
        return ""
    return format_timedelta(instant - clock.now(), add_direction=True, locale=locale.replace("-", "_"))


def iso_filter(value: date | datetime | None) -> str:
    """For the `datetime` attribute of <time>."""
    return "" if value is None else value.isoformat()


def country_filter(code: str, language: str = "en") -> str:
    """The name of a country."""
    return countries.country_name(code, language)


def readable_filter(value: Any) -> str:
    """What a machine said, indented for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


def paragraphs_filter(text: str) -> Markup:
    """Plain text with its line breaks kept."""
    return Markup("<br>").join(text.splitlines())
