"""The only place time comes from. Stored instants are UTC; dates belong to the company's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The calendar date it is now in `time_zone` (an IANA name, such as "Europe/Zurich")."""
    return now().astimezone(ZoneInfo(time_zone)).date()
