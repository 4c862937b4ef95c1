"""The fields of boards, items and their values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from betterform.monday.sandbox.api.desk import Info, Resolvers, world_of
from betterform.monday.sandbox.api.paging import select
from betterform.monday.sandbox.api.queries import account, paged
from betterform.monday.sandbox.cells import CELLS
from betterform.monday.sandbox.records import Asset, Board, Column, Group, Item, Update, User
from betterform.monday.sandbox.showing import mirror_sources, mirrored_text, people_names

READABLE_TYPES = {"TextValue"} | {cell.graphql_type for cell in CELLS.values()}


def _creator(record: Any, info: Info) -> User | None:
    return world_of(info).users.get(record.creator_id)


def _board_columns(
    board: Board, _info: Info, ids: list[str] | None = None, types: list[str] | None = None
) -> list[Column]:
    return [
        column
        for column in board.columns
        if (not ids or column.id in ids) and (not types or column.type in types)
    ]


def _board_items_page(
    board: Board,
    info: Info,
    limit: int,
    cursor: str | None = None,
    query_params: dict[str, Any] | None = None,
) -> dict[str, Any]:
    desk = info.context
    if cursor:
        return desk.cursors.next_page(cursor, limit)
    return desk.cursors.first_page(select(desk.world, board, query_params), limit)


def _group_items_page(
    group: Group,
    info: Info,
    limit: int,
    cursor: str | None = None,
    query_params: dict[str, Any] | None = None,
) -> dict[str, Any]:
    desk = info.context
    if cursor:
        return desk.cursors.next_page(cursor, limit)
    board = next(board for board in desk.world.boards.values() if group in board.groups)
    return desk.cursors.first_page(select(desk.world, board, query_params, group_id=group.id), limit)


def settings_str(column: Column) -> str:
    """The older form of a column's settings: labels by id instead of in a list."""
    settings = dict(column.settings)
    labels = settings.pop("labels", None)
    if labels is not None and column.type == "status":
        settings["labels"] = {str(label["id"]): label["label"] for label in labels}
        settings["labels_positions_v2"] = {str(label["id"]): label.get("index", 0) for label in labels}
    elif labels is not None:
        settings["labels"] = [{"id": label["id"], "name": label["label"]} for label in labels]
    return json.dumps(settings, ensure_ascii=False)


def revision(column: Column) -> str:
    """Changes whenever the column's title or settings do."""
    return hashlib.md5(
        json.dumps([column.title, column.settings]).encode(), usedforsecurity=False
    ).hexdigest()


def _item_url(item: Item, info: Info) -> str:
    return f"{world_of(info).base_url}/boards/{item.board_id}/pulses/{item.id}"


def _item_values(
    item: Item, info: Info, ids: list[str] | None = None, types: list[str] | None = None
) -> list[dict[str, Any]]:
    board = world_of(info).boards[item.board_id]
    columns = [column for column in board.columns if column.type != "name"]
    if ids is not None:
        columns = [column for column in columns if column.id in ids]
    return [read_cell(info, item, column) for column in columns if not types or column.type in types]


def read_cell(info: Info, item: Item, column: Column) -> dict[str, Any]:
    """A cell as a ColumnValue of the API."""
    world = world_of(info)
    cell, raw = CELLS[column.type], item.cells.get(column.id)
    value = {
        "__typename": cell.graphql_type,
        "id": column.id,
        "column": column,
        "type": column.type,
        "text": cell.text(column, raw),
        "value": cell.value(column, raw),
        **cell.fields(column, raw),
    }
    complete = _COMPLETIONS.get(column.type)
    return value | complete(world, item, column, raw) if complete else value


def _complete_relation(world: Any, item: Item, column: Column, raw: Any) -> dict[str, Any]:
    links = raw["linkedPulseIds"] if raw else []
    linked = [world.active_item(str(link["linkedPulseId"])) for link in links]
    linked = [found for found in linked if found]
    return {
        "linked_items": linked,
        "linked_item_ids": [found.id for found in linked],
        "display_value": ", ".join(found.name for found in linked),
    }


def _complete_mirror(world: Any, item: Item, column: Column, raw: Any) -> dict[str, Any]:
    mirrored = [
        {
            "linked_board_id": linked.board_id,
            "linked_board": world.boards[linked.board_id],
            "linked_item": linked,
        }
        for linked, _ in mirror_sources(world, item, column)
    ]
    return {"display_value": mirrored_text(world, item, column), "mirrored_items": mirrored}


def _complete_people(world: Any, item: Item, column: Column, raw: Any) -> dict[str, Any]:
    return {"text": people_names(world, raw)}


def _complete_files(world: Any, item: Item, column: Column, raw: Any) -> dict[str, Any]:
    files = [_file_entry(world, entry) for entry in (raw["files"] if raw else [])]
    return {"files": files, "text": ", ".join(file["url"] for file in files if file.get("url"))}


