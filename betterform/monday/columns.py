"""Column values in both directions: what the API reads out, and the JSON that it wants written.

The two differ for most types, and the values inside webhooks are a third shape that is never used here
(monday's column pages, API 2026-10).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST_LONG_TEXT = 2_000
READ_ONLY = frozenset({"mirror", "formula", "file", "subtasks", "unsupported", "name"})


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    country: str  # ISO 3166-1 alpha-2, upper case: monday insists on it


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a status or dropdown column; without an `id` it is found, or made, by its text."""

    text: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One entry of a file column. `asset_id` and `size` (bytes) are None for links and documents."""

    name: str
    asset_id: str | None = None
    size: int | None = None
    entry: Mapping[str, Any] | None = None  # as monday gave it, to be given back unchanged


Value = (
    None
    | str
    | bool
    | Decimal
    | date
    | datetime
    | Link
    | Phone
    | Country
    | Label
    | list[str]
    | list[Label]
    | list[Person]
    | list[File]
)


def from_column_value(cell: Mapping[str, Any]) -> Value:
    """The value of a cell that was asked for with the fragment `Cell`. Nothing in it is None, "" or []."""
    read = _READERS.get(str(cell.get("type")))
    return read(cell) if read is not None else _text(cell)


def to_column_value(column_type: str, value: Value) -> Any:
    """The JSON value that writes `value` into a column; None clears it.

    Raises ValueError for a column that cannot be written and for a value that does not fit the type.
    """
    write = _WRITERS.get(column_type)
    if write is None:
        raise ValueError(f"a column of type {column_type} cannot be written")
    if value is None or value == "" or value == []:
        return {"checked": "false"} if column_type == "checkbox" else None
    try:
        return write(value)
    except (AttributeError, TypeError, InvalidOperation) as error:
        raise ValueError(f"{value!r} does not fit a column of type {column_type}") from error


def labels_by_index(settings: Any) -> dict[int, str]:
    """The live labels of a status or dropdown column, by the id that writes them.

    `settings` is `Column.settings`: {"labels": [{"id", "label", "is_deactivated"}]}. In older shapes
    labels are a mapping or carry `name`.
    """
    if isinstance(settings, str):
        try:
            settings = json.loads(settings)
        except ValueError:
            return {}
    labels = settings.get("labels") if isinstance(settings, dict) else None
    if isinstance(labels, dict):
        return {int(key): str(text) for key, text in labels.items() if str(key).isdigit() and text}
    found = {}
    for label in labels if isinstance(labels, list) else []:
        text = label.get("label") or label.get("name")
        if text and not label.get("is_deactivated") and str(label.get("id", "")).isdigit():
            found[int(label["id"])] = str(text)
    return found


def _text(cell: Mapping[str, Any]) -> str:
    return str(cell.get("text") or "")


def _read_number(cell: Mapping[str, Any]) -> Decimal | None:
    # Never `number`: it is a Float.
    for source in (cell.get("value"), cell.get("text")):
        try:
            return Decimal(str(json.loads(source) if source and source.startswith('"') else source))
        except (InvalidOperation, ValueError, AttributeError):
            continue
    return None


def _read_status(cell: Mapping[str, Any]) -> Label | None:
    # In a webhook's value `label` is an object: that shape is not one to read.
    label = cell.get("label")
    return Label(label, cell.get("index")) if label and isinstance(label, str) else None


def _read_dropdown(cell: Mapping[str, Any]) -> list[Label]:
    return [Label(str(value["label"]), int(value["id"])) for value in cell.get("values") or []]


def _read_date(cell: Mapping[str, Any]) -> date | datetime | None:
    if not cell.get("date"):
        return None
    day = date.fromisoformat(cell["date"][:10])
    return datetime.combine(day, time.fromisoformat(cell["time"]), UTC) if cell.get("time") else day


def _read_link(cell: Mapping[str, Any]) -> Link | None:
    return Link(cell["url"], cell.get("url_text") or "") if cell.get("url") else None


def _read_phone(cell: Mapping[str, Any]) -> Phone | None:
    return Phone(cell["phone"], cell.get("country_short_name") or "") if cell.get("phone") else None


def _read_country(cell: Mapping[str, Any]) -> Country | None:
    country = cell.get("country")
    return Country(country["code"], country["name"]) if country else None


def _read_people(cell: Mapping[str, Any]) -> list[Person]:
    return [
        Person(str(who["id"]), who.get("kind") or "person") for who in cell.get("persons_and_teams") or []
    ]


def _read_files(cell: Mapping[str, Any]) -> list[File]:
    files = []
    for entry in cell.get("files") or []:
        asset = entry.get("asset") or {}
        files.append(
            File(
                name=str(entry.get("name") or ""),
                asset_id=str(entry["asset_id"]) if entry.get("asset_id") else None,
                size=asset.get("file_size"),
                entry=entry,
            )
        )
    return files


_READERS: dict[str, Callable[[Mapping[str, Any]], Value]] = {
    "text": _text,
    "long_text": _text,
    "numbers": _read_number,
    "status": _read_status,
    "dropdown": _read_dropdown,
    "date": _read_date,
    "link": _read_link,
    "email": lambda cell: str(cell.get("email") or ""),
    "phone": _read_phone,
    "board_relation": lambda cell: [str(item) for item in cell.get("linked_item_ids") or []],
    "mirror": lambda cell: str(cell.get("display_value") or ""),
    "formula": lambda cell: str(cell.get("display_value") or ""),
    "people": _read_people,
    "country": _read_country,
    "checkbox": lambda cell: bool(cell.get("checked")),
    "file": _read_files,
}


def as_held(column_type: str, text: str) -> str:
    """What a column of that type holds of a text: a long text is cut at 2,000 characters."""
    if column_type != "long_text" or len(text) <= LONGEST_LONG_TEXT:
        return text
    return text[: LONGEST_LONG_TEXT - 1] + "…"


def _write_long_text(value: Any) -> dict[str, str]:
    return {"text": as_held("long_text", str(value))}


def _write_label(label: Any) -> dict[str, Any]:
    # By its id where that is known: a rename on the board is followed, and one like "2026" is not an index.
    return {"label": label.text} if label.id is None else {"index": label.id}


def _write_dropdown(value: Any) -> dict[str, Any]:
    labels = list(value) if isinstance(value, list) else [value]
    if all(label.id is not None for label in labels):
        return {"ids": [label.id for label in labels]}
    return {"labels": [label.text for label in labels]}


def _write_date(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        instant = value.astimezone(UTC)
        return {"date": instant.date().isoformat(), "time": instant.strftime("%H:%M:%S")}
    return {"date": value.isoformat()}


def _write_people(value: Any) -> dict[str, Any]:
    return {"personsAndTeams": [{"id": int(who.id), "kind": who.kind} for who in value]}


def _clear_files(value: Any) -> Any:
    raise ValueError("files are uploaded, not written")


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "text": str,
    "long_text": _write_long_text,
    "numbers": lambda value: f"{Decimal(value):f}",
    "status": _write_label,
    "dropdown": _write_dropdown,
    "date": _write_date,
    "link": lambda link: {"url": link.url, "text": link.text or link.url},
    "email": lambda address: {"email": str(address), "text": str(address)},
    "phone": lambda phone: {"phone": phone.number, "countryShortName": phone.country.upper()},
    "board_relation": lambda ids: {"item_ids": [int(item) for item in ids]},
    "people": _write_people,
    "country": lambda country: {"countryCode": country.code, "countryName": country.name},
    "checkbox": lambda checked: {"checked": "true" if checked else "false"},
    "file": _clear_files,
}
