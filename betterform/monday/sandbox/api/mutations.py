"""The root fields of mutations."""

from __future__ import annotations

import json
from typing import Any

from betterform.monday.sandbox.api.desk import Info, Resolvers, world_of
from betterform.monday.sandbox.api.queries import complexity
from betterform.monday.sandbox.api.uploads import UploadedFile
from betterform.monday.sandbox.errors import ApiError, no_such_item
from betterform.monday.sandbox.records import Asset, Board, Column, Group, Item, Update, Webhook


def create_board(
    _root: None,
    info: Info,
    *,
    board_name: str,
    board_kind: str,
    description: str | None = None,
    **_ignored: Any,
) -> Board:
    return world_of(info).create_board(board_name, description=description, kind=board_kind)


def create_column(
    _root: None,
    info: Info,
    *,
    board_id: str,
    title: str,
    column_type: str,
    id: str | None = None,  # noqa: A002 - monday's name for it
    description: str | None = None,
    defaults: str | None = None,
    after_column_id: str | None = None,
) -> Column:
    return world_of(info).create_column(
        board_id,
        title,
        column_type,
        settings=_object(defaults) if defaults else None,
        column_id=id,
        description=description,
        after=after_column_id,
        by=info.context.user.id,
    )


def create_group(
    _root: None, info: Info, *, board_id: str, group_name: str, group_color: str | None = None
) -> Group:
    return world_of(info).create_group(board_id, group_name, color=group_color or "#579bfc")


def create_item(
    _root: None,
    info: Info,
    *,
    board_id: str,
    item_name: str,
    group_id: str | None = None,
    column_values: str | None = None,
    create_labels_if_missing: bool | None = None,
    **_ignored: Any,
) -> Item:
    values = _object(column_values) if column_values else {}
    _only_ids(world_of(info).board(board_id), values)
    return world_of(info).create_item(
        board_id,
        item_name,
        values,
        group_id=group_id,
        by=info.context.user.id,
        may_add_labels=bool(create_labels_if_missing),
    )


def change_multiple_column_values(
    _root: None,
    info: Info,
    *,
    board_id: str,
    column_values: str,
    item_id: str | None = None,
    create_labels_if_missing: bool | None = None,
) -> Item:
    item = _item_on(info, board_id, item_id)
    values = _object(column_values)
    _only_ids(world_of(info).board(board_id), values)
    return world_of(info).set_values(
        item.id, values, by=info.context.user.id, may_add_labels=bool(create_labels_if_missing)
    )


def change_simple_column_value(
    _root: None,
    info: Info,
    *,
    board_id: str,
    column_id: str,
    item_id: str | None = None,
    value: str | None = None,
    create_labels_if_missing: bool | None = None,
) -> Item:
    item = _item_on(info, board_id, item_id)
    _only_ids(world_of(info).board(board_id), {column_id: value})
    return world_of(info).set_simple(
        item.id, column_id, value, by=info.context.user.id, may_add_labels=bool(create_labels_if_missing)
    )


def change_column_value(
    _root: None,
    info: Info,
    *,
    board_id: str,
    column_id: str,
    value: str,
    item_id: str | None = None,
    create_labels_if_missing: bool | None = None,
) -> Item:
    item = _item_on(info, board_id, item_id)
    _only_ids(world_of(info).board(board_id), {column_id: value})
    return world_of(info).set_values(
        item.id,
        {column_id: _json(value)},
        by=info.context.user.id,
        may_add_labels=bool(create_labels_if_missing),
    )


def add_file_to_column(_root: None, info: Info, *, item_id: str, column_id: str, file: UploadedFile) -> Asset:
    return world_of(info).add_file(
        item_id, column_id, file.name, file.content, file.content_type, by=info.context.user.id
    )


def update_assets_on_item(
    _root: None,
    info: Info,
    *,
    board_id: str,
    item_id: str,
    column_id: str,
    files: list[dict[str, Any]],
) -> Item:
    item = _item_on(info, board_id, item_id)
    return world_of(info).set_files(item.id, column_id, files, by=info.context.user.id)


def move_item_to_group(_root: None, info: Info, *, group_id: str, item_id: str | None = None) -> Item:
    return world_of(info).move_to_group(str(item_id), group_id, by=info.context.user.id)


def archive_item(_root: None, info: Info, *, item_id: str | None = None) -> Item:
    return world_of(info).archive_item(str(item_id), by=info.context.user.id)


def delete_item(_root: None, info: Info, *, item_id: str | None = None) -> Item:
    return world_of(info).delete_item(str(item_id), by=info.context.user.id)


def create_update(
    _root: None, info: Info, *, body: str, item_id: str | None = None, **_ignored: Any
) -> Update:
    return world_of(info).create_update(str(item_id), body, by=info.context.user.id)


def edit_update(_root: None, info: Info, *, id: str, body: str) -> Update:  # noqa: A002
    return world_of(info).edit_update(id, body, by=info.context.user.id)


def delete_update(_root: None, info: Info, *, id: str) -> Update:  # noqa: A002
    return world_of(info).delete_update(id, by=info.context.user.id)


def create_webhook(
    _root: None, info: Info, *, board_id: str, url: str, event: str, config: str | None = None
) -> Webhook:
    world = world_of(info)
    by_app = world.postman.signing_secret is not None
    return world.create_webhook(board_id, url, event, _object(config) if config else None, by_app=by_app)


def delete_webhook(_root: None, info: Info, *, id: str) -> Webhook:  # noqa: A002
    return world_of(info).delete_webhook(id)


def _item_on(info: Info, board_id: str, item_id: str | None) -> Item:
    world = world_of(info)
    board = world.board(board_id)
    item = world.item(item_id)
    if item.board_id != board.id:
        raise no_such_item(item_id)
    return item


def _only_ids(board: Board, values: dict[str, Any]) -> None:
    """People may write titles at the page; the API knows columns by id only."""
    for column_id in values:
        if board.column(column_id) is None:
            raise ApiError(
                "This column ID doesn't exist for the board",
                "InvalidColumnIdException",
                error_data={"column_id": column_id, "board_id": board.id},
            )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise ApiError("The value is not valid JSON", "JsonParseException", status_code=400) from None


def _object(text: str) -> dict[str, Any]:
    found = _json(text)
    if not isinstance(found, dict):
        raise ApiError("The value is not a JSON object", "JsonParseException", status_code=400)
    return found


MUTATIONS: Resolvers = {
    "complexity": complexity,
    **{
        resolver.__name__: resolver
        for resolver in (
            create_board,
            create_column,
            create_group,
            create_item,
            change_multiple_column_values,
            change_simple_column_value,
            change_column_value,
            add_file_to_column,
            update_assets_on_item,
            move_item_to_group,
            archive_item,
            delete_item,
            create_update,
            edit_update,
            delete_update,
            create_webhook,
            delete_webhook,
        )
    },
}
