from __future__ import annotations

from betterform.documents.characters import Typesetter, drawable
from betterform.documents.fonts import FONT_FILES, PRINT_FONTS
from tests.documents import papers

LATIN = frozenset(map(chr, range(0x20, 0x17F))) | {"Ω"}


def test_characters_without_a_glyph_are_replaced_and_reported_once() -> None:
    typesetter = Typesetter(LATIN)
    assert typesetter.text("Łódź 🎉🎉 東") == "Łódź ?? ?"
    assert typesetter.missing == ("東", "🎉")


def test_what_reads_the_same_is_printed_instead_and_not_reported() -> None:
    typesetter = Typesetter(LATIN)
    assert typesetter.text("e\u0301 ﬁx ＡＢＣ 5\u202f% \u2126") == "é fix ABC 5\xa0% Ω"
    assert typesetter.missing == ()


def test_a_raised_digit_is_not_quietly_lowered() -> None:
    typesetter = Typesetter(LATIN)
    assert typesetter.text("10⁵") == "10?"
    assert typesetter.missing == ("⁵",)


def test_control_characters_and_lone_surrogates_vanish_and_line_ends_stay() -> None:
    assert Typesetter(LATIN).text("a\x00b\x1b\u202e\ud800c\r\nd\re\tf") == "abc\nd\ne f"


def test_markup_is_never_composed_with_the_text_beside_it() -> None:
    assert Typesetter(LATIN).markup("<p>\u0338x</p>").startswith("<p>")


def test_every_text_of_a_paper_is_set_but_never_its_codes_and_figures() -> None:
    paper = papers.mixed_quote(8)
    assert Typesetter(drawable(PRINT_FONTS / name for name in FONT_FILES)).paper(paper) == paper


def test_the_bundled_fonts_draw_the_scripts_of_european_names() -> None:
    available = drawable(PRINT_FONTS / name for name in FONT_FILES)
    assert set("ÄßéŁőřşœŒ’“„–…€£×−·ΑλЖяŐếğ\xa0") <= available


def test_a_narrow_space_is_kept_where_the_font_has_one() -> None:
    assert Typesetter(LATIN | {"\u202f"}).text("1\u202f234,50") == "1\u202f234,50"


def test_arabic_in_presentation_forms_is_printed_with_the_letters_they_stand_for() -> None:
    typesetter = Typesetter(LATIN | set("لام"))
    assert typesetter.text("\ufefb\ufee1") == "لام"
    assert typesetter.missing == ()


def test_a_check_mark_of_another_weight_will_do() -> None:
    assert Typesetter(LATIN | {"✓"}).text("✔ included") == "✓ included"
    assert Typesetter(LATIN).text("✔") == "?"


def test_nothing_that_the_fonts_map_is_a_control_character() -> None:
    assert {"\x00", "\r"} & drawable(PRINT_FONTS.glob("*.ttf")) == set()
