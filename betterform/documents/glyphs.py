"""Which letters each glyph of a fallback font stands for, so that what is copied or read aloud is right.

WeasyPrint takes the letters of a glyph from the first place where it is drawn. Where several glyphs draw one
syllable, as in Thai, Hindi or pointed Hebrew, the first gets all its letters and the others none. The font
knows better: a glyph is what the font maps a letter to, or what it puts in the place of such glyphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from betterform.documents.fonts import FONT_FILES, PRINT_FONTS

MAPPED = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
LONGEST_CHAIN = 4  # A letter, its form inside a word, a ligature of that, another ligature.


def name_glyphs(pdf: Any) -> None:
    """Put right which letters the glyphs of fallback fonts stand for. Called before the PDF is written."""
    fallbacks = fallback_files()
    for font in pdf.objects:
        if isinstance(font, dict) and "ToUnicode" in font:
            name = font["BaseFont"].decode().split("+", 1)[-1].replace("-", "")
            if name in fallbacks:
                mapping = pdf.objects[int(font["ToUnicode"].split()[0])]
                letters = letters_of(fallbacks[name])
                mapping.stream = [_mapped(line, letters) for line in mapping.stream]


@lru_cache(maxsize=1)
def fallback_files() -> dict[str, Path]:
    """The fallback fonts by the name that WeasyPrint gives them, without its hyphens."""
    files = (path for path in PRINT_FONTS.glob("*.ttf") if path.name not in FONT_FILES)
    return {path.stem.replace("-", "").removesuffix("Regular"): path for path in files}


@lru_cache(maxsize=64)
def letters_of(path: Path) -> dict[int, tuple[str, ...]]:
    """What each glyph of the font file can stand for, by the glyph's number.

    It may be several: Arabic and Persian write the same shape in the middle of a word for letters of their own.
    """
    with TTFont(path) as font:
        known: dict[str, dict[str, None]] = {}
        for code, glyph in sorted(font.getBestCmap().items()):
            known.setdefault(glyph, {})[chr(code)] = None
        made = list(_substitutions(font))
        for _ in range(LONGEST_CHAIN):
            for parts, glyph in made:
                if len(parts) == 1:
                    known.setdefault(glyph, {}).update(known.get(parts[0], {}))
                elif glyph not in known and all(known.get(part) for part in parts):
                    known[glyph] = {"".join(next(iter(known[part])) for part in parts): None}
        return {font.getGlyphID(glyph): tuple(texts) for glyph, texts in known.items()}


def _substitutions(font: TTFont) -> Iterator[tuple[tuple[str, ...], str]]:
    """Which glyphs are replaced by which single one: forms within a word (type 1), ligatures (type 4)."""
    lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font else ()
    for lookup in lookups:
        for wrapped in lookup.SubTable:
            part = getattr(wrapped, "ExtSubTable", wrapped)
            if part.LookupType == 1:
                yield from (((old,), new) for old, new in part.mapping.items())
            elif part.LookupType == 4:
                for first, ligatures in part.ligatures.items():
                    yield from (((first, *each.Component), each.LigGlyph) for each in ligatures)


def _mapped(line: bytes, letters: dict[int, tuple[str, ...]]) -> bytes:
    """The line of a ToUnicode map, put right where the font contradicts it or it says nothing.

    Of ligatures the text knows best how they were written: several spellings lead to one glyph.
    """
    found = MAPPED.fullmatch(line)
    possible = letters.get(int(found[1], 16), ()) if found else ()
    if not found or not possible:
        return line
    said = bytes.fromhex(found[2].decode()).decode("utf-16-be")
    if said in possible or (said and len(possible[0]) > 1):
        return line
    return b"<%b> <%b>" % (found[1], possible[0].encode("utf-16-be").hex().encode())
