"""The root fields of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from betterform.monday.sandbox.api.desk import Info, Resolvers, world_of
from betterform.monday.sandbox.api.paging import select_by_values
from betterform.monday.sandbox.api.versions import VERSIONS, version_as_json
from betterform.monday.sandbox.records import Asset, Board, Item, Update, User, Webhook

MOST_ITEMS = 100


def me(_root: None, info: Info) -> User:
    return info.context.user


def account(_root: Any, info: Info) -> dict[str, Any]:
    world = world_of(info)
    plan = {"max_users": 25, "period": "yearly", "tier": "standard", "version": 11}
    return {
        "id": world.id,
        "name": world.name,
        "slug": world.slug,
        "country_code": "CH",
        "created_at": "2021-03-01",
        "plan": plan,
        "tier": "standard",
    }


def version(_root: None, info: Info) -> dict[str, str]:
    return version_as_json(info.context.version)


def versions(_root: None, info: Info) -> list[dict[str, str]]:
    return [version_as_json(name) for name in VERSIONS]


def platform_api(_root: None, info: Info) -> dict[str, Any]:
    world = world_of(info)
    limit = world.turnstile.limits.daily
    today = world.clock.now().date()
    days = [{"day": (today - timedelta(days=1)).isoformat(), "usage": 0}]
    days.insert(0, {"day": today.isoformat(), "usage": round(world.turnstile.used_today)})
    return {
        "daily_limit": {"base": limit, "total": limit},
        "daily_analytics": {"by_day": days, "last_updated": world.now()},
    }


def complexity(_root: None, info: Info) -> dict[str, int]:
    desk = info.context
    return {
        "before": desk.complexity_before,
        "query": desk.complexity,
        "after": desk.complexity_before - desk.complexity,
        "reset_in_x_seconds": desk.world.turnstile.seconds_to_reset(),
    }


def users(
    _root: None,
    info: Info,
    *,
    limit: int | None,
    page: int | None,
    ids: list[str] | None = None,
    emails: list[str] | None = None,
) -> list[User]:
    found = [
        user
        for user in world_of(info).users.values()
        if (ids is None or user.id in ids) and (emails is None or user.email in emails)
    ]
    return paged(found, limit or 200, page)


def boards(
    _root: None,
    info: Info,
    *,
    limit: int | None,
    page: int | None,
    state: str | None,
    ids: list[str] | None = None,
    order_by: str | None = None,
    workspace_ids: list[str] | None = None,
) -> list[Board]:
    found = [
        board
        for board in world_of(info).boards.values()
        if (not ids or board.id in ids) and state in (None, "all", board.state)
    ]
    return paged(found, limit or 25, page)


def items(
    _root: None,
    info: Info,
    *,
    limit: int | None,
    page: int | None,
    ids: list[str] | None = None,
    exclude_nonactive: bool | None = None,
    newest_first: bool | None = None,
) -> list[Item]:
    """At most a hundred, and no word about the rest. Archived items are shown with their state, deleted ones not."""
    world = world_of(info)
    states = ("active",) if exclude_nonactive else ("active", "archived")
    wanted = world.items if ids is None else dict.fromkeys(ids)
    found = [world.items[i] for i in wanted if i in world.items and world.items[i].state in states]
    if newest_first:
        found.sort(key=lambda item: int(item.id), reverse=True)
    return paged(found, min(25 if limit is None else limit, MOST_ITEMS), page)


def next_items_page(_root: None, info: Info, *, cursor: str, limit: int) -> dict[str, Any]:
    return info.context.cursors.next_page(cursor, limit)


def items_page_by_column_values(
    _root: None,
    info: Info,
    *,
    board_id: str,
    limit: int,
    columns: list[dict[str, Any]] | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    desk = info.context
    if cursor:
        return desk.cursors.next_page(cursor, limit)
    found = select_by_values(desk.world, desk.world.board(board_id), columns or [])
    return desk.cursors.first_page(found, limit)


def assets(_root: None, info: Info, *, ids: list[str]) -> list[Asset]:
    held = world_of(info).assets
    return [held[asset_id] for asset_id in ids if asset_id in held]


def updates(
    _root: None,
    info: Info,
    *,
    limit: int | None,
    page: int | None,
    ids: list[str] | None = None,
) -> list[Update]:
    newest_first = reversed(world_of(info).updates.values())
    return paged([update for update in newest_first if ids is None or update.id in ids], limit or 25, page)


def webhooks(
    _root: None, info: Info, *, board_id: str, app_webhooks_only: bool | None = None
) -> list[Webhook]:
    board = world_of(info).board(board_id)
    return [
        webhook
        for webhook in world_of(info).webhooks.values()
        if webhook.board_id == board.id and (webhook.by_app or not app_webhooks_only)
    ]


def paged(found: list[Any], limit: int, page: int | None) -> list[Any]:
    start = (max(page or 1, 1) - 1) * limit
    return found[start : start + limit]


QUERIES: Resolvers = {
    "me": me,
    "account": account,
    "version": version,
    "versions": versions,
    "platform_api": platform_api,
    "complexity": complexity,
    "users": users,
    "boards": boards,
    "items": items,
    "next_items_page": next_items_page,
    "items_page_by_column_values": items_page_by_column_values,
    "assets": assets,
    "updates": updates,
    "webhooks": webhooks,
}
