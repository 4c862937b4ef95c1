"""What happens to items on a board, in plain words: one table for webhooks and for what they tell."""

from __future__ import annotations

ONE_COLUMN = "change_specific_column_value"
WORDS = {
    "create_item": "an item is made",
    "change_name": "an item is renamed",
    "change_column_value": "a value of an item changes",
    ONE_COLUMN: "a value in one column changes",
    "item_archived": "an item is archived",
    "item_deleted": "an item is deleted",
    "item_restored": "an item comes back",
}
# What is subscribed to and what then comes have different names.
SUBSCRIBED_AS = {
    "create_pulse": "create_item",
    "update_name": "change_name",
    "update_column_value": "change_column_value",
    "archive_pulse": "item_archived",
    "delete_pulse": "item_deleted",
    "restore_pulse": "item_restored",
}
OF_A_COLUMN = ("change_column_value", ONE_COLUMN)


def words_of(event: str, *, column: str = "") -> str:
    """When monday tells of `event`, by either of its names: "an item is made". `column` is a title, if known."""
    name = SUBSCRIBED_AS.get(event, event)
    if column and name in OF_A_COLUMN:
        return f"“{column}” changes"
    return WORDS.get(name, name.replace("_", " ")) or "unknown event"


def headline(event: str, *, column: str = "") -> str:
    """The same at the beginning of a line: "An item is made"."""
    words = words_of(event, column=column)
    return words[:1].upper() + words[1:]


def events_told_as(typed: str) -> list[str]:
    """The names of the events whose words hold every word of `typed`."""
    words = typed.lower().split()
    return [
        event
        for event in (*WORDS, *SUBSCRIBED_AS)
        if words and all(word in words_of(event) for word in words)
    ]
