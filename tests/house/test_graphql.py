"""What we send to monday stands in one file, and is valid by the schema that monday publishes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from betterform.monday import documents
from tests.house.tree import ROOT, tracked_texts

PUBLISHED = ROOT.parent / "shared" / "monday" / "schema.graphql"
STAND_IN = ROOT / "betterform" / "monday" / "sandbox" / "schema.graphql"
HOME = Path("betterform/monday/documents.py")
CLIENT = Path("betterform/monday/client.py")
# The other one asks our own public address whether it can be reached.
CALLERS = {CLIENT, Path("betterform/monday/public_address.py")}
HTTP = re.compile(r"(requests|httpx|aiohttp|urllib3|urllib\.request|http\.client)(\.|$)")
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
    assert stray_graphql(tracked_texts()) == [], f"GraphQL belongs into {HOME}, with variables for values."


def test_nobody_but_the_client_calls_monday() -> None:
    assert stray_callers(tracked_texts()) == [], f"Only {CLIENT} speaks HTTP with monday: call its methods."


@pytest.mark.parametrize(
    "line",
    [
        'client.ask("query Q { me { id } }")',
        'DOCUMENT = """\nmutation ($item: ID!) {\n  delete_item(item_id: $item) { id }\n}\n"""',
        'session.post(url, json={"query": "{ boards(ids: 1) { id } }"})',
        'TEXT = "fragment F on Item { id }"',
    ],
)
def test_a_stray_query_is_found(tmp_path: Path, line: str) -> None:
    assert stray_graphql(planted(tmp_path, "betterform/actions/sneaky.py", line)) == [
        "betterform/actions/sneaky.py"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "import requests",
        "from requests import post",
        "import urllib.request",
        "from urllib.request import urlopen",
        "import http.client",
        "import httpx",
        "def later():\n    import requests as r",
    ],
)
def test_a_stray_caller_is_found(tmp_path: Path, line: str) -> None:
    assert stray_callers(planted(tmp_path, "betterform/jobs/sneaky.py", line)) == [
        "betterform/jobs/sneaky.py"
    ]


@pytest.mark.parametrize("name", ["betterform/monday/documents.py", "betterform/monday/sandbox/new.py"])
def test_graphql_where_it_belongs_is_left_alone(tmp_path: Path, name: str) -> None:
    assert stray_graphql(planted(tmp_path, name, 'QUERY = "query Q { me { id } }"')) == []


@pytest.mark.parametrize(
    "line", ["# a query for items (of one board)", "from urllib.parse import urlsplit", 'x = {"me": 1}']
)
def test_what_only_looks_like_it_is_left_alone(tmp_path: Path, line: str) -> None:
    tree = list(planted(tmp_path, "betterform/actions/honest.py", line))
    assert stray_graphql(tree) + stray_callers(tree) == []


def test_the_home_of_graphql_holds_some() -> None:
    assert LOOKS_LIKE_GRAPHQL.search((ROOT / HOME).read_text(encoding="utf-8"))
    assert is_caller((ROOT / CLIENT).read_text(encoding="utf-8"))


def planted(tree: Path, name: str, text: str) -> list[tuple[Path, str]]:
    """A tree with one file in it, read as the tree of this repository is."""
    file = tree / name
    file.parent.mkdir(parents=True)
    file.write_text(text + "\n", encoding="utf-8")
    return [(path.relative_to(tree), path.read_text(encoding="utf-8")) for path in tree.rglob("*.py")]


def stray_graphql(tree: Iterable[tuple[Path, str]]) -> list[str]:
    """The program's files that hold GraphQL although they are not its home."""
    return [str(path) for path, text in program(tree) if path != HOME and LOOKS_LIKE_GRAPHQL.search(text)]


def stray_callers(tree: Iterable[tuple[Path, str]]) -> list[str]:
    """The program's files that could call monday past its client."""
    return [str(path) for path, text in program(tree) if path not in CALLERS and is_caller(text)]


def program(tree: Iterable[tuple[Path, str]]) -> Iterable[tuple[Path, str]]:
    """The Python files of the program, without the stand-in, which is a program of its own."""
    for path, text in tree:
        if path.suffix == ".py" and path.parts[0] == "betterform" and "sandbox" not in path.parts:
            yield path, text


def is_caller(text: str) -> bool:
    """Does the code import something that speaks HTTP?"""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import) and any(HTTP.match(alias.name) for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and not node.level and HTTP.match(node.module or ""):
            return True
    return False
