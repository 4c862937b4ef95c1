"""Names and texts in the scripts of the world: drawn right, in the right direction, and read out right."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from betterform.documents.characters import Typesetter, drawable
from betterform.documents.direction import directed
from betterform.documents.engine import write_pdf
from betterform.documents.figures import Figures
from betterform.documents.fonts import PRINT_FONTS
from betterform.documents.printed import PrintedPdf
from betterform.documents.rendering import render_screen
from betterform.paper import Paper
from tests.documents import papers
from tests.documents.papers import item, priced
from tests.documents.reading import open_pdf, pages_of, structure

REPOSITORY = Path(__file__).resolve().parents[2]

NAMES = {
    "Vazirmatn": "شركة النور",
    "Noto Sans Hebrew": "משאבת מים",
    "Noto Sans Armenian": "Պոմպ Հայաստան",
    "Noto Sans Georgian": "პომპა საქართველო",
    "Noto Sans Thai": "กรุงเทพมหานคร",
    "Noto Sans Devanagari": "पंप कमल",
}
FIGURES = (Decimal("-1234567.5"), Decimal("1234567.891"), Decimal("0.0088"))


@pytest.fixture(scope="module")
def worldly() -> PrintedPdf:
    return write_pdf(paper_of_all_scripts())


def paper_of_all_scripts() -> Paper:
    lines = tuple(item(name, "1", "10", description=name) for name in NAMES.values())
    return priced(replace(papers.blank(recipient=tuple(NAMES.values()), subject="عرض 14"), lines=lines))


@pytest.mark.parametrize("locale", ["fr_CH", "fr_FR", "de_CH", "de_DE", "it_CH", "it_IT", "en_GB", "en_US"])
@pytest.mark.parametrize("currency", ["CHF", "EUR", "GBP", "USD", "JPY", "KWD", "ILS", "INR", "THB"])
def test_every_figure_of_our_locales_can_be_printed(locale: str, currency: str) -> None:
    figures = Figures(locale, currency)
    written = [
        write(value)
        for value in FIGURES
        for write in (figures.amount, figures.money, figures.price, figures.quantity, figures.percent)
    ]
    written += [figures.date(date(2026, month, 23)) for month in range(1, 13)]
    typesetter = Typesetter(drawable(PRINT_FONTS.glob("*.ttf")))
    assert [typesetter.text(text) for text in written] == written
    assert typesetter.missing == ()


@pytest.mark.parametrize("locale", ["fr_CH", "fr_FR"])
def test_a_french_paper_groups_its_figures_with_narrow_spaces_and_loses_nothing(locale: str) -> None:
    paper = papers.quote(3, language="fr", locale=locale, currency="EUR")
    printed = write_pdf(replace(paper, total=Decimal("1234567.5")))
    assert printed.missing == ()
    text = "".join(pages_of(printed))
    assert not {"?", "\N{WHITE SQUARE}"} & set(text)
    assert re.search(r"1\s234\s567[,.]50", text)


@pytest.mark.parametrize("name", NAMES.values())
def test_a_name_in_another_script_is_printed_as_it_is(name: str) -> None:
    typesetter = Typesetter(drawable(PRINT_FONTS.glob("*.ttf")))
    assert typesetter.text(name) == name
    assert typesetter.missing == ()


def test_each_script_is_drawn_with_its_own_font_and_latin_with_inter(worldly: PrintedPdf) -> None:
    with open_pdf(worldly) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        families = {str(font.DescendantFonts[0].FontDescriptor.FontFamily) for font in fonts}
        assert families == {"Inter", *NAMES}
        assert {str(font.Encoding) for font in fonts} == {"/Identity-H"}
    assert worldly.missing == ()


def test_what_is_drawn_in_other_scripts_is_what_the_fonts_draw(worldly: PrintedPdf) -> None:
    """Letter by letter, where the font has one shape for it; Arabic letters have up to four."""
    originals = {
        path.stem.replace("-", "").removesuffix("Regular"): path for path in PRINT_FONTS.glob("*.ttf")
    }
    drawn: set[str] = set()
    with open_pdf(worldly) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            name = str(font.BaseFont).split("+")[1].replace("-", "")
            if name.startswith(("Inter", "Vazirmatn")):
                continue
            original = TTFont(originals[name])
            subset = TTFont(io.BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()))
            for glyph, text in re.findall(r"<([0-9a-f]{4})> <([0-9a-f]{4})>", mapping(font)):
                letter = chr(int(text, 16))
                if not letter.isspace() and ord(letter) in original.getBestCmap():
                    same = outline(original, original.getBestCmap()[ord(letter)])
                    assert outline(subset, subset.getGlyphName(int(glyph, 16))) == same, letter
                    drawn.add(letter)
    expected = set("".join(name for family, name in NAMES.items() if family != "Vazirmatn")) - {" "}
    assert drawn == expected


def test_arabic_letters_take_the_shape_that_their_place_in_the_word_asks_for(worldly: PrintedPdf) -> None:
    cmap = TTFont(PRINT_FONTS / "Vazirmatn-Regular.ttf").getBestCmap()
    with open_pdf(worldly) as pdf:
        [font] = [
            font for font in pdf.pages[0].Resources.Font.values() if str(font.BaseFont).endswith("+Vazirmatn")
        ]
        pairs = re.findall(r"<([0-9a-f]{4})> <([0-9a-f]+)>", mapping(font))
        order = TTFont(PRINT_FONTS / "Vazirmatn-Regular.ttf").getGlyphOrder()
        shapes = {bytes.fromhex(text).decode("utf-16-be"): order[int(glyph, 16)] for glyph, text in pairs}
    assert shapes["ش"] != cmap[ord("ش")]
    assert shapes["ر"] != cmap[ord("ر")] or shapes["ك"] != cmap[ord("ك")]


def test_every_glyph_says_which_letters_it_stands_for(worldly: PrintedPdf) -> None:
    with open_pdf(worldly) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                targets = [text for _, text in re.findall(r"<([0-9a-f]{4})> <([0-9a-f]*)>", mapping(font))]
                assert targets
                assert all(targets), font.BaseFont


def test_thai_and_hindi_are_read_out_letter_by_letter() -> None:
    lines = (item("น้ำ มหานคร", "1", "1"), item("क्षेत्र विवरण", "1", "1"))
    text = "".join(pages_of(write_pdf(priced(replace(papers.blank(), lines=lines)))))
    assert "มหานคร" in text
    assert "त्र" in text
    assert "ववरण" in text.replace("ि", "")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Müller & Söhne\n12 Main Street", "Müller & Söhne\n12 Main Street"),
        ("12 שדרות", '<span dir="rtl">12 שדרות</span>'),
        ("شركة\n12 <b>", '<span dir="rtl">شركة\n</span>12 &lt;b&gt;'),
        ("PX-200 مضخة", "PX-200 مضخة"),
    ],
)
def test_each_line_runs_the_way_of_its_first_letter(text: str, marked: str) -> None:
    assert str(directed(text)) == marked


def test_the_screen_marks_direction_as_print_does() -> None:
    html = render_screen(paper_of_all_scripts())
    assert '<p class="paper-item-name"><span dir="rtl">משאבת מים</span></p>' in html
    assert 'dir="rtl"' not in render_screen(papers.mixed_quote(8))


def test_words_run_right_to_left_and_the_digits_in_them_left_to_right() -> None:
    paper = priced(replace(papers.blank(), lines=(item("דגם PX-200 מחיר 1250", "1", "1"),)))
    printed = write_pdf(paper)
    content = visual(printed, "Hebrew")
    assert content.index("1250") < content.index("PX-200")


def visual(printed: PrintedPdf, script: str) -> str:
    """The text of the first page from left to right as drawn, by pdftotext's boxes of single words."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    run = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=printed.data, capture_output=True, check=True
    )
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)".*?>([^<]+)</word>', run.stdout.decode())
    [line] = {y for _, y, word in words if word == "1250"}
    return " ".join(
        word for _, y, word in sorted(words, key=lambda word: float(word[0])) if y[:3] == line[:3]
    )


