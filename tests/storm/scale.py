"""How large a storm is, and how hard it blows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`changes` are those of contacts and products, on the board and in the form; `kills` of each kind of process.

    The office needs at least `seconds` for its work, so that everything else has time to happen in between.
    """

    deals: int
    issued: int
    changes: int
    kills: int
    seconds: float
    staff: int
    web_processes: int
    patience: float


SMALL = Scale(deals=12, issued=6, changes=8, kills=1, seconds=3, staff=2, web_processes=1, patience=60)
MEDIUM = Scale(deals=120, issued=50, changes=75, kills=3, seconds=20, staff=3, web_processes=2, patience=120)
FULL = Scale(deals=500, issued=200, changes=300, kills=5, seconds=60, staff=3, web_processes=2, patience=180)
SIZES = {"small": SMALL, "medium": MEDIUM, "full": FULL}

TROUBLE = 0.2  # of all API calls
SILENCE_SECONDS = 1.0
# Of all webhooks; `lose` can be healed by the periodic readings only.
MISHAPS = {"double": 0.05, "delay": 0.05, "reorder": 0.08, "lose": 0.03}
# monday's minute, between two attempts of a webhook, is two seconds long.
MONDAYS_SPEED = 30.0
