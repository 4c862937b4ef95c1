"""How long to wait before trying again."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

from betterform.monday.errors import TryAgain

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 3_600.0
# While nobody answers, asking costs none of the day's calls: look more often whether monday is back.
LONGEST_UNREACHABLE_SECONDS = 300.0
# A server that keeps answering "Internal Server Error" may mean our data; by then an hour has passed.
MOST_INTERNAL_ERRORS = 12


def next_attempt(refusal: TryAgain, *, attempts: int, at: datetime) -> datetime:
    """When to try again after the `attempts`-th attempt: monday's hint, or twice as long each time, with jitter."""
    if refusal.after_seconds is not None:
        wait = refusal.after_seconds + random.uniform(0.1, 1 + refusal.after_seconds / 10)
        return at + timedelta(seconds=wait)
    longest = LONGEST_SECONDS if refusal.answered else LONGEST_UNREACHABLE_SECONDS
    wait = min(FIRST_SECONDS * 2 ** min(attempts - 1, 20), longest)
    return at + timedelta(seconds=wait * random.uniform(0.75, 1.25))


def is_hopeless(refusal: TryAgain, *, attempts: int) -> bool:
    """Whether a person should look: monday answered often enough, and never said that it is busy."""
    return refusal.may_have_happened and refusal.answered and attempts >= MOST_INTERNAL_ERRORS


def after_midnight(at: datetime) -> datetime:
    """Some minutes after the next midnight UTC, when monday counts anew."""
    tomorrow = datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return tomorrow + timedelta(seconds=random.uniform(60, 600))
