"""Cells in plain forms: for the control API, for assertions and for the page."""

from __future__ import annotations

from typing import Any

from betterform.monday.sandbox.account import Account
from betterform.monday.sandbox.cells import CELLS
from betterform.monday.sandbox.cells.labels import StatusCell, label_by_id
from betterform.monday.sandbox.cells.links import files_of, linked_ids
from betterform.monday.sandbox.records import Board, Column, Item


def item_as_json(account: Account, item: Item) -> dict[str, Any]:
    board = account.boards[item.board_id]
    return {
        "id": item.id,
        "name": item.name,
        "state": item.state,
        "board": board.name,
        "board_id": board.id,
        "group": account.group_of(item).title,
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        "values": {
            column.title: plain_value(account, item, column)
            for column in board.columns
            if column.type != "name"
        },
    }


def plain_value(account: Account, item: Item, column: Column) -> Any:
    """A string for most types; an object for links; a list for items, people and files."""
    raw = item.cells.get(column.id)
    match column.type:
        case "link":
            return {"url": raw["url"], "text": raw["text"]} if raw else None
        case "email":
            return raw["email"] if raw else ""
        case "phone":
            return raw["phone"] if raw else ""
        case "country":
            return raw["countryCode"] if raw else ""
        case "board_relation":
            return linked_ids(raw)
        case "people":
            return [str(person["id"]) for person in raw["personsAndTeams"]] if raw else []
        case "file":
            return [_file(account, entry) for entry in files_of(raw)]
        case "mirror":
            return mirrored_text(account, item, column)
        case "checkbox":
            return bool(raw)
        case _:
            return CELLS[column.type].text(column, raw)


def _file(account: Account, entry: dict[str, Any]) -> dict[str, Any]:
    if "assetId" not in entry:
        return {"name": entry["name"], "url": entry["linkToFile"]}
    asset = account.assets[str(entry["assetId"])]
    return {
        "asset_id": asset.id,
        "name": asset.name,
        "size": asset.size,
        "path": f"/assets/{asset.id}/{asset.name}",
    }


def mirror_sources(account: Account, item: Item, column: Column) -> list[tuple[Item, Column]]:
    """The connected items that a mirror shows, each with the column it shows of it."""
    found = []
    for linked_id in linked_ids(item.cells.get(str(column.settings.get("relation_column")))):
        linked = account.active_item(linked_id)
        shown = (
            account.boards[linked.board_id].column(str(column.settings.get("displayed_column")))
            if linked
            else None
        )
        if linked and shown:
            found.append((linked, shown))
    return found


def mirrored_text(account: Account, item: Item, column: Column) -> str:
    texts = (
        CELLS[shown.type].text(shown, linked.cells.get(shown.id)) if shown.type != "name" else linked.name
        for linked, shown in mirror_sources(account, item, column)
    )
    return ", ".join(text for text in texts if text)


def people_names(account: Account, raw: Any) -> str:
    people = raw["personsAndTeams"] if raw else []
    return ", ".join(account.users[str(p["id"])].name for p in people if str(p["id"]) in account.users)


def cell_for_page(account: Account, board: Board, item: Item, column: Column) -> dict[str, Any]:
    """What the page's template draws: `kind` chooses how, the rest is what."""
    raw = item.cells.get(column.id)
    match column.type:
        case "status":
            label = label_by_id(column, raw["index"]) if raw else None
            shade = StatusCell.color(label).lstrip("#") if label else ""
            return {"kind": "status", "text": label["label"] if label else "", "shade": shade}
        case "link":
            return (
                {"kind": "link", "url": raw["url"], "text": raw["text"]}
                if raw
                else {"kind": "text", "text": ""}
            )
        case "email":
            return (
                {"kind": "link", "url": f"mailto:{raw['email']}", "text": raw["email"]} if raw else _no_text()
            )
        case "board_relation":
            items = [account.active_item(linked_id) for linked_id in linked_ids(raw)]
            return {"kind": "items", "items": [linked for linked in items if linked]}
        case "people":
            return {"kind": "person", "text": people_names(account, raw)}
        case "file":
            return {"kind": "files", "files": plain_value(account, item, column)}
        case "numbers":
            return {"kind": "number", "text": raw or ""}
        case "checkbox":
            return {"kind": "text", "text": "✓" if raw else ""}
        case "long_text":
            return {"kind": "long", "text": raw["text"] if raw else ""}
        case _:
            return {"kind": "text", "text": plain_value(account, item, column) or ""}


def _no_text() -> dict[str, Any]:
    return {"kind": "text", "text": ""}
