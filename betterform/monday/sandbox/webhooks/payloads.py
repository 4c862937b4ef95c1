"""The bodies of webhook events, key for key as captured from monday.

Ids are numbers here, though strings in the API. Items that are gone are told by `itemId`, all others by `pulseId`.
What every event has (app, triggerTime, subscriptionId, isRetry, userId, originalTriggerUuid, triggerUuid) is added
by the postman.
"""

from __future__ import annotations

import re
from typing import Any

from betterform.monday.sandbox.cells import CELLS
from betterform.monday.sandbox.records import Board, Column, Group, Item, Update


def create_pulse(board: Board, group: Group, item: Item) -> dict[str, Any]:
    return {
        "type": "create_pulse",
        "boardId": int(board.id),
        "pulseId": int(item.id),
        "pulseName": item.name,
        "groupId": group.id,
        "groupName": group.title,
        "groupColor": group.color,
        "isTopGroup": group is board.groups[0],
        "columnValues": _column_values(board, item),
    }


def _column_values(board: Board, item: Item) -> dict[str, Any]:
    values = {}
    for column in board.columns:
        if column.id in item.cells:
            told = CELLS[column.type].told(column, item.cells[column.id])
            if column.type == "status" and told:
                told["label"] = {key: told["label"][key] for key in ("index", "text")}
            values[column.id] = told
    return values


def update_column_value(
    board: Board, item: Item, column: Column, before: Any, after: Any, *, at: float
) -> dict[str, Any]:
    """`at` is in seconds since 1970."""
    cell = CELLS[column.type]
    return {
        "type": "update_column_value",
        "boardId": int(board.id),
        "groupId": item.group_id,
        "pulseId": int(item.id),
        "pulseName": item.name,
        "columnId": column.id,
        "columnType": cell.webhook_type,
        "columnTitle": column.title,
        "value": cell.told(column, after),
        "previousValue": cell.told(column, before) or ({} if column.type == "people" else None),
        "changedAt": at,
        "isTopGroup": item.group_id == board.groups[0].id,
    }


def subitems_changed(board: Board, parent: Item, before: Any, after: Any, *, at: float) -> dict[str, Any]:
    """What a new subitem says on its parent. `at` is in seconds since 1970."""
    return {
        "type": "update_column_value",
        "boardId": int(board.id),
        "groupId": parent.group_id,
        "pulseId": int(parent.id),
        "pulseName": parent.name,
        "columnId": "subitems",
        "columnType": "subtasks",
        "columnTitle": "Subitems",
        "value": after,
        "previousValue": before,
        "changedAt": at,
        "isTopGroup": parent.group_id == board.groups[0].id,
    }


def of_subitem(body: dict[str, Any], item: Item, parent: Item) -> dict[str, Any]:
    """An event of a subitem: both ids of its own, and its parent's, which are strings here."""
    own = {"pulseId": int(item.id), "itemId": int(item.id)}
    return {**body, **own, "parentItemId": parent.id, "parentItemBoardId": parent.board_id}


def update_name(board: Board, item: Item, previous: str) -> dict[str, Any]:
    return {
        "type": "update_name",
        "boardId": int(board.id),
        "groupId": item.group_id,
        "pulseId": int(item.id),
        "value": {"name": item.name},
        "previousValue": {"name": previous},
    }


def gone_pulse(kind: str, board: Board, item: Item) -> dict[str, Any]:
    """`kind` is `archive_pulse` or `delete_pulse`."""
    return {"type": kind, "boardId": int(board.id), "itemId": int(item.id), "itemName": item.name}


def restore_pulse(board: Board, item: Item) -> dict[str, Any]:
    return {
        "type": "restore_pulse",
        "boardId": int(board.id),
        "groupId": item.group_id,
        "itemId": int(item.id),
        "itemName": item.name,
        "value": {"state": 1, "is_undo": True},
        "previousValue": {"state": 2},
    }


def move_pulse_into_group(board: Board, item: Item, source: Group, target: Group) -> dict[str, Any]:
    return {
        "type": "move_pulse_into_group",
        "boardId": int(board.id),
        "pulseId": int(item.id),
        "pulseName": item.name,
        "sourceGroupId": source.id,
        "destGroupId": target.id,
        "destGroup": {"id": target.id, "title": target.title, "color": target.color},
    }


def update_note(kind: str, board: Board, item: Item, update: Update) -> dict[str, Any]:
    """`kind` is `create_update`, `edit_update` or `delete_update`."""
    return {
        "type": kind,
        "boardId": int(board.id),
        "pulseId": int(item.id),
        "body": update.body,
        "textBody": re.sub(r"<[^>]+>", "", update.body),
        "updateId": int(update.id),
        "replyId": None,
    }


def create_column(board: Board, column: Column) -> dict[str, Any]:
    return {
        "type": "create_column",
        "boardId": int(board.id),
        "columnId": column.id,
        "columnType": CELLS[column.type].webhook_type,
        "columnTitle": column.title,
    }
