"""Set-up gives everybody the same packages, today and in a year."""

from __future__ import annotations

import json
import re

import pytest

from tests.house.tree import ROOT

REQUIREMENTS = ("requirements/base", "requirements/dev")


def pinned_names(path: str) -> set[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", text, re.MULTILINE))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", REQUIREMENTS)
def test_every_python_package_is_pinned_with_hashes(path: str) -> None:
    text = (ROOT / f"{path}.txt").read_text(encoding="utf-8")
    logical_lines = re.sub(r"\\\n\s*", "", text).splitlines()
    packages = [line for line in logical_lines if line and not line.lstrip().startswith("#")]
    loose = [
        line for line in packages if not re.match(r"[\w.\[\],-]+==\S+.* ?--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert packages
    assert loose == [], "Run `make lock`."


@pytest.mark.parametrize("path", REQUIREMENTS)
def test_requirements_hold_no_addresses(path: str) -> None:
    for suffix in (".in", ".txt"):
        text = (ROOT / f"{path}{suffix}").read_text(encoding="utf-8")
        assert "://" not in text
        assert not re.search(r"^\s*--(?!hash)(?:index|extra|find|trusted)", text, re.MULTILINE)


@pytest.mark.parametrize("path", REQUIREMENTS)
def test_what_is_asked_for_is_what_is_pinned(path: str) -> None:
    asked = {
        normal(re.split(r"[\[<>=~! ]", line)[0])
        for line in (ROOT / f"{path}.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-"))
    }
    pinned = {normal(name) for name in pinned_names(f"{path}.txt")}
    assert asked - pinned == set(), "Run `make lock`."


def test_both_requirement_files_agree_on_versions() -> None:
    versions = [
        dict(
            re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (ROOT / f"{path}.txt").read_text(), re.MULTILINE)
        )
        for path in REQUIREMENTS
    ]
    base, dev = versions
    assert {
        name: (base[name], dev[name]) for name in base.keys() & dev.keys() if base[name] != dev[name]
    } == {}


def test_npm_packages_are_asked_for_in_exact_versions() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    asked = package["dependencies"] | package["devDependencies"]
    assert {
        name: version for name, version in asked.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    } == {}


def test_the_npm_lock_file_pins_by_hash_and_names_no_address_to_fetch_from() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == [], (
        "Run `make lock`: .npmrc keeps addresses out."
    )
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_the_npm_lock_file_fits_what_is_asked_for() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"][""]
    assert locked["dependencies"] == package["dependencies"], "Run `make lock`."
    assert locked["devDependencies"] == package["devDependencies"], "Run `make lock`."


def test_npm_runs_no_script_of_a_package() -> None:
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8").split()
    assert "ignore-scripts=true" in settings
    assert "omit-lockfile-registry-resolved=true" in settings
    assert not [line for line in settings if "registry=" in line and not line.startswith("omit-")]
