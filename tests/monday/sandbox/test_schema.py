"""What the stand-in offers is what monday publishes.

Reads ../shared/monday/schema.graphql; skips where it is absent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    print_ast,
    validate_schema,
)

from betterform.monday.sandbox.api.schema import SDL, bound_schema

PUBLISHED = Path(__file__).resolve().parents[3] / ".." / "shared" / "monday" / "schema.graphql"


def test_the_schema_is_valid() -> None:
    assert validate_schema(bound_schema()) == []


def test_every_field_that_needs_one_has_a_resolver() -> None:
    schema = bound_schema()
    for root in (schema.query_type, schema.mutation_type):
        assert root is not None
        assert [name for name, field in root.fields.items() if field.resolve is None] == []


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    if not PUBLISHED.is_file():
        pytest.skip("monday's published schema is not beside this repository")
    return build_schema(PUBLISHED.read_text(encoding="utf-8"), assume_valid=True)


@pytest.fixture(scope="module")
def ours() -> GraphQLSchema:
    return build_schema(SDL.read_text(encoding="utf-8"))


def own_types(schema: GraphQLSchema) -> dict[str, Any]:
    return {name: kind for name, kind in schema.type_map.items() if not name.startswith("__")}


def signature(argument: Any) -> str:
    """Type and default of an argument or input field, as written in the schema."""
    node = argument.ast_node
    default = f" = {print_ast(node.default_value)}" if node is not None and node.default_value else ""
    return f"{argument.type}{default}"


def test_every_type_is_published_and_of_the_same_kind(ours: GraphQLSchema, published: GraphQLSchema) -> None:
    for name, kind in own_types(ours).items():
        assert type(published.type_map.get(name)) is type(kind), name


def test_every_field_is_published_with_the_same_type(ours: GraphQLSchema, published: GraphQLSchema) -> None:
    for name, kind in own_types(ours).items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            theirs: Any = published.type_map[name]
            for field_name, field in kind.fields.items():
                assert field_name in theirs.fields, f"{name}.{field_name}"
                assert str(field.type) == str(theirs.fields[field_name].type), f"{name}.{field_name}"


def test_every_argument_is_published_with_the_same_type_and_default(
    ours: GraphQLSchema, published: GraphQLSchema
) -> None:
    for name, kind in own_types(ours).items():
        if isinstance(kind, GraphQLObjectType):
            theirs: Any = published.type_map[name]
            for field_name, field in kind.fields.items():
                wanted = {key: signature(arg) for key, arg in theirs.fields[field_name].args.items()}
                given = {key: signature(arg) for key, arg in field.args.items()}
                assert given.items() <= wanted.items(), f"{name}.{field_name}"


def test_no_argument_that_monday_requires_is_missing(ours: GraphQLSchema, published: GraphQLSchema) -> None:
    for root in (ours.query_type, ours.mutation_type):
        assert root is not None
        theirs: Any = published.type_map[root.name]
        for name, field in root.fields.items():
            required = {
                key
                for key, arg in theirs.fields[name].args.items()
                if str(arg.type).endswith("!") and arg.ast_node.default_value is None
            }
            assert required <= set(field.args), name


def test_every_input_enum_interface_and_union_agrees(ours: GraphQLSchema, published: GraphQLSchema) -> None:
    for name, kind in own_types(ours).items():
        theirs: Any = published.type_map[name]
        if isinstance(kind, GraphQLEnumType):
            assert set(kind.values) <= set(theirs.values), name
        if isinstance(kind, GraphQLUnionType):
            assert {t.name for t in kind.types} <= {t.name for t in theirs.types}, name
        if isinstance(kind, GraphQLObjectType):
            assert {t.name for t in kind.interfaces} <= {t.name for t in theirs.interfaces}, name
        if isinstance(kind, GraphQLInputObjectType):
            given = {key: signature(field) for key, field in kind.fields.items()}
            assert given.items() <= {key: signature(field) for key, field in theirs.fields.items()}.items(), (
                name
            )
