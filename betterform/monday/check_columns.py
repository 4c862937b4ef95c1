"""The columns of a board against their mapping: still there, of a fitting type, their labels known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions.board_mapping import label_index, label_text
from betterform.models.board import Board, BoardColumn, BoardRole, WritePolicy
from betterform.models.quote import Quote, QuoteState
from betterform.monday.columns import labels_by_index
from betterform.monday.fields import FIELDS, Field, field_named

POLICIES = {WritePolicy.IF_EMPTY: "written only if it is empty", WritePolicy.NEVER: "never written"}
READ = "read from the board, never written"
# What monday.com calls types in its own pages, where that is not our name of them.
TYPES = {
    "long_text": "long text",
    "file": "files",
    "email": "e-mail",
    "board_relation": "connect boards",
}

Found = tuple[str, str, str, str]  # level, what it is about, the words, the field's name


def of_board(session: Session, role: BoardRole, board: Board, shown: Mapping[str, Any]) -> Iterator[Found]:
    """What is to be said of each field of a board, in the order in which the page of its columns has them.

    `shown` is the board as monday shows it.
    """
    live = {str(column["id"]): column for column in shown["columns"]}
    for field in _fields(role, board):
        column = board.column(field.name)
        if column is None:
            yield (
                "wrong" if field.needed else "note",
                field.title,
                "No column is chosen: it is not used.",
                field.name,
            )
            continue
        there = live.get(column.column_id)
        problem = _problem(field, column, there)
        if problem or there is None:
            yield "wrong", field.title, problem, field.name
            continue
        note = _labels(session, column, there)
        words = f"{_in_order(field, column, there)} {note}".strip()
        yield "note" if note else "fine", field.title, words, field.name


def _fields(role: BoardRole, board: Board) -> list[Field]:
    """All fields that a board may have, and the prices that it has."""
    known = {field.name for field in FIELDS[role]}
    more = sorted(column.field for column in board.columns if column.field not in known)
    return [*FIELDS[role], *filter(None, (field_named(role, name) for name in more))]


def _type(kind: str) -> str:
    return TYPES.get(kind, kind)


def _problem(field: Field, column: BoardColumn, there: Mapping[str, Any] | None) -> str:
    if there is None:
        return f"The column “{column.title}” is no longer on the board. Choose another, or make it anew."
    kind = str(there["type"])
    if kind not in field.types:
        fitting = " or ".join(_type(fits) for fits in field.types)
        return f"The column “{there['title']}” is of type {_type(kind)}; it has to be {fitting}."
    if column.column_type and kind != column.column_type:
        return (
            f"The column “{there['title']}” is now of type {_type(kind)}, and was {_type(column.column_type)}"
            " when it was chosen. Save the board's columns again."
        )
    return ""


def _in_order(field: Field, column: BoardColumn, there: Mapping[str, Any]) -> str:
    policy = READ if field.is_read else POLICIES.get(WritePolicy(column.policy))
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
        text = label_text(label)
        if label_index(label) in by_number:
            continue  # known by its id, whatever it is called now
        if text in off:
            idle.append(text)
        elif isinstance(label, dict):
            numbers.append(text or ours)
        elif text not in present:
            (gone if ours in used else never).append(text)
    words = [
        _sentence(gone, "no longer on the board; {it} would be made again"),
        _sentence(idle, "switched off on the board; switch {it} on there, or choose another"),
        _sentence(never, "not on the board yet; {it} would be made when first needed"),
        _sentence(numbers, "tied to a label that is no longer on the board; choose another"),
    ]
    known = {by_number.get(index) for label in wanted.values() if (index := label_index(label)) is not None}
    spare = sorted(present - known - {label_text(label) for label in wanted.values()})
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
