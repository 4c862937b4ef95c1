"""The fonts of the paper: one static TrueType file per family and weight, unpacked from npm's woff2 files.

WeasyPrint draws wrong glyphs when one family and weight is split over several files by `unicode-range`,
and is several times slower with woff2. The files are the same to the byte whenever and wherever they are
made, so that a PDF is, too.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont

INTER = {
    "Inter-Regular.ttf": "inter-ui/web/Inter-Regular.woff2",
    "Inter-Italic.ttf": "inter-ui/web/Inter-Italic.woff2",
    "Inter-SemiBold.ttf": "inter-ui/web/Inter-SemiBold.woff2",
    "Inter-Bold.ttf": "inter-ui/web/Inter-Bold.woff2",
}

# Scripts that Inter has not. Vazirmatn rather than Noto Sans Arabic, which draws letters out of bowls and
# dots: the text that is copied out of the PDF would be bowls and dots, too. Chinese, Japanese and Korean are
# left out: their fonts take 57 MB.
FALLBACKS = {
    "Vazirmatn": "arabic",
    "Noto Sans Armenian": "armenian",
    "Noto Sans Devanagari": "devanagari",
    "Noto Sans Georgian": "georgian",
    "Noto Sans Hebrew": "hebrew",
    "Noto Sans Thai": "thai",
}
FALLBACK_STYLES = {"Regular": 400, "Bold": 700}


def font_name(family: str, style: str) -> str:
    """The name without spaces of a font: "NotoSansThai-Bold"."""
    return f"{family.replace(' ', '')}-{style}"


def package_of(family: str) -> str:
    """The name of the npm package that holds a fallback family."""
    return f"@fontsource/{family.lower().replace(' ', '-')}"


def fallback_file(family: str, style: str) -> str:
    """Where in node_modules the letters of a fallback family's script are."""
    package = package_of(family)
    name = package.removeprefix("@fontsource/")
    return f"{package}/files/{name}-{FALLBACKS[family]}-{FALLBACK_STYLES[style]}-normal.woff2"


# File in fonts/print/ -> the path of its source under node_modules/.
PRINT_FONTS = INTER | {
    f"{font_name(family, style)}.ttf": fallback_file(family, style)
    for family in FALLBACKS
    for style in FALLBACK_STYLES
}

# Licence in fonts/print/ -> the path of its source under node_modules/.
PRINT_LICENCES = {"LICENSE-Inter.txt": "inter-ui/LICENSE.txt"} | {
    f"LICENSE-{family.replace(' ', '')}.txt": f"{package_of(family)}/LICENSE" for family in FALLBACKS
}


def write_print_fonts(packages: Path, target: Path) -> None:
    """Write every file of `PRINT_FONTS` into the folder `target` from the folder node_modules."""
    target.mkdir(parents=True, exist_ok=True)
    for name, source in PRINT_FONTS.items():
        unpack(packages / source, target / name)
    for family in FALLBACKS:
        for style in FALLBACK_STYLES:
            name_after_family(target / f"{font_name(family, style)}.ttf", family, style)


def unpack(source: Path, target: Path) -> None:
    """Write the woff2 file `source` as plain TrueType."""
    font = open_font(source)
    font.flavor = None
    font.save(target)


def name_after_family(path: Path, family: str, style: str) -> None:
    """Give both weights of a family one name: some come named after the "Thin" that they were cut from."""
    font = open_font(path)
    names = {1: family, 2: style, 4: f"{family} {style}", 6: font_name(family, style)}
    table = font["name"]
    for number in (*names, 16, 17, 21, 22, 25):
        table.removeNames(nameID=number)
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    font.save(path)


def open_font(path: Path) -> TTFont:
    """The font as it is: saving it writes neither the present time nor measures taken anew."""
    return TTFont(path, recalcTimestamp=False, recalcBBoxes=False)
