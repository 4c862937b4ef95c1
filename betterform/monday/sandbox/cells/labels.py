"""Status and dropdown: columns whose values are labels of their settings.

What the API calls the `index` of a status is the label's `id` in the settings, not its place in the list.
"""

from __future__ import annotations

from typing import Any

from betterform.monday.sandbox.cells.cell import Cell, Pen, stamped
from betterform.monday.sandbox.records import Column

MOST_STATUS_LABELS = 40
LONGEST_STATUS_LABEL = 30

# Monday's first colours, by the number that settings carry as `color`.
STATUS_COLORS = {
    0: ("#fdab3d", "orange"),
    1: ("#00c875", "green-shadow"),
    2: ("#df2f4a", "red-shadow"),
    3: ("#007eb5", "blue-links"),
    4: ("#9d50dd", "purple"),
    5: ("#c4c4c4", "grey"),
    6: ("#037f4c", "grass-green"),
    7: ("#579bfc", "bright-blue"),
    8: ("#757575", "trolley-grey"),
    9: ("#ffcb00", "yellow"),
}


def label_by_id(column: Column, label_id: int) -> dict[str, Any] | None:
    return next((label for label in column.labels() if label["id"] == label_id), None)


def label_by_name(column: Column, name: str) -> dict[str, Any] | None:
    usable = [label for label in column.labels() if not label.get("is_deactivated")]
    return next((label for label in usable if label["label"] == name), None)


def add_label(column: Column, name: str) -> dict[str, Any]:
    """A new label at the end of the column's settings."""
    labels = column.labels()
    number = max((label["id"] for label in labels), default=0 if column.type == "dropdown" else -1) + 1
    label: dict[str, Any] = {"id": number, "label": name, "is_deactivated": False}
    if column.type == "status":
        # Number five is the grey of "no label", which monday keeps free.
        label["id"] = number = 6 if number == 5 else number
        label |= {"color": number % len(STATUS_COLORS), "index": len(labels), "is_done": False}
    labels.append(label)
    return label


class StatusCell(Cell):
    webhook_type = "color"
    graphql_type = "StatusValue"
    empty_text = None

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, str):
            return self.write_simple(column, given, pen)
        if not isinstance(given, dict):
            raise self.refuse(column, given)
        if not given or given.get("label") == "":
            return None
        if given.get("index") is not None:
            return self._by_index(column, given["index"], pen)
        if not isinstance(given.get("label"), str):
            raise self.refuse(column, given)
        return self.write_simple(column, given["label"], pen)

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        # A label that looks like a number is taken for an index, as monday warns.
        if given == "":
            return None
        if given.isdigit():
            return self._by_index(column, given, pen)
        label = label_by_name(column, given)
        if label is None:
            label = self._new_label(column, given, pen)
        return {"index": label["id"], "post_id": None, "changed_at": pen.now}

    def _by_index(self, column: Column, index: Any, pen: Pen) -> dict[str, Any]:
        label = label_by_id(column, int(index)) if str(index).isdigit() else None
        if label is None or label.get("is_deactivated"):
            raise self._unknown(column, index)
        return {"index": label["id"], "post_id": None, "changed_at": pen.now}

    def _new_label(self, column: Column, name: str, pen: Pen) -> dict[str, Any]:
        fits = len(name) <= LONGEST_STATUS_LABEL and len(column.labels()) < MOST_STATUS_LABELS
        if not pen.may_add_labels or not fits:
            raise self._unknown(column, name)
        return add_label(column, name)

    def _unknown(self, column: Column, given: object) -> Exception:
        possible = ", ".join(f"{label['id']}: {label['label']}" for label in column.labels())
        return self.refuse(
            column, given, f"This status label doesn't exist, possible statuses are: {{{possible}}}"
        )

    def text(self, column: Column, raw: Any) -> str | None:
        label = label_by_id(column, raw["index"]) if raw else None
        return label["label"] if label else None

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        label = label_by_id(column, raw["index"]) if raw else None
        return {
            "index": raw["index"] if raw else None,
            "label": label["label"] if label else None,
            "is_done": bool(label and label.get("is_done")),
            "label_style": {"color": self.color(label), "border": self.color(label)} if label else None,
            "update_id": None,
            "updated_at": stamped(raw),
        }

    def told(self, column: Column, raw: Any) -> dict[str, Any] | None:
        label = label_by_id(column, raw["index"]) if raw else None
        if label is None:
            return None
        number = label.get("color", 5)
        style = {
            "color": self.color(label),
            "border": self.color(label),
            "var_name": STATUS_COLORS.get(number, STATUS_COLORS[5])[1],
        }
        told = {
            "index": label["id"],
            "text": label["label"],
            "style": style,
            "is_done": bool(label.get("is_done")),
        }
        return {"label": told, "post_id": None}

    @staticmethod
    def color(label: dict[str, Any]) -> str:
        return STATUS_COLORS.get(label.get("color", 5), STATUS_COLORS[5])[0]


class DropdownCell(Cell):
    webhook_type = "dropdown"
    graphql_type = "DropdownValue"
    empty_text = None

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, str):
            return self.write_simple(column, given, pen)
        if not isinstance(given, dict) or ("labels" in given) == ("ids" in given):
            raise self.refuse(column, given)
        chosen = given["labels"] if "labels" in given else given["ids"]
        if not isinstance(chosen, list):
            raise self.refuse(column, given)
        find = self._named if "labels" in given else self._numbered
        return self._set(column, [find(column, entry, pen) for entry in chosen], pen)

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        names = [name.strip() for name in given.split(",") if name.strip()]
        find = self._numbered if names and all(name.isdigit() for name in names) else self._named
        return self._set(column, [find(column, name, pen) for name in names], pen)

    def _set(self, column: Column, ids: list[int], pen: Pen) -> Any:
        most = column.settings.get("label_limit_count") if column.settings.get("limit_select") else None
        if most and len(ids) > most:
            raise self.refuse(column, ids, f"This column takes at most {most} label(s)")
        return {"ids": ids, "changed_at": pen.now} if ids else None

    def _named(self, column: Column, name: Any, pen: Pen) -> int:
        label = label_by_name(column, str(name))
        if label is None and pen.may_add_labels:
            label = add_label(column, str(name))
        if label is None:
            raise self._unknown(column, name)
        return int(label["id"])

    def _numbered(self, column: Column, number: Any, pen: Pen) -> int:
        label = label_by_id(column, int(number)) if str(number).isdigit() else None
        if label is None or label.get("is_deactivated"):
            raise self._unknown(column, number)
        return int(label["id"])

    def _unknown(self, column: Column, given: object) -> Exception:
        possible = ", ".join(f"{label['id']}: {label['label']}" for label in column.labels())
        return self.refuse(
            column, given, f"The dropdown label '{given}' does not exist, possible labels are: {{{possible}}}"
        )

    def _chosen(self, column: Column, raw: Any) -> list[dict[str, Any]]:
        labels = [label_by_id(column, number) for number in raw["ids"]] if raw else []
        return [label for label in labels if label]

    def text(self, column: Column, raw: Any) -> str | None:
        return ", ".join(label["label"] for label in self._chosen(column, raw)) or None

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        return {
            "values": [{"id": label["id"], "label": label["label"]} for label in self._chosen(column, raw)]
        }

    def told(self, column: Column, raw: Any) -> dict[str, Any] | None:
        if not raw:
            return None
        return {
            "chosenValues": [
                {"id": label["id"], "name": label["label"]} for label in self._chosen(column, raw)
            ]
        }
