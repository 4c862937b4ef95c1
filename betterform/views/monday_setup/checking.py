"""Is everything right? Token, version, boards, columns and the day's calls, in plain words."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session


def facts(session: Session) -> dict[str, Any]:
    """What the card of this part shows."""
    return {}