def _file_entry(world: Any, entry: dict[str, Any]) -> dict[str, Any]:
    shared = {
        "name": entry["name"],
        "created_at": entry["createdAt"],
        "creator_id": entry["createdBy"],
        "creator": world.users.get(entry["createdBy"]),
    }
    if "assetId" not in entry:
        return shared | {
            "__typename": "FileLinkValue",
            "file_id": entry["fileId"],
            "kind": "link",
            "url": entry["linkToFile"],
        }
    asset = world.assets.get(str(entry["assetId"]))
    if asset is None:
        error = {
            "__typename": "FileAssetInvalidValue",
            "asset_id": entry["assetId"],
            "error": "asset not found",
        }
        return shared | error
    return shared | {
        "__typename": "FileAssetValue",
        "asset_id": asset.id,
        "asset": asset,
        "is_image": entry["isImage"] == "true",
        "url": asset_url(world, asset),
    }


_COMPLETIONS: dict[str, Callable[[Any, Item, Column, Any], dict[str, Any]]] = {
    "board_relation": _complete_relation,
    "mirror": _complete_mirror,
    "people": _complete_people,
    "file": _complete_files,
}


def asset_url(world: Any, asset: Asset) -> str:
    return f"{world.base_url}/assets/{asset.id}/{asset.name}"


def _item_assets(item: Item, info: Info, column_ids: list[str] | None = None) -> list[Asset]:
    world = world_of(info)
    board = world.boards[item.board_id]
    columns = [c for c in board.columns if c.type == "file" and (not column_ids or c.id in column_ids)]
    return [asset for column in columns for asset in world.files(item.id, column.id)]


def _item_updates(
    item: Item, info: Info, limit: int | None, page: int | None, ids: list[str] | None = None
) -> list[Update]:
    found = [update for update in world_of(info).updates.values() if update.item_id == item.id]
    return paged(list(reversed(found)), limit or 25, page)


def _file_extension(asset: Asset, _info: Info) -> str:
    _, dot, extension = asset.name.rpartition(".")
    return dot + extension if dot else ""


FIELDS: dict[str, Resolvers] = {
    "User": {
        "url": lambda user, info: f"{world_of(info).base_url}/users/{user.id}",
        "account": account,
        "account_id": lambda user, info: world_of(info).id,
        "kind": lambda user, info: "member",
        "status": lambda user, info: "ACTIVE",
        "created_at": lambda user, info: "2021-03-01T08:00:00Z",
        "country_code": lambda user, info: "CH",
        "time_zone_identifier": lambda user, info: "Europe/Zurich",
        "is_deleted": lambda user, info: False,
    },
    "Board": {
        "board_kind": lambda board, info: board.kind,
        "type": lambda board, info: "sub_items_board" if board.parent_board_id else "board",
        "permissions": lambda board, info: "everyone",
        "url": lambda board, info: f"{world_of(info).base_url}/boards/{board.id}",
        "items_count": lambda board, info: len(world_of(info).items_of(board.id)),
        "creator": lambda board, info: next(iter(world_of(info).users.values())),
        "owners": lambda board, info: list(world_of(info).users.values())[:1],
        "columns": _board_columns,
        "groups": lambda board, info, ids=None: [g for g in board.groups if not ids or g.id in ids],
        "top_group": lambda board, info: board.groups[0],
        "items_page": _board_items_page,
    },
    "Column": {
        "revision": lambda column, info: revision(column),
        "settings_str": lambda column, info: settings_str(column),
    },
    "Group": {
        "position": lambda group, info: "65536",
        "archived": lambda group, info: False,
        "deleted": lambda group, info: False,
        "items_page": _group_items_page,
    },
    "Item": {
        "url": _item_url,
        "relative_link": lambda item, info: f"/boards/{item.board_id}/pulses/{item.id}",
        "email": lambda item, info: f"pulse-{item.id}@{world_of(info).slug}.example",
        "board": lambda item, info: world_of(info).boards[item.board_id],
        "group": lambda item, info: world_of(info).group_of(item),
        "creator": _creator,
        "parent_item": lambda item, info: world_of(info).items.get(item.parent_id),
        "subitems": lambda item, info: world_of(info).subitems_of(item.id),
        "assets": _item_assets,
        "column_values": _item_values,
        "updates": _item_updates,
    },
    "Asset": {
        "url": lambda asset, info: asset_url(world_of(info), asset),
        "public_url": lambda asset, info: asset_url(world_of(info), asset),
        "file_extension": _file_extension,
        "file_size": lambda asset, info: asset.size,
        "uploaded_by": lambda asset, info: world_of(info).users[asset.uploaded_by],
    },
    "Update": {
        "text_body": lambda update, info: update.body,
        "creator": _creator,
        "item": lambda update, info: world_of(info).items[update.item_id],
        "edited_at": lambda update, info: update.updated_at,
    },
    "Webhook": {"config": lambda hook, info: json.dumps(hook.config) if hook.config else None},
}
