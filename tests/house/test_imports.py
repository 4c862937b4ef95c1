"""Who may import whom: the contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.house.tree import ROOT

SANDBOX = "betterform.monday.sandbox"


def test_every_room_imports_only_what_its_contract_allows() -> None:
    linter = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if linter.returncode != 0:
        pytest.fail(linter.stdout + linter.stderr, pytrace=False)


def test_the_stand_in_for_monday_imports_nothing_else_of_betterform() -> None:
    # The contract covers the other rooms; its own room's modules cannot be named there beside it.
    graph = grimp.build_graph("betterform", cache_dir=None)
    foreign = {
        (module, imported)
        for module in {SANDBOX} | graph.find_descendants(SANDBOX)
        for imported in graph.find_modules_directly_imported_by(module)
        if not (imported == SANDBOX or imported.startswith(f"{SANDBOX}."))
    }
    assert foreign == set(), "The stand-in is a server of its own, and knows only what monday.com would."
