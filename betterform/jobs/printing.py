"""Print what waits for its PDF."""

from __future__ import annotations

from datetime import timedelta

from betterform import clock
from betterform.documents import storage

# A request prints what it issues itself; whatever has no PDF after that long was left to the worker.
PATIENCE = timedelta(seconds=15)


def print_waiting() -> bool:
    """All that waits, once. False, since what failed is not tried again at once."""
    storage.print_waiting(issued_before=clock.now() - PATIENCE)
    return False
