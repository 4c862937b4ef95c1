"""Columns that point at something else: items of other boards, people, files."""

from __future__ import annotations

import re
from typing import Any

from betterform.monday.sandbox.cells.cell import Cell, Pen, stamped
from betterform.monday.sandbox.records import Column


class BoardRelationCell(Cell):
    """Connect boards. `text` and `value` are always null; read `linked_item_ids`."""

    webhook_type = "board-relation"
    graphql_type = "BoardRelationValue"
    empty_text = None

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        # `linkedPulseIds`, the key of older answers, is not one that may be written.
        if not isinstance(given, dict) or not isinstance(given.get("item_ids"), list):
            raise self.refuse(column, given)
        ids = [str(item_id) for item_id in given["item_ids"]]
        for item_id in ids:
            self._check(column, item_id, pen)
        linked = [{"linkedPulseId": int(item_id)} for item_id in dict.fromkeys(ids)]
        return {"linkedPulseIds": linked, "changed_at": pen.now} if linked else None

    def _check(self, column: Column, item_id: str, pen: Pen) -> None:
        item = pen.find_item(item_id)
        connected = [str(board_id) for board_id in column.settings.get("boardIds", [])]
        if item is None or item.board_id not in connected:
            raise self.refuse(
                column,
                item_id,
                "Link to item not possible: the item does not exist or its board is not connected",
            )

    def text(self, column: Column, raw: Any) -> str | None:
        return None

    def value(self, column: Column, raw: Any) -> str | None:
        return None

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        return {"raw_linked_ids": linked_ids(raw), "updated_at": stamped(raw)}

    def told(self, column: Column, raw: Any) -> dict[str, Any] | None:
        return {"linkedPulseIds": raw["linkedPulseIds"]} if raw else None


def linked_ids(raw: Any) -> list[str]:
    """The ids of the items in the raw value of a board_relation cell."""
    return [str(link["linkedPulseId"]) for link in raw["linkedPulseIds"]] if raw else []


class PeopleCell(Cell):
    webhook_type = "multiple-person"
    graphql_type = "PeopleValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, str):
            return self.write_simple(column, given, pen)
        if not isinstance(given, dict) or not isinstance(given.get("personsAndTeams"), list):
            raise self.refuse(column, given)
        chosen = []
        for person in given["personsAndTeams"]:
            if not isinstance(person, dict) or person.get("kind") not in ("person", "team"):
                raise self.refuse(column, given)
            if not pen.knows_user(str(person.get("id"))):
                raise self.refuse(column, given, f"User {person.get('id')} does not exist")
            chosen.append({"id": int(person["id"]), "kind": person["kind"]})
        return {"personsAndTeams": chosen, "changed_at": pen.now} if chosen else None

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        ids = [part.strip() for part in given.split(",") if part.strip()]
        if any(not part.isdigit() for part in ids):
            raise self.refuse(column, given)
        return self.write(column, {"personsAndTeams": [{"id": part, "kind": "person"} for part in ids]}, pen)

    def text(self, column: Column, raw: Any) -> str | None:
        # The names are the account's to know; see `reading.read_cell`.
        return ", ".join(str(person["id"]) for person in raw["personsAndTeams"]) if raw else ""

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        people = raw["personsAndTeams"] if raw else []
        return {
            "persons_and_teams": [{"id": str(entry["id"]), "kind": entry["kind"]} for entry in people],
            "updated_at": stamped(raw),
        }


class FileCell(Cell):
    """Files come through `/v2/file`. The only JSON a file column takes empties it."""

    webhook_type = "file"
    graphql_type = "FileValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, dict) and str(given.get("clear_all")).lower() == "true":
            return None
        raise self.refuse(column, given)

    def value(self, column: Column, raw: Any) -> str | None:
        return super().value(column, raw)

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        return {"raw_files": files_of(raw)}


def files_of(raw: Any) -> list[dict[str, Any]]:
    """The entries of the raw value of a file cell, oldest first."""
    return list(raw["files"]) if raw else []


def asset_entry(asset_id: str, name: str, *, created_at_ms: int, created_by: str) -> dict[str, Any]:
    """One uploaded file, as the value of a file column holds it."""
    is_image = bool(re.search(r"\.(png|jpe?g|gif|webp)$", name, re.IGNORECASE))
    return {
        "name": name,
        "assetId": int(asset_id),
        "isImage": "true" if is_image else "false",
        "fileType": "ASSET",
        "createdAt": created_at_ms,
        "createdBy": created_by,
    }


def link_entry(file_id: str, name: str, url: str, *, created_at_ms: int, created_by: str) -> dict[str, Any]:
    """One link among the files of a file column."""
    return {
        "name": name,
        "fileId": file_id,
        "linkToFile": url,
        "fileType": "LINK",
        "createdAt": created_at_ms,
        "createdBy": created_by,
    }
