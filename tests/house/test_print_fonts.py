"""The fonts of the paper: one file a weight that draws every character as its source does."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from tools.print_fonts import PRINT_FONTS, SUBSETS, merge_subsets, subset_file
from tools.vendor import PACKAGES, VENDOR

INTER = PACKAGES / "@fontsource" / "inter"
PRINT = VENDOR / "fonts" / "print"

# What a quote in Switzerland, Poland, Greece, Ukraine or Vietnam is likely to need.
LIKELY = "AZaz09 ÄÖÜäöüßéèàçÇœŒæÆøØåÅñŁłŻżŞğİΩαώЖжҐґїưƠặ–—’‘“”„«»…•·×−±½²³°§€£¥₣₺₫%№™©®@#&/\\()[]{}*+=<>"


@cache
def subsets(cut: str) -> tuple[TTFont, ...]:
    return tuple(TTFont(subset_file(INTER, subset, cut)) for subset in SUBSETS)


def drawing(font: TTFont, character: int) -> tuple[int, list[tuple[str, object]]]:
    """How far the pen moves on for a character, and each of its strokes."""
    glyphs = font.getGlyphSet()
    name = font.getBestCmap()[character]
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    return glyphs[name].width, pen.value


def sources_of(cut: str) -> dict[int, TTFont]:
    """Each character's font: the first subset that holds it."""
    found: dict[int, TTFont] = {}
    for font in subsets(cut):
        for character in font.getBestCmap():
            found.setdefault(character, font)
    return found


@pytest.mark.parametrize("name", PRINT_FONTS)
def test_a_print_font_draws_every_character_as_its_subset_does(name: str) -> None:
    merged = TTFont(PRINT / name)
    sources = sources_of(PRINT_FONTS[name])
    assert merged.getBestCmap().keys() == sources.keys()
    different = [
        chr(character)
        for character, font in sources.items()
        if drawing(merged, character) != drawing(font, character)
    ]
    assert different == []


@pytest.mark.parametrize("name", PRINT_FONTS)
def test_a_print_font_has_ink_for_the_characters_a_quote_is_likely_to_need(name: str) -> None:
    font = TTFont(PRINT / name)
    characters = font.getBestCmap()
    missing = [character for character in LIKELY if ord(character) not in characters]
    empty = [
        character for character in LIKELY if character not in missing and not drawing(font, ord(character))[1]
    ]
    assert missing == []
    assert empty == [" "]


@pytest.mark.parametrize(
    ("name", "weight"), [("Inter-Regular.ttf", 400), ("Inter-SemiBold.ttf", 600), ("Inter-Bold.ttf", 700)]
)
def test_a_print_font_is_a_plain_static_font_of_its_weight(name: str, weight: int) -> None:
    font = TTFont(PRINT / name)
    assert font.flavor is None
    assert "fvar" not in font
    assert font["OS/2"].usWeightClass == weight
    assert font["name"].getBestFamilyName().startswith("Inter")


@pytest.mark.parametrize("name", PRINT_FONTS)
def test_figures_can_be_set_in_columns(name: str) -> None:
    font = TTFont(PRINT / name)
    tabular = substitutions(font, script="latn", feature="tnum")
    digits = [font.getBestCmap()[ord(digit)] for digit in "0123456789"]
    glyphs = font.getGlyphSet()
    assert len({glyphs[tabular.get(digit, digit)].width for digit in digits}) == 1
    assert len({glyphs[digit].width for digit in digits}) > 1


def substitutions(font: TTFont, *, script: str, feature: str) -> dict[str, str]:
    """Which glyph a feature puts in the place of which, one for one, in a script's default language."""
    table = font["GSUB"].table
    language = {record.ScriptTag: record.Script.DefaultLangSys for record in table.ScriptList.ScriptRecord}[
        script
    ]
    chosen = [table.FeatureList.FeatureRecord[index] for index in language.FeatureIndex]
    lookups = {
        index for record in chosen if record.FeatureTag == feature for index in record.Feature.LookupListIndex
    }
    return {
        old: new
        for index in sorted(lookups)
        for part in table.LookupList.Lookup[index].SubTable
        for old, new in getattr(part, "ExtSubTable", part).mapping.items()
    }


def test_a_print_font_is_the_same_to_the_byte_whenever_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # fontTools would put this instant into the file if it were allowed to.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    cut = PRINT_FONTS["Inter-Regular.ttf"]
    again = tmp_path / "again.ttf"
    merge_subsets([subset_file(INTER, subset, cut) for subset in SUBSETS], again)
    first = hashlib.sha256((PRINT / "Inter-Regular.ttf").read_bytes()).hexdigest()
    assert hashlib.sha256(again.read_bytes()).hexdigest() == first
