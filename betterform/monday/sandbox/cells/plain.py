"""Text, long text, numbers, checkbox and date."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from betterform.monday.sandbox.cells.cell import Cell, Pen, stamped
from betterform.monday.sandbox.records import Column

LONGEST_LONG_TEXT = 2_000


class TextCell(Cell):
    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if not isinstance(given, (str, int, float)) or isinstance(given, bool):
            raise self.refuse(column, given)
        return str(given) or None

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        return given or None

    def told(self, column: Column, raw: Any) -> dict[str, Any] | None:
        return None if raw is None else {"value": raw}


class LongTextCell(Cell):
    webhook_type = "long-text"
    graphql_type = "LongTextValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        text = given.get("text") if isinstance(given, dict) else given
        if not isinstance(text, str):
            raise self.refuse(column, given)
        if len(text) > LONGEST_LONG_TEXT:
            raise self.refuse(column, given, f"The text is longer than {LONGEST_LONG_TEXT} characters")
        return {"text": text, "changed_at": pen.now} if text else None

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        return self.write(column, {"text": given}, pen)

    def text(self, column: Column, raw: Any) -> str | None:
        return str(raw["text"]) if raw else ""

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        return {"updated_at": stamped(raw)}


class NumbersCell(Cell):
    """Numbers are kept as the string that came, so that no cent gets lost on the way."""

    webhook_type = "numeric"
    graphql_type = "NumbersValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if given == "":
            return "0"
        if isinstance(given, bool) or not isinstance(given, (str, int, float)):
            raise self.refuse(column, given)
        return self._number(column, str(given))

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        return self.write(column, given, pen)

    def _number(self, column: Column, given: str) -> str:
        try:
            number = Decimal(given.strip())
        except InvalidOperation:
            raise self.refuse(column, given) from None
        if not number.is_finite():
            raise self.refuse(column, given)
        return format(number, "f")

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        unit = column.settings.get("unit") or {}
        return {
            "number": None if raw is None else float(raw),
            "symbol": unit.get("symbol"),
            "direction": unit.get("direction"),
        }

    def told(self, column: Column, raw: Any) -> dict[str, Any] | None:
        if raw is None:
            return None
        number = Decimal(raw)
        plain: int | float = int(number) if number == number.to_integral_value() else float(number)
        return {"value": plain, "unit": column.settings.get("unit")}


class CheckboxCell(Cell):
    webhook_type = "boolean"
    graphql_type = "CheckboxValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        checked = given.get("checked") if isinstance(given, dict) else given
        if checked in (False, "false"):
            return None
        if checked not in (True, "true"):
            raise self.refuse(column, given)
        return {"checked": True, "changed_at": pen.now}

    def text(self, column: Column, raw: Any) -> str | None:
        return "v" if raw else ""

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        return {"checked": bool(raw), "updated_at": stamped(raw)}


class DateCell(Cell):
    """A plain date, or an instant in UTC when a time is given too."""

    webhook_type = "date"
    graphql_type = "DateValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, str):
            return self.write_simple(column, given, pen)
        if not isinstance(given, dict) or not given.get("date"):
            raise self.refuse(column, given)
        return self._moment(column, str(given["date"]), given.get("time"), pen)

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        if not given.strip():
            return None
        day, _, at = given.strip().partition(" ")
        return self._moment(column, day, at or None, pen)

    def _moment(self, column: Column, day: str, at: str | None, pen: Pen) -> dict[str, Any]:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or (at and not re.fullmatch(r"\d\d:\d\d(:\d\d)?", at)):
            raise self.refuse(column, day)
        try:
            date.fromisoformat(day)
            if at:
                time.fromisoformat(at)
        except ValueError:
            raise self.refuse(column, day) from None
        return {"date": day, "time": at or None, "icon": None, "changed_at": pen.now}

    def text(self, column: Column, raw: Any) -> str | None:
        if not raw:
            return ""
        return f"{raw['date']} {raw['time'][:5]}" if raw.get("time") else str(raw["date"])

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        # An empty date reads as "", not as null.
        return {
            "date": raw["date"] if raw else "",
            "time": (raw.get("time") or "") if raw else "",
            "icon": None,
            "updated_at": stamped(raw),
        }
