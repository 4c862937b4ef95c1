"""The mapping of one board as a person edits it: a row a field, with the columns that may hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as settled
from typing import Any

from betterform.actions.board_mapping import known_label, label_index, label_text
from betterform.actions.boards import ColumnChoice
from betterform.models.board import Board, BoardColumn, BoardRole, WritePolicy
from betterform.models.quote import QuoteState
from betterform.monday import guessing
from betterform.monday.board_view import BoardView
from betterform.monday.columns import labels_by_index
from betterform.monday.fields import FIELDS, Field, price_field
from betterform.monday.guessing import ShownColumn
from betterform.monday.places import LANGUAGES, language_name

NEW = "+new"  # instead of a column's id: monday shall make one
MOST_LABELS = 40
LONGEST_LABEL = 30


@dataclass(slots=True)
class Row:
    """One field: the columns of fitting types, the one that is chosen ("" for none), and how it is written.

    `labels` are our values to labels' words, column by column, as only one of them is chosen in the end.
    `stored` is the column that is saved, "" for none or one that is gone; `saved` is its title where another
    is chosen here. `label_notes` say what became on the board of a label that is saved.
    """

    field: Field
    options: list[ShownColumn]
    column_id: str = ""
    policy: WritePolicy = WritePolicy.OVERWRITE
    labels: dict[str, dict[str, str]] = settled(default_factory=dict)
    guess: str = ""
    lost: str = ""
    stored: str = ""
    saved: str = ""
    label_notes: dict[str, str] = settled(default_factory=dict)
    problem: str = ""
    label_problems: dict[str, str] = settled(default_factory=dict)

    @property
    def chosen(self) -> ShownColumn | None:
        """The column that is chosen, where it is on the board."""
        return next((column for column in self.options if column.id == self.column_id), None)

    @property
    def values(self) -> list[tuple[str, str]]:
        """Our values that become labels, each with its name for people; none for most fields."""
        if self.field.name == "status":
            return [(state.value, state.value.capitalize()) for state in QuoteState]
        if self.field.name == "language":
            codes = dict.fromkeys((*LANGUAGES, *(code for known in self.labels.values() for code in known)))
            return [(code, language_name(code)) for code in codes]
        return []

    @property
    def labelled(self) -> list[ShownColumn]:
        """The options whose labels are to be chosen."""
        kinds = ("status", "dropdown") if self.values else ()
        return [column for column in self.options if column.type in kinds]

    @staticmethod
    def present(column: ShownColumn) -> list[str]:
        """The words of the labels that a column has."""
        return live_labels(column)


def live_labels(column: ShownColumn) -> list[str]:
    """The words of a column's labels that are not switched off, in monday's order."""
    return list(labels_by_index(column.settings).values())


def rows_of(
    role: BoardRole,
    board: Board,
    view: BoardView,
    *,
    contacts_board: str = "",
    more_prices: Iterable[str] = (),
) -> list[Row]:
    """The rows as they are stored, with what would be guessed for each. `more_prices` are currencies."""
    guesses = {
        guess.field.name: guess.column.id
        for guess in guessing.columns_of(role, view.columns, contacts_board=contacts_board)
    }
    fields = list(FIELDS[role])
    if role is BoardRole.PRODUCTS:
        stored = (column.field for column in board.columns)
        names = sorted({name for name in (*stored, *guesses) if name.startswith("price_")})
        currencies = dict.fromkeys([*(name.removeprefix("price_") for name in names), *more_prices])
        fields += [price_field(currency) for currency in currencies]
    return [_row(field, board.column(field.name), view, guesses.get(field.name, "")) for field in fields]


def _row(field: Field, stored: BoardColumn | None, view: BoardView, guess: str) -> Row:
    options = [column for column in view.columns if column.type in field.types]
    row = Row(field, options, guess=guess)
    if stored is not None:
        row.policy = WritePolicy(stored.policy)
        if any(column.id == stored.column_id for column in options):
            row.column_id = row.stored = stored.column_id
        else:
            row.lost = stored.title or stored.column_id
    if field.is_read:
        row.policy = WritePolicy.NEVER
    for column in options:
        row.labels[column.id] = usual_labels(field, column)
        if stored is not None and stored.column_id == column.id:
            _take_kept(row, column, stored.labels)
    return row


def _take_kept(row: Row, column: ShownColumn, kept: Mapping[str, Any]) -> None:
    """The labels that are saved, by the names that they have on the board now."""
    by_index = labels_by_index(column.settings)
    for ours, label in kept.items():
        index, words = label_index(label), label_text(label)
        now = words if index is None else by_index.get(index, words)
        row.labels[column.id][ours] = now
        if index is not None and index not in by_index:
            row.label_notes[ours] = (
                f"“{now}” is no longer on the board: it was deleted or switched off there. Choose another, or save, "
                "and it is made anew."
            )
        elif now != words and words:
            row.label_notes[ours] = f"Called “{now}” on the board now; it was “{words}”."


def usual_labels(field: Field, column: ShownColumn) -> dict[str, str]:
    """Our values to the labels of a column, guessed; what it has no label for gets one of its own name."""
    found = {ours: label_text(label) for ours, label in guessing.labels_for(field.name, column).items()}
    if field.name == "language":
        found = {code: language_name(code) for code in LANGUAGES} | found
    return found


def check(rows: list[Row], view: BoardView) -> bool:
    """Put a message beside whatever does not fit. Returns whether all of it fits."""
    holder: dict[str, Row] = {}
    for row in rows:
        if row.column_id in ("", NEW):
            if row.field.needed and not row.column_id:
                row.problem = row.problem or f"{row.field.title} needs a column: choose one, or have it made."
            continue
        first = holder.setdefault(row.column_id, row)
        if row.chosen is None:
            row.problem = _why_not(row, view)
        elif first is not row:
            row.problem = (
                f"“{row.chosen.title}” holds {first.field.title.lower()} already: a column holds one field."
            )
        else:
            _check_labels(row, row.chosen)
    return not any(row.problem or row.label_problems for row in rows)


def _why_not(row: Row, view: BoardView) -> str:
    column = view.column(row.column_id)
    if column is None:
        return "This column is not on the board: it was deleted, or never was there. Choose another."
    return f"“{column.title}” is of type {column.type}; this needs {' or '.join(row.field.types)}."


def _check_labels(row: Row, column: ShownColumn) -> None:
    if column not in row.labelled:
        return
    present = live_labels(column)
    wanted = row.labels.get(column.id, {})
    for ours, text in wanted.items():
        if text in present or ours in row.label_problems:
            continue
        if not text:
            row.label_problems[ours] = "Choose a label, or type a new one."
        elif len(text) > LONGEST_LABEL:
            row.label_problems[ours] = (
                f"A label has at most {LONGEST_LABEL} characters; these are {len(text)}."
            )
        elif text.strip().isdigit():
            row.label_problems[ours] = "monday.com takes a number for the place of a label: add a word."
        elif column.type == "dropdown" and "," in text:
            row.label_problems[ours] = "A label of a dropdown cannot hold a comma."
    new = {text for text in wanted.values() if text and text not in present}
    if column.type == "status" and new and len(present) + len(new) > MOST_LABELS:
        row.problem = (
            f"A status column has at most {MOST_LABELS} labels: “{column.title}” has {len(present)}, "
            f"and {len(new)} would be new."
        )


def choice_of(row: Row) -> ColumnChoice | None:
    """What is to be stored for a row that was checked; None where no column is chosen."""
    column = row.chosen
    if column is None:
        return None
    labels: dict[str, Any] = {}
    if column in row.labelled:
        labels = {ours: _kept_label(text, column) for ours, text in row.labels.get(column.id, {}).items()}
    elif column.type in ("status", "dropdown"):
        labels = dict(guessing.labels_for(row.field.name, column))
    return ColumnChoice(
        field=row.field.name,
        column_id=column.id,
        title=column.title,
        column_type=column.type,
        policy=WritePolicy.NEVER if row.field.is_read else row.policy,
        labels=labels,
    )


def _kept_label(text: str, column: ShownColumn) -> Any:
    """A label of the board is kept with its id, so that a rename is followed; a new one by its words."""
    known = (index for index, label in labels_by_index(column.settings).items() if label == text)
    index = next(known, None)
    return text if index is None else known_label(index, text)
