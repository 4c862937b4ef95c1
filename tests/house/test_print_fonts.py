"""The fonts of the paper: one file a weight that draws every character as its source does."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from tests.house.tree import ROOT
from tools.print_fonts import FALLBACKS, INTER, PRINT_FONTS, write_print_fonts
from tools.vendor import PACKAGES, VENDOR

PRINT = VENDOR / "fonts" / "print"

# What a quote in Switzerland, Poland, Greece, Ukraine or Vietnam is likely to need.
LIKELY = "→≥≤✓‰\u202fAZaz09 ÄÖÜäöüßéèàçÇœŒæÆøØåÅñŁłŻżŞğİΩαώЖжҐґїưƠặ–—’‘“”„«»…•·×−±½²³°§€£¥₣₺₫%№™©®@#&/\\()[]{}*+=<>"


def drawing(font: TTFont, character: int) -> tuple[int, list[tuple[str, object]]]:
    """How far the pen moves on for a character, and each of its strokes."""
    glyphs = font.getGlyphSet()
    name = font.getBestCmap()[character]
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    return glyphs[name].width, pen.value


@pytest.mark.parametrize("name", PRINT_FONTS)
def test_a_print_font_draws_every_character_as_its_source_does(name: str) -> None:
    font, source = TTFont(PRINT / name), TTFont(PACKAGES / PRINT_FONTS[name])
    characters = source.getBestCmap()
    assert font.getBestCmap() == characters
    different = [chr(each) for each in characters if drawing(font, each) != drawing(source, each)]
    assert different == []


@pytest.mark.parametrize("name", INTER)
def test_a_print_font_has_ink_for_the_characters_a_quote_is_likely_to_need(name: str) -> None:
    font = TTFont(PRINT / name)
    characters = font.getBestCmap()
    missing = [character for character in LIKELY if ord(character) not in characters]
    empty = [
        character for character in LIKELY if character not in missing and not drawing(font, ord(character))[1]
    ]
    assert missing == []
    assert empty == ["\u202f", " "]


@pytest.mark.parametrize(
    ("name", "weight"),
    [
        (name, {"Regular": 400, "Italic": 400, "SemiBold": 600, "Bold": 700}[name[:-4].split("-")[1]])
        for name in PRINT_FONTS
    ],
)
def test_a_print_font_is_a_plain_static_font_of_its_weight(name: str, weight: int) -> None:
    font = TTFont(PRINT / name)
    assert font.flavor is None
    assert "fvar" not in font
    assert font["OS/2"].usWeightClass == weight
    assert font["name"].getBestFamilyName() in {"Inter", *FALLBACKS}
    assert font["name"].getBestFamilyName().replace(" ", "") == name.split("-", maxsplit=1)[0]


@pytest.mark.parametrize("name", INTER)
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


def test_the_print_fonts_are_the_same_to_the_byte_whenever_they_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # fontTools would put this instant into the files if it were allowed to.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    write_print_fonts(PACKAGES, tmp_path)
    assert hashes(tmp_path) == hashes(PRINT)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.ttf")}


def test_the_style_sheet_of_print_names_every_family_with_inter_first() -> None:
    css = (ROOT / "betterform" / "static" / "css" / "print.css").read_text(encoding="utf-8")
    [families] = re.findall(r"\.print \.paper \{\s*font-family: ([^;]+);", css)
    named = [name.strip().strip('"') for name in families.split(",")]
    assert named[0] == "Inter"
    assert sorted(named[1:]) == sorted(FALLBACKS)


def test_each_family_comes_with_its_licence() -> None:
    families = {name.split("-")[0] for name in PRINT_FONTS}
    licences = {path.stem.removeprefix("LICENSE-"): path.read_text() for path in PRINT.glob("LICENSE-*.txt")}
    assert licences.keys() == families
    assert [name for name, text in licences.items() if "SIL OPEN FONT LICENSE" not in text] == []
