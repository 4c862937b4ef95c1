"""What we send to monday stands in one file, and is valid by the schema that monday publishes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from betterform.monday import documents
from tests.house.tree import ROOT, tracked_texts

PUBLISHED = ROOT.parent / "shared" / "monday" / "schema.graphql"
STAND_IN = ROOT / "betterform" / "monday" / "sandbox" / "schema.graphql"
HOME = Path("betterform/monday/documents.py")
LOOKS_LIKE_GRAPHQL = re.compile(
    r"\b(query|mutation|fragment)\b[^\n\"']{0,200}\{|\{\s*(me|boards|items|webhooks)\s*[({]"
)


@pytest.mark.parametrize("name", sorted(documents.every()))
def test_a_document_is_valid_by_the_published_schema(name: str) -> None:
    if not PUBLISHED.exists():
        pytest.skip("the published schema (../shared/monday/schema.graphql) is not on this machine")
    errors = validate(build_schema(PUBLISHED.read_text(encoding="utf-8")), parse(documents.every()[name]))
    assert [error.message for error in errors] == []


@pytest.mark.parametrize("name", sorted(documents.every()))
def test_a_document_is_valid_by_the_stand_ins_schema(name: str) -> None:
    errors = validate(build_schema(STAND_IN.read_text(encoding="utf-8")), parse(documents.every()[name]))
    assert [error.message for error in errors] == []


def test_no_graphql_stands_outside_the_file_of_documents() -> None:
    strays = [
        str(path)
        for path, text in tracked_texts()
        if path.suffix == ".py"
        and path.parts[0] == "betterform"
        and "sandbox" not in path.parts
        and path != HOME
        and LOOKS_LIKE_GRAPHQL.search(text)
    ]
    assert strays == [], f"GraphQL belongs into {HOME}, with variables for values."


def test_the_search_for_graphql_finds_it() -> None:
    assert LOOKS_LIKE_GRAPHQL.search((ROOT / HOME).read_text(encoding="utf-8"))
    assert LOOKS_LIKE_GRAPHQL.search('client.ask("query Q { me { id } }")')
