"""Copies the browser assets that the program serves out of node_modules into betterform/static/vendor/.

Run by `make setup` after `npm ci`, as `python -m tools.vendor`. The folder is made anew and then put in
place whole, so that a set-up cut short never leaves half of it behind. Each asset comes with the
licence it is under.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

from tools.print_fonts import PRINT_LICENCES, write_print_fonts

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "betterform" / "static" / "vendor"
ICON_NAMES = ROOT / "tools" / "icons.txt"
TABLER_LICENCE = ROOT / "tools" / "tabler-core-license.txt"

# Path under vendor/ -> path under node_modules/.
COPIES = {
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx/LICENSE": "htmx.org/LICENSE",
    "sortablejs/Sortable.min.js": "sortablejs/Sortable.min.js",
    "sortablejs/LICENSE": "sortablejs/LICENSE",
    "icons/LICENSE": "@tabler/icons/LICENSE",
    "fonts/LICENSE": "@fontsource/inter/LICENSE",
    **{f"fonts/print/{name}": source for name, source in PRINT_LICENCES.items()},
}

INTERFACE_WEIGHTS = (400, 500, 600, 700)
SVG = "http://www.w3.org/2000/svg"


def main() -> None:
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    copy_files(fresh)
    copy_tabler(fresh / "tabler")
    write_sprite(read_icon_names(ICON_NAMES), fresh / "icons" / "sprite.svg")
    write_interface_fonts(PACKAGES / "@fontsource" / "inter", fresh / "fonts")
    write_print_fonts(PACKAGES, fresh / "fonts" / "print")
    put_in_place(fresh)


def copy_files(vendor: Path) -> None:
    for target, source in COPIES.items():
        (vendor / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGES / source, vendor / target)


def copy_tabler(folder: Path) -> None:
    """Copy Tabler's style sheet, without the pointer to a source map that is not served."""
    folder.mkdir(parents=True)
    css = (PACKAGES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css").read_text(encoding="utf-8")
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/\s*", "", css)
    (folder / "tabler.min.css").write_text(css, encoding="utf-8")
    # The npm package says MIT but carries no licence text of its own.
    shutil.copyfile(TABLER_LICENCE, folder / "LICENSE")


def read_icon_names(path: Path) -> list[str]:
    """The names listed in `path`, one a line; lines that begin with # are remarks."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def write_sprite(names: list[str], target: Path) -> None:
    """Write one SVG file with a symbol per icon: `<svg class="icon"><use href="sprite.svg#plus"/></svg>`."""
    ElementTree.register_namespace("", SVG)
    sprite = ElementTree.Element(f"{{{SVG}}}svg")
    for name in names:
        sprite.append(read_symbol(name))
    ElementTree.indent(sprite, space=" ")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(ElementTree.tostring(sprite, encoding="unicode") + "\n", encoding="utf-8")


def read_symbol(name: str) -> ElementTree.Element:
    """The Tabler outline icon `name` as a symbol of that id; exits with a sentence if there is none."""
    source = PACKAGES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not source.exists():
        sys.exit(f"tools/icons.txt asks for the icon {name!r}, which @tabler/icons does not have.")
    drawing = ElementTree.parse(source).getroot()
    kept = ("viewBox", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin")
    symbol = ElementTree.Element(f"{{{SVG}}}symbol", {"id": name})
    symbol.attrib.update({key: drawing.attrib[key] for key in kept})
    # Every icon begins with an invisible square that only drawing programs need.
    symbol.extend(shape for shape in drawing if shape.get("d") != "M0 0h24v24H0z")
    return symbol


def write_interface_fonts(package: Path, target: Path) -> None:
    """Copy Inter's upright subsets, with inter.css, by which a browser loads only those that a page needs."""
    target.mkdir(parents=True, exist_ok=True)
    ranges: dict[str, str] = json.loads((package / "unicode.json").read_text(encoding="utf-8"))
    faces = []
    for weight in INTERFACE_WEIGHTS:
        for subset, characters in ranges.items():
            name = f"inter-{subset}-{weight}.woff2"
            shutil.copyfile(package / "files" / f"inter-{subset}-{weight}-normal.woff2", target / name)
            faces.append(font_face(name, weight, characters))
    (target / "inter.css").write_text("".join(faces), encoding="utf-8")


def font_face(name: str, weight: int, characters: str) -> str:
    return (
        "@font-face {\n"
        '  font-family: "Inter";\n'
        "  font-style: normal;\n"
        "  font-display: swap;\n"
        f"  font-weight: {weight};\n"
        f'  src: url("{name}") format("woff2");\n'
        f"  unicode-range: {characters};\n"
        "}\n"
    )


def put_in_place(fresh: Path) -> None:
    old = VENDOR.with_name("vendor.old")
    shutil.rmtree(old, ignore_errors=True)
    if VENDOR.exists():
        VENDOR.rename(old)
    fresh.rename(VENDOR)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    main()
