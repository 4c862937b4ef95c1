"""What lists of webhooks and of deliveries share: what is asked for, what was chosen, what may be shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request

from betterform import clock
from betterform.actions.matching import LONGEST
from betterform.actions.row_search import LARGEST_ID, Sought
from betterform.actions.second_tries import MOST_AT_ONCE
from betterform.forms.fields import clean
from betterform.models.company import Company
from betterform.monday.blanking import blanked

TIMES = {"": "All", "today": "Today", "week": "7 days"}
SECRETS = ("MONDAY_API_TOKEN", "MONDAY_WEBHOOK_SECRET", "MONDAY_SIGNING_SECRET", "SECRET_KEY")


def sought(company: Company) -> Sought:
    """What the address asks for: `q`, `state`, `part` (a target or a board) and `time`."""
    return Sought(
        typed=clean(request.args.get("q"))[:LONGEST],
        state=request.args.get("state", ""),
        part=clean(request.args.get("part"))[:20],
        since=_since(request.args.get("time", ""), company),
    )


def _since(asked: str, company: Company) -> datetime | None:
    zone = ZoneInfo(company.time_zone)
    midnight = datetime.combine(clock.today(company.time_zone), time(), zone)
    return {"today": midnight, "week": midnight - timedelta(days=6)}.get(asked)


def kept(**changed: str | None) -> dict[str, Any]:
    """The filters of the address with some changed: what a link to the same list carries."""
    names = ("q", "state", "part", "time")
    values = {name: request.args.get(name, "") for name in names} | changed
    return {name: value for name, value in values.items() if value}


def chosen() -> list[int]:
    """The ids that were ticked, at most MOST_AT_ONCE; what is no id is left out."""
    typed = request.form.getlist("ids")
    ids = {int(one) for one in typed if one.isascii() and one.isdigit() and len(one) <= 10}
    return sorted(one for one in ids if one <= LARGEST_ID)[:MOST_AT_ONCE]


def seen_of(*facts: Any) -> str:
    """A short name of what a list shows: while it stays the same, nothing is sent again."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def shown(value: Any) -> Any:
    """`value` for a person's eyes: without our secrets, and without the keys in customers' addresses."""
    secrets: Iterable[str] = (str(current_app.config.get(name) or "") for name in SECRETS)
    return blanked(value, *secrets)
