"""Boards chosen from a list, and their columns: what holds which field, written how."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session


def facts(session: Session) -> dict[str, Any]:
    """What the card of this part shows."""
    return {}
