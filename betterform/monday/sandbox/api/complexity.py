"""An estimate of what a document costs, in monday's points."""

from __future__ import annotations

from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

# Creating is dear, other writes are cheaper; the best-practices page gives the first figure.
MUTATION_POINTS = {"create_item": 10_000, "create_webhook": 10_000, "create_board": 20_000}
OTHER_MUTATION_POINTS = 5_000
# A page says how many items it holds, so the items inside it are not a list of their own.
PAGES = {"items_page", "next_items_page", "items_page_by_column_values"}
LIST_SIZES = {
    "boards": 25,
    "items": 25,
    "items_page": 25,
    "next_items_page": 25,
    "items_page_by_column_values": 25,
    "column_values": 10,
    "columns": 10,
}


def estimate(
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    variables: dict[str, Any],
) -> int:
    """Every field costs a point, times the sizes of the lists it is in; a mutation adds its own price."""
    points = _cost(operation.selection_set, fragments, variables)
    if operation.operation.value == "mutation":
        for field in root_fields(operation):
            if field != "complexity":
                points += MUTATION_POINTS.get(field, OTHER_MUTATION_POINTS)
    return points


def root_fields(operation: OperationDefinitionNode) -> tuple[str, ...]:
    return tuple(
        node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)
    )


def _cost(
    selections: SelectionSetNode | None,
    fragments: dict[str, FragmentDefinitionNode],
    variables: dict[str, Any],
    *,
    in_page: bool = False,
) -> int:
    if selections is None:
        return 0
    points = 0
    for node in selections.selections:
        if isinstance(node, FieldNode):
            name = node.name.value
            size = 1 if in_page and name == "items" else _size(node, variables)
            points += 1 + size * _cost(node.selection_set, fragments, variables, in_page=name in PAGES)
        elif isinstance(node, InlineFragmentNode):
            points += _cost(node.selection_set, fragments, variables, in_page=in_page)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
            spread = fragments[node.name.value].selection_set
            points += _cost(spread, fragments, variables, in_page=in_page)
    return points


def _size(node: FieldNode, variables: dict[str, Any]) -> int:
    arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
    if "limit" in arguments:
        return max(1, int(_literal(arguments["limit"], variables) or 1))
    if "ids" in arguments:
        ids = arguments["ids"]
        if isinstance(ids, ListValueNode):
            return max(1, len(ids.values))
        given = _literal(ids, variables)
        return max(1, len(given)) if isinstance(given, list) else 1
    return LIST_SIZES.get(node.name.value, 1)


def _literal(node: Any, variables: dict[str, Any]) -> Any:
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    return int(node.value) if isinstance(node, IntValueNode) else None
