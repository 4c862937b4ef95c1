"""Browser assets: set up from the npm lock file, each with its licence, and never in git."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.house.tree import ROOT, is_ignored, tracked_files
from tools.vendor import COPIES, PACKAGES, VENDOR, read_icon_names

# icon("plus"), draw_icon("plus"), icon_button("Add", "plus"), button("Add", icon="plus")
ICON_NAMED = re.compile(r"""(?:\bicon\(|draw_icon\(|\bicon=|icon_button\([^,()]+,)\s*["']([a-z0-9-]+)["']""")
SVG = "{http://www.w3.org/2000/svg}"


def test_vendored_assets_are_not_in_git() -> None:
    assert is_ignored(str(VENDOR / "htmx" / "htmx.min.js"))
    assert [path for path in tracked_files() if "vendor" in path.parts] == []


def test_vendored_assets_are_what_npm_delivered() -> None:
    different = [
        target
        for target, source in COPIES.items()
        if (VENDOR / target).read_bytes() != (PACKAGES / source).read_bytes()
    ]
    assert different == [], "Run `make setup`."


def test_every_vendored_asset_has_its_licence() -> None:
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]
    assert {folder.name for folder in folders} == {"fonts", "htmx", "icons", "sortablejs", "tabler"}
    assert [folder.name for folder in folders if len((folder / "LICENSE").read_text()) < 300] == []


def test_the_licence_beside_tabler_names_the_owners_that_its_style_sheet_names() -> None:
    head = (VENDOR / "tabler" / "tabler.min.css").read_text(encoding="utf-8")[:400]
    licence = (VENDOR / "tabler" / "LICENSE").read_text(encoding="utf-8")
    owners = re.findall(r"Copyright ([\d-]+) (.+)", head)
    assert owners
    assert [owner for owner in owners if " ".join(owner) not in licence.replace("(c) ", "")] == []


def test_the_sprite_holds_every_icon_asked_for_and_no_other() -> None:
    sprite = ElementTree.parse(VENDOR / "icons" / "sprite.svg").getroot()
    symbols = sprite.findall(f"{SVG}symbol")
    assert [symbol.get("id") for symbol in symbols] == read_icon_names(ROOT / "tools" / "icons.txt")
    assert all(len(symbol) for symbol in symbols)


def test_icons_are_listed_once_and_in_order() -> None:
    names = read_icon_names(ROOT / "tools" / "icons.txt")
    assert names == sorted(set(names))


def test_templates_use_only_icons_that_the_sprite_holds() -> None:
    names = set(read_icon_names(ROOT / "tools" / "icons.txt"))
    unknown = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "betterform" / "templates").rglob("*.html")
        for name in ICON_NAMED.findall(path.read_text(encoding="utf-8"))
        if name not in names
    }
    assert unknown == set(), "Add it to tools/icons.txt, and run `make setup`."


@pytest.mark.parametrize("sheet", ["fonts/inter.css", "tabler/tabler.min.css"])
def test_vendored_style_sheets_load_only_what_lies_beside_them(sheet: str) -> None:
    path = VENDOR / sheet
    addresses = re.findall(r"""url\(\s*["']?([^"')]+)""", path.read_text(encoding="utf-8"))
    elsewhere = [
        address
        for address in addresses
        if not address.startswith(("data:", "#")) and not (path.parent / address).is_file()
    ]
    assert addresses
    assert elsewhere == []


def test_scripts_and_style_sheets_point_to_no_source_map() -> None:
    served: list[Path] = [path for path in VENDOR.rglob("*") if path.suffix in {".js", ".css"}]
    assert [path.name for path in served if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []
