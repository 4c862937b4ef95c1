"""The schema file, bound to the resolvers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import GraphQLObjectType, GraphQLScalarType, GraphQLSchema, build_schema

from betterform.monday.sandbox.api.desk import Info
from betterform.monday.sandbox.api.mutations import MUTATIONS
from betterform.monday.sandbox.api.queries import QUERIES
from betterform.monday.sandbox.api.reading import FIELDS
from betterform.monday.sandbox.api.uploads import UploadedFile
from betterform.monday.sandbox.errors import ApiError, InvalidRecord, LockedBoard, internal_server_error

SDL = Path(__file__).parent.parent / "schema.graphql"


@functools.cache
def bound_schema() -> GraphQLSchema:
    schema = build_schema(SDL.read_text(encoding="utf-8"))
    for type_name, resolvers in {"Query": QUERIES, "Mutation": MUTATIONS, **FIELDS}.items():
        object_type = schema.type_map[type_name]
        assert isinstance(object_type, GraphQLObjectType)
        for field_name, resolver in resolvers.items():
            is_root = type_name in ("Query", "Mutation")
            object_type.fields[field_name].resolve = as_root(resolver) if is_root else resolver
    _set_scalar(schema, "JSON", _json_string)
    _set_scalar(schema, "File", _file)
    return schema


def as_root(resolver: Callable[..., Any]) -> Callable[..., Any]:
    """A root field that can be told to fail, and that remembers an error that is the whole answer."""

    @functools.wraps(resolver)
    def resolve(root: None, info: Info, **arguments: Any) -> Any:
        desk = info.context
        if desk.failing == str(info.path.key):
            raise internal_server_error()
        try:
            return resolver(root, info, **arguments)
        except (InvalidRecord, LockedBoard) as error:
            desk.stopped = error
            raise

    return resolve


def _set_scalar(schema: GraphQLSchema, name: str, parse: Callable[[Any], Any]) -> None:
    scalar = schema.type_map[name]
    assert isinstance(scalar, GraphQLScalarType)
    scalar.parse_value = parse  # type: ignore[method-assign, assignment]
    scalar.coerce_input_value = parse


def _json_string(given: Any) -> str:
    if not isinstance(given, str):
        raise ApiError("JSON is given as a string", "InvalidArgumentException")
    return given


def _file(given: Any) -> UploadedFile:
    if not isinstance(given, UploadedFile):
        raise ApiError("A file is sent as a part of a multipart request", "InvalidArgumentException")
    return given
