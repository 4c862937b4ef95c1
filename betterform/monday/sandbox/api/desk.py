"""What every resolver has at hand: the world, who asks, and what the request costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo

from betterform.monday.sandbox.api.paging import Cursors
from betterform.monday.sandbox.errors import ApiError
from betterform.monday.sandbox.records import User
from betterform.monday.sandbox.world import World


@dataclass
class Desk:
    """The context of one execution.

    `failing` names the root field that shall fail with "Internal Server Error"; `stopped` is the error of a
    field that is the answer to the whole request: a locked board, a broken rule.
    """

    world: World
    user: User
    cursors: Cursors
    complexity_before: int = 0
    complexity: int = 0
    version: str = "2026-10"
    failing: str | None = None
    stopped: ApiError | None = None


Info: TypeAlias = GraphQLResolveInfo[Desk]
Resolvers: TypeAlias = dict[str, Any]


def world_of(info: Info) -> World:
    return info.context.world
