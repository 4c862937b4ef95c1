"""Two people changed one record at once: what the second typed beside what the first has saved.

The form carries what it was filled with. So a field that only the other changed shows the other's value,
one that both changed keeps what was typed, and each says so. Nothing is stored before it is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import request

from betterform.forms.fields import clean


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What the form shows now, and a sentence for each field that the other person changed."""

    values: dict[str, str]
    notes: dict[str, str]


def filled_with(values: Mapping[str, str]) -> str:
    """For the hidden field `was` of the form."""
    return json.dumps(values, ensure_ascii=False)


def was() -> dict[str, str]:
    """What the form that was sent had been filled with; empty for what makes no sense."""
    try:
        found = json.loads(request.form.get("was") or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def look(
    typed: Mapping[str, str],
    now: Mapping[str, str],
    *,
    shown: Callable[[str, str], str] = lambda _name, value: value,
) -> SecondLook:
    """`typed` beside what is saved `now`, by field."""
    before, values, notes = was(), {}, {}
    for name in [*typed, *(name for name in now if name not in typed)]:
        mine, theirs = typed.get(name, ""), now.get(name, "")
        start = before.get(name, "" if before else None)
        values[name] = mine
        if mine == theirs or theirs == start:
            continue
        if mine == start:
            values[name] = theirs
            notes[name] = f"Changed meanwhile. Before: {shown(name, mine) or 'nothing'}."
        else:
            notes[name] = f"Saved meanwhile: {shown(name, theirs) or 'nothing'}. What you typed is shown."
    return SecondLook(values, notes)


def read_edition() -> str:
    """The edition that the form which was sent had been filled from."""
    return clean(request.form.get("read"))[:40]
