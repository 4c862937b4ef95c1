"""The tree is the table of contents: nouns for names, and files that fit into a head."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import ROOT, tracked_files

NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
SOURCES = {".py", ".html", ".css", ".js"}
MOST_LINES = 400


def sources() -> list[Path]:
    """Sources written by hand: migrations record what the database went through and are left as they were."""
    return [path for path in tracked_files() if path.suffix in SOURCES and path.parts[0] != "migrations"]


def test_no_module_is_named_after_nothing() -> None:
    hollow = [
        str(path)
        for path in sources()
        if NAMES_THAT_SAY_NOTHING & {part.lower().lstrip("_") for part in path.with_suffix("").parts}
    ]
    assert hollow == [], "Name the file after the noun it is about, and let it hold only that."


def test_no_source_is_longer_than_a_person_can_keep_in_mind() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in sources()}
    too_long = [f"{path}: {lines} lines" for path, lines in lengths.items() if lines > MOST_LINES]
    assert too_long == [], f"Split by capability, one noun a file; {MOST_LINES} lines are the most."


def test_the_package_door_is_a_docstring_only() -> None:
    door = (ROOT / "betterform" / "__init__.py").read_text(encoding="utf-8")
    (statement,) = ast.parse(door).body
    assert isinstance(statement, ast.Expr), "Importing a room must not start the app."
