"""What every column type can answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from betterform.monday.sandbox.errors import ApiError, bad_value
from betterform.monday.sandbox.records import Column, Item


@dataclass(frozen=True)
class Pen:
    """What writing a cell may need to know about the rest of the account.

    `find_item` gives an active item or None; `knows_user` is whether a person exists; `now` is the stamp that goes
    into the value; `may_add_labels` is the mutation's create_labels_if_missing.
    """

    find_item: Callable[[str], Item | None]
    knows_user: Callable[[str], bool]
    now: str
    may_add_labels: bool = False


class Cell:
    """A column type. The raw value of an item's cell is None when it is empty."""

    webhook_type = "text"
    graphql_type = "TextValue"
    empty_text: str | None = ""

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        """The raw value for JSON sent to `change_multiple_column_values`. Raises ApiError."""
        raise NotImplementedError

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        """The raw value for the string sent to `change_simple_column_value`. Raises ApiError."""
        raise self.refuse(column, given)

    def text(self, column: Column, raw: Any) -> str | None:
        """`ColumnValue.text`."""
        return self.empty_text if raw is None else str(raw)

    def value(self, column: Column, raw: Any) -> str | None:
        """`ColumnValue.value`, which is a string with JSON in it."""
        return None if raw is None else json.dumps(raw, ensure_ascii=False)

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        """The fields that only this type has in the API."""
        return {}

    def told(self, column: Column, raw: Any) -> dict[str, Any] | None:
        """How webhooks tell the value, in keys that differ from the API's."""
        return None if raw is None else dict(raw)

    def refuse(self, column: Column, given: object, message: str | None = None) -> ApiError:
        return bad_value(column.id, column.type, given, message)


def stamped(raw: Any) -> str | None:
    """`updated_at` of a value that keeps when it was changed."""
    return raw.get("changed_at") if isinstance(raw, dict) else None