def test_a_text_cannot_turn_round_what_stands_beside_it() -> None:
    typesetter = Typesetter(drawable(PRINT_FONTS.glob("*.ttf")))
    assert typesetter.text("a\u202eb\u2066c\ufeff") == "abc"
    assert typesetter.text("می\u200cخواهم \u200eA\u200f") == "می\u200cخواهم \u200eA\u200f"


def test_joiners_and_marks_leave_no_box() -> None:
    text = "می\u200cخواهم क्\u200dष \u200eA\u200f\u061c b"
    printed = write_pdf(priced(replace(papers.blank(recipient=(text,)), lines=(item(text, "1", "1"),))))
    assert printed.missing == ()


def test_pictures_and_east_asian_letters_are_named_and_do_no_harm() -> None:
    text = "👨‍👩‍👧 🇨🇭 東京 한국 日本 ☐"
    printed = write_pdf(priced(replace(papers.blank(subject=text), lines=(item(text, "1", "1"),))))
    assert set("👨👩👧🇨🇭東京한국日本☐") == set(printed.missing)


def test_other_scripts_keep_tags_archive_and_reading_order_valid(worldly: PrintedPdf, tmp_path: Path) -> None:
    with open_pdf(worldly) as pdf:
        tags = {str(element.S) for element in structure(pdf)}
        assert {"/H1", "/TH", "/TD", "/P", "/Span"} <= tags
        assert pdf.check_pdf_syntax() == []
    if shutil.which("qpdf"):
        file = tmp_path / "worldly.pdf"
        file.write_bytes(worldly.data)
        assert (
            subprocess.run(["qpdf", "--check", str(file)], capture_output=True, check=False).returncode == 0
        )


def test_other_scripts_give_the_same_bytes_in_any_process(worldly: PrintedPdf, tmp_path: Path) -> None:
    code = (
        "from tests.documents.test_scripts import paper_of_all_scripts as paper;"
        "from betterform.documents.engine import write_pdf; print(write_pdf(paper()).sha256)"
    )
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": str(REPOSITORY), "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == worldly.sha256


def mapping(font: object) -> str:
    return font.ToUnicode.read_bytes().decode()  # type: ignore[attr-defined]


def outline(font: TTFont, glyph: str) -> list[object]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return list(pen.value)
