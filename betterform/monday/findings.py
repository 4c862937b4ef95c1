"""What looking at an item showed, kept apart from what is then written, so that no call stands in a transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Finding:
    """`change` writes what was found and says in words what came of it.

    `touches` are the items whose contacts or products it changes: when something newer is known of them
    by then, the finding is of no use any more.
    """

    change: Callable[[Session, datetime], str]
    touches: frozenset[str] = frozenset()

    @classmethod
    def nothing(cls, reason: str) -> Finding:
        """Nothing is to be written."""
        return cls(lambda _session, _at: reason)

    def apply(self, session: Session, *, at: datetime) -> str:
        """Write it. Returns the outcome in words."""
        return self.change(session, at)
