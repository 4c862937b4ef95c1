"""What an account holds: people, boards with columns and groups, items, files, updates, webhooks.

Ids are strings of digits everywhere; where monday writes numbers, the writer converts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class User:
    id: str
    name: str
    email: str
    title: str = ""


@dataclass
class Column:
    """`settings` has the shape of the API's `Column.settings`: labels are a list of objects with ids."""

    id: str
    title: str
    type: str
    settings: dict[str, Any] = field(default_factory=dict)
    description: str | None = None
    archived: bool = False

    def labels(self) -> list[dict[str, Any]]:
        labels: list[dict[str, Any]] = self.settings.setdefault("labels", [])
        return labels


@dataclass
class Group:
    id: str
    title: str
    color: str = "#579bfc"


@dataclass
class Board:
    id: str
    name: str
    columns: list[Column] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    description: str | None = None
    kind: str = "public"
    state: str = "active"
    created_at: str = ""
    updated_at: str = ""
    locked: bool = False
    parent_board_id: str | None = None
    # What must hold for a column's text: {"column_id", "message", "pattern"}; see `rules`.
    rules: list[dict[str, str]] = field(default_factory=list)

    def column(self, column_id: str) -> Column | None:
        return next((column for column in self.columns if column.id == column_id), None)

    def column_titled(self, title: str) -> Column:
        """The column that people know by `title`. Raises KeyError."""
        for column in self.columns:
            if column.title == title:
                return column
        raise KeyError(f"{self.name} has no column titled {title!r}.")

    def group(self, group_id: str) -> Group | None:
        return next((group for group in self.groups if group.id == group_id), None)


@dataclass
class Item:
    """`cells` holds, by column id, what the API gives as `value` before it is made a string.

    `parent_id` is set for subitems.
    """

    id: str
    board_id: str
    group_id: str
    name: str
    creator_id: str
    created_at: str
    updated_at: str
    state: str = "active"
    cells: dict[str, Any] = field(default_factory=dict)
    parent_id: str | None = None


@dataclass
class Asset:
    id: str
    name: str
    content_type: str
    size: int
    uploaded_by: str
    created_at: str


@dataclass
class Update:
    id: str
    item_id: str
    body: str
    creator_id: str
    created_at: str
    updated_at: str


@dataclass
class Webhook:
    """One board, one event, one address. `by_app` is whether an app's token registered it.

    One that a person switched off is still listed, and silent.
    """

    id: str
    board_id: str
    url: str
    event: str
    config: dict[str, Any] | None = None
    by_app: bool = False
    active: bool = True
