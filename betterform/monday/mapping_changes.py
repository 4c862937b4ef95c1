"""Two people at the same mapping: what one chose, beside what another saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from betterform.models.board import WritePolicy
from betterform.monday.board_rows import Row

POLICY_WORDS = {
    WritePolicy.OVERWRITE: "Overwrite what is there",
    WritePolicy.IF_EMPTY: "Only if it is empty",
    WritePolicy.NEVER: "Never write it",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is saved otherwise than the page had it.

    `about` is "Column", "Written" or the name of what a label stands for; `saved` is in words. `taken`
    where the person had not touched it, so that the page shows what is saved.
    """

    about: str
    saved: str
    taken: bool


def choices_of(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """What the rows say, by field, as plain data that a page can carry."""
    return {
        row.field.name: {"column": row.column_id, "policy": row.policy.value, "labels": row.labels}
        for row in rows
    }


def compare(
    rows: Iterable[Row],
    stored: Iterable[Row],
    base: Mapping[str, Mapping[str, Any]],
    *,
    takes_over: bool = False,
) -> dict[str, list[Difference]]:
    """What somebody else has `stored` otherwise than the rows say, by field.

    `base` is what the page showed when it was fetched. With `takes_over`, what its person left as it was
    becomes what is stored; what they chose stays. What only they changed is no difference.
    """
    now = {row.field.name: row for row in stored}
    found = {}
    for row in rows:
        theirs = now.get(row.field.name)
        if theirs is not None:
            found[row.field.name] = _of_row(row, theirs, base.get(row.field.name, {}), takes_over)
    return {name: differences for name, differences in found.items() if differences}


def _of_row(row: Row, theirs: Row, base: Mapping[str, Any], takes_over: bool) -> list[Difference]:
    found = []
    if theirs.column_id not in (row.column_id, base.get("column")):
        taken = takes_over and base.get("column") == row.column_id
        found.append(Difference("Column", _column_words(theirs), taken))
        if taken:
            row.column_id = theirs.column_id
            row.labels[row.column_id] = dict(theirs.labels.get(row.column_id, {}))
            row.label_problems.clear()
    if theirs.policy not in (row.policy, base.get("policy")):
        taken = takes_over and base.get("policy") == row.policy.value
        found.append(Difference("Written", f"“{POLICY_WORDS[theirs.policy]}”", taken))
        if taken:
            row.policy = theirs.policy
    if row.column_id == theirs.column_id and row.chosen in row.labelled:
        found += _of_labels(row, theirs, base.get("labels", {}).get(row.column_id, {}), takes_over)
    return found


def _of_labels(row: Row, theirs: Row, base: Mapping[str, str], takes_over: bool) -> list[Difference]:
    mine, saved = row.labels.get(row.column_id, {}), theirs.labels.get(row.column_id, {})
    found = []
    for ours, title in row.values:
        if ours not in saved or saved[ours] in (mine.get(ours), base.get(ours)):
            continue
        taken = takes_over and base.get(ours) == mine.get(ours)
        found.append(Difference(title, f"“{saved[ours]}”", taken))
        if taken:
            mine[ours] = saved[ours]
            row.label_problems.pop(ours, None)
    return found


def _column_words(row: Row) -> str:
    if row.chosen is not None:
        return f"“{row.chosen.title}”"
    return f"“{row.lost}”, which is no longer on the board" if row.lost else "no column"
