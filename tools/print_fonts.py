"""One font file per weight for the paper, merged from the subsets that browsers load one by one.

WeasyPrint draws wrong glyphs when one family and weight is split over several files by `unicode-range`.
The merged files are the same to the byte whenever and wherever they are made, so that a PDF is, too.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

# Where two subsets hold the same character, the earlier one is drawn from.
SUBSETS = ("latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese")

PRINT_FONTS = {
    "Inter-Regular.ttf": "400-normal",
    "Inter-Italic.ttf": "400-italic",
    "Inter-SemiBold.ttf": "600-normal",
    "Inter-Bold.ttf": "700-normal",
}


def subset_file(package: Path, subset: str, cut: str) -> Path:
    """The woff2 file of @fontsource/inter for a subset ("latin-ext") in a cut ("400-italic")."""
    return package / "files" / f"inter-{subset}-{cut}.woff2"


def write_print_fonts(package: Path, target: Path) -> None:
    """Write every file of `PRINT_FONTS` into the folder `target` from the folder of @fontsource/inter."""
    target.mkdir(parents=True, exist_ok=True)
    for name, cut in PRINT_FONTS.items():
        merge_subsets([subset_file(package, subset, cut) for subset in SUBSETS], target / name)


def merge_subsets(subsets: list[Path], target: Path) -> None:
    """Merge woff2 subsets of one cut into the TrueType file `target`."""
    with tempfile.TemporaryDirectory() as folder:
        opened = [unpack(subset, Path(folder) / f"{subset.stem}.ttf") for subset in subsets]
        merged = Merger().merge([str(path) for path in opened])
    first = TTFont(subsets[0])
    # The merger puts the present time here, and saving would do so again.
    merged["head"].created = first["head"].created
    merged["head"].modified = first["head"].modified
    merged.recalcTimestamp = False
    merged.save(target)


def unpack(subset: Path, target: Path) -> Path:
    """Write the woff2 file `subset` as plain TrueType, which is what the merger reads."""
    font = TTFont(subset, recalcTimestamp=False)
    font.flavor = None
    font.save(target)
    return target
