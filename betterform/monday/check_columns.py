"""The columns of a board against their mapping: still there, of a fitting type, their labels known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.models.board import Board, BoardColumn, BoardRole, WritePolicy
from betterform.models.quote import Quote, QuoteState
from betterform.monday.columns import labels_by_index
from betterform.monday.fields import FIELDS, field_named

POLICIES = {WritePolicy.IF_EMPTY: "written only where it is empty", WritePolicy.NEVER: "never written"}

Found = tuple[str, str, str]  # level, what it is about, the words


def of_board(session: Session, role: BoardRole, board: Board, shown: Mapping[str, Any]) -> Iterator[Found]:
    """What is to be said of each field of a board. `shown` is the board as monday shows it."""
    live = {str(column["id"]): column for column in shown["columns"]}
    for column in board.columns:
        there = live.get(column.column_id)
        field = field_named(role, column.field)
        title = field.title if field is not None else column.field
        problem = _problem(role, column, there)
        if problem or there is None:
            yield "wrong", title, problem
            continue
        note = _labels(session, column, there)
        yield "note" if note else "fine", title, f"{_in_order(column, there)} {note}".strip()
    for field in FIELDS[role]:
        if board.column(field.name) is None:
            yield "wrong" if field.needed else "note", field.title, f"No column holds {_lower(field.title)}."


def _problem(role: BoardRole, column: BoardColumn, there: Mapping[str, Any] | None) -> str:
    if there is None:
        return f"The column “{column.title}” is no longer on the board. Choose another, or make it anew."
    wanted = field_named(role, column.field)
    kind = str(there["type"])
    if wanted is not None and kind not in wanted.types:
        fitting = " or ".join(wanted.types)
        return f"The column “{there['title']}” is of type {kind}; it has to be {fitting}."
    if column.column_type and kind != column.column_type:
        return (
            f"The column “{there['title']}” is now of type {kind}, and was {column.column_type} when it was"
            " chosen. Save the board's columns again."
        )
    return ""


def _in_order(column: BoardColumn, there: Mapping[str, Any]) -> str:
    policy = POLICIES.get(WritePolicy(column.policy))
    renamed = f" (it was called “{column.title}”)" if column.title not in ("", there["title"]) else ""
    return f"Column “{there['title']}”{renamed}{f', {policy}' if policy else ''}."


def _labels(session: Session, column: BoardColumn, there: Mapping[str, Any]) -> str:
    """Which labels that stand for something of ours the board does not have, or ""."""
    if there["type"] not in ("status", "dropdown"):
        return ""
    by_number = labels_by_index(there.get("settings"))
    present, off = set(by_number.values()), _switched_off(there.get("settings"))
    used = _used_states(session) if column.field == "status" else set(column.labels)
    wanted = _wanted_labels(column)
    gone: list[str] = []
    never: list[str] = []
    idle: list[str] = []
    numbers: list[str] = []
    for ours, label in wanted.items():
        if isinstance(label, dict):
            if int(label.get("index", -1)) not in by_number:
                numbers.append(ours)
        elif label in off:
            idle.append(label)
        elif label not in present:
            (gone if ours in used else never).append(label)
    words = [
        _sentence(gone, "no longer on the board; {it} would be made again"),
        _sentence(idle, "switched off on the board; switch {it} on there, or choose another"),
        _sentence(never, "not on the board yet; {it} would be made when first needed"),
        _sentence(numbers, "tied to a label that is no longer on the board; choose another"),
    ]
    spare = sorted(present - {label for label in wanted.values() if isinstance(label, str)})
    if gone and spare:
        stand = "stands" if len(spare) == 1 else "stand"
        words.append(f"Was it renamed? The board has {_quoted(spare)}, which {stand} for nothing here.")
    return " ".join(filter(None, words))


def _wanted_labels(column: BoardColumn) -> dict[str, Any]:
    """Our values and the labels that stand for them; a state without one is written by its own name."""
    if column.field != "status":
        return dict(column.labels)
    return {state.value: column.labels.get(state.value, state.value) for state in QuoteState}


def _used_states(session: Session) -> set[str]:
    """The states that quotes on the board have, or had for certain."""
    rows = session.execute(
        select(Quote.state, Quote.issued_at.is_not(None)).where(Quote.mid.is_not(None)).distinct()
    ).all()
    used = {state for state, _issued in rows}
    if rows:
        used.add(QuoteState.DRAFT.value)
    if any(issued for _state, issued in rows):
        used.add(QuoteState.SENT.value)
    return used


def _switched_off(settings: Any) -> set[str]:
    """The labels that are deactivated: the board keeps them, but offers them no more."""
    labels = settings.get("labels") if isinstance(settings, dict) else None
    return {
        str(label.get("label") or label.get("name"))
        for label in (labels if isinstance(labels, list) else [])
        if isinstance(label, dict) and label.get("is_deactivated")
    }


def _sentence(labels: list[str], rest: str) -> str:
    if not labels:
        return ""
    one = len(labels) == 1
    subject = f"The label {_quoted(labels)} is" if one else f"The labels {_quoted(labels)} are"
    return f"{subject} {rest.format(it='it' if one else 'they' if ' would' in rest else 'them')}."


def _quoted(labels: list[str]) -> str:
    quoted = [f"“{label}”" for label in labels]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _lower(title: str) -> str:
    """A field's title inside a sentence; abbreviations keep their letters."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
