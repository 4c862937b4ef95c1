"""What is committed says nothing of the machine it was written on, and secrets stay out of it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import ROOT, is_ignored, line_of, tracked_texts

# The pieces are put together here so that this file does not break its own rule.
HOMES = "|".join(("work", "root", "home", "Users"))
MACHINE_PATH = re.compile(rf"(?<![\w.:/<-])/(?:{HOMES})/[\w.-]|\b[A-Z]:\\Users\\")
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(name))
        for name in (
            ("registry", "npmjs"),
            ("registry", "yarnpkg"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("deb", "debian", "org"),
        )
    )
)
SECRET = re.compile(
    "|".join(
        (
            r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
            r"\bghp_\w{36}\b",
            r"\bAKIA[0-9A-Z]{16}\b",
            # A real monday token is a JSON web token made for the issuer's hash of its own.
            r"\beyJhbGciOiJIUzI1NiJ9\.eyJ0aWQi",
        )
    )
)


def find(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{line_of(text, found.start())}: {found.group()}"
        for path, text in tracked_texts()
        for found in pattern.finditer(text)
    ]


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    assert find(MACHINE_PATH) == [], "Write paths relative to the tree, or take them from the environment."


def test_no_file_names_the_folder_this_tree_lies_in() -> None:
    # A tree that lies at the top of a disk has a name too short to look for.
    if len(ROOT.parts) > 2:
        assert find(re.compile(re.escape(str(ROOT)) + r"\b")) == []


def test_no_file_names_a_package_registry() -> None:
    assert find(REGISTRIES) == [], "Which registry to ask is the business of the machine, not of this tree."


def test_no_file_holds_a_secret() -> None:
    assert find(SECRET) == [], "Secrets come from the environment. Take it out, and have it replaced."


def test_what_set_up_and_the_program_make_is_ignored() -> None:
    made = [
        ".venv/bin/python",
        "node_modules/htmx.org/package.json",
        "betterform/static/vendor/htmx/htmx.min.js",
        "betterform/static/vendor.new/htmx/htmx.min.js",
        "instance/betterform.sqlite",
        "instance/demo/monday.json",
        ".env",
    ]
    assert [path for path in made if not is_ignored(path)] == []


def test_symbolic_links_stay_inside_the_tree() -> None:
    links = [path for path in ROOT.iterdir() if path.is_symlink() and not is_ignored(path.name)]
    assert [link for link in links if not Path(link).resolve().is_relative_to(ROOT)] == []
