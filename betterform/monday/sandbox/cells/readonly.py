"""Mirror and formula: columns that only show."""

from __future__ import annotations

from typing import Any

from betterform.monday.sandbox.cells.cell import Cell, Pen
from betterform.monday.sandbox.records import Column


class _ReadOnlyCell(Cell):
    empty_text: str | None = None

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        raise self.refuse(column, given, f"Values of a {column.type} column cannot be changed")

    def text(self, column: Column, raw: Any) -> str | None:
        return None

    def value(self, column: Column, raw: Any) -> str | None:
        return None


class MirrorCell(_ReadOnlyCell):
    """Shows a column of the connected items. Settings name both: `relation_column`, `displayed_column`."""

    webhook_type = "lookup"
    graphql_type = "MirrorValue"


class FormulaCell(_ReadOnlyCell):
    """Shows what `settings["shows"]` says; the stand-in does not calculate."""

    webhook_type = "formula"
    graphql_type = "FormulaValue"
    empty_text = ""

    def text(self, column: Column, raw: Any) -> str | None:
        return ""

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        return {"display_value": str(column.settings.get("shows", ""))}
