"""How long to wait before trying again.

The program's own waits are multiplied by the setting MONDAY_PATIENCE (1 unless a test is in a hurry);
what monday asks for is always waited in full.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

from betterform.monday.errors import TryAgain

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 3_600.0
# While nobody answers, asking costs none of the day's calls: look more often whether monday is back.
LONGEST_UNREACHABLE_SECONDS = 300.0
# "Internal Server Error" in an answer, or a failure of our own, may come from the data: so often it is tried.
MOST_FAILURES = 12


def next_attempt(refusal: TryAgain, *, attempts: int, at: datetime, patience: float = 1.0) -> datetime:
    """When to try again after the `attempts`-th attempt: monday's hint, or twice as long each time, with jitter."""
    if refusal.after_seconds is not None:
        jitter = random.uniform(0.1, 1 + refusal.after_seconds / 10)
        return at + timedelta(seconds=refusal.after_seconds + jitter * patience)
    longest = LONGEST_SECONDS if refusal.answered else LONGEST_UNREACHABLE_SECONDS
    wait = min(FIRST_SECONDS * 2 ** min(attempts - 1, 20), longest)
    return at + timedelta(seconds=wait * random.uniform(0.75, 1.25) * patience)


def counted_anew(at: datetime) -> datetime:
    """The next midnight UTC, when monday counts the day's calls anew."""
    return datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def after_midnight(at: datetime) -> datetime:
    """Some minutes after monday counts anew."""
    return counted_anew(at) + timedelta(seconds=random.uniform(60, 600))
