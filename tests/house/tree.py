"""The tree of this repository as the house rules see it: what is committed, or would be."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files that git tracks and new ones that it does not ignore, relative to the root, in order."""
    need_git()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def tracked_texts() -> Iterable[tuple[Path, str]]:
    """Every tracked file that is text, with what it says."""
    for path in tracked_files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content[:8192]:
            yield path, content.decode("utf-8", errors="replace")


def is_ignored(path: str) -> bool:
    """Would git leave this path out?"""
    need_git()
    answer = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False)
    return answer.returncode == 0


def need_git() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("what is committed can be seen only in a git checkout")


def line_of(text: str, position: int) -> int:
    """The number, from 1, of the line that holds the character at `position`."""
    return text.count("\n", 0, position) + 1
