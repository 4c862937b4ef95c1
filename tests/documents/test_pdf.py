"""What is in the PDF: read back with pypdf and pikepdf."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from betterform.documents.engine import write_pdf
from betterform.documents.fonts import PRINT_FONTS
from betterform.documents.pdf import check_engine
from betterform.documents.printed import PrintedPdf
from tests.documents import papers
from tests.documents.papers import item, priced
from tests.documents.reading import open_pdf, pages_of, structure

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def mixed() -> PrintedPdf:
    return write_pdf(papers.mixed_quote(30))


def test_the_machine_has_what_printing_needs() -> None:
    assert check_engine() == []


def test_the_total_on_paper_is_the_total_of_the_record() -> None:
    paper = papers.mixed_quote(12)
    assert f"Amount payable CHF {paper.payable:,}" in " ".join(pages_of(write_pdf(paper))).replace(
        "\xa0", " "
    )


def test_the_hash_is_that_of_the_file(mixed: PrintedPdf) -> None:
    assert mixed.sha256 == hashlib.sha256(mixed.data).hexdigest()


def test_every_page_says_which_of_how_many_it_is(mixed: PrintedPdf) -> None:
    pages = pages_of(mixed)
    assert mixed.pages == len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text


def test_following_pages_repeat_number_and_table_head(mixed: PrintedPdf) -> None:
    catalogue_numbers = {line.catalogue_number for line in papers.mixed_quote(60).lines} - {""}
    following = pages_of(mixed)[1:]
    with_lines = [text for text in following if any(number in text for number in catalogue_numbers)]
    assert len(with_lines) >= 2
    assert all("Quote Q-2026-0014" in text for text in following)
    assert all("Unit price" in text for text in with_lines)


@pytest.mark.parametrize("lines", range(6, 20))
def test_the_totals_are_never_torn_from_the_last_line(lines: int) -> None:
    last = item("The very last line", "1", "1", position="99")
    paper = priced(replace(papers.blank(), lines=(*papers.product_lines(lines), last)))
    [page] = [text for text in pages_of(write_pdf(paper)) if "Subtotal" in text]
    assert "The very last line" in page
    assert "Total CHF" in page.replace("\xa0", " ")


def test_a_row_is_never_split_over_two_pages() -> None:
    text = "first part\n" + "middle\n" * 8 + "final part"
    lines = tuple(item(f"Item {n}", "1", "1", description=f"{n}{text}{n}") for n in range(10, 40))
    for page in pages_of(write_pdf(priced(replace(papers.blank(), lines=lines)))):
        for number in re.findall(r"(\d\d)first part", page):
            assert f"final part{number}" in page


def test_a_description_longer_than_a_page_flows_on_under_the_table_head() -> None:
    words = " ".join(f"word{n}" for n in range(1500))
    printed = write_pdf(priced(replace(papers.blank(), lines=(item("Long", "1", "1", description=words),))))
    pages = pages_of(printed)
    assert re.findall(r"word\d+", " ".join(pages)) == words.split()
    assert all("Unit price" in text for text in pages)


def test_a_draft_bears_its_watermark_on_every_page() -> None:
    pages = pages_of(
        write_pdf(replace(papers.mixed_quote(30, language="de", locale="de_DE"), draft=True, number=""))
    )
    assert all("ENTWURF" in text for text in pages)


def test_the_watermark_is_no_part_of_what_is_read_aloud() -> None:
    tags = []
    for is_draft in (True, False):
        with open_pdf(write_pdf(replace(papers.quote(2), draft=is_draft))) as pdf:
            tags.append([str(element.S) for element in structure(pdf)])
    assert tags[0] == tags[1]


def test_title_author_language_and_dates_come_from_the_paper(mixed: PrintedPdf) -> None:
    with open_pdf(mixed) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert str(pdf.docinfo.Title) == "Quote Q-2026-0014, Condition monitoring, pump hall north"
        assert str(pdf.docinfo.Author) == "Alpenwerk Messtechnik AG"
        assert str(pdf.docinfo.CreationDate) == "D:20261123"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_it_claims_to_be_archivable_and_accessible_in_one_set_of_metadata(mixed: PrintedPdf) -> None:
    with open_pdf(mixed) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert xmp.count("<rdf:RDF") == 1
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"
        assert "pdfaExtension:schemas" in xmp
        assert str(pdf.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert bool(pdf.Root.MarkInfo.Marked)


def test_the_structure_begins_with_the_title_and_names_the_head_of_every_cell(mixed: PrintedPdf) -> None:
    with open_pdf(mixed) as pdf:
        elements = structure(pdf)
        headings = [str(element.S) for element in elements if re.fullmatch(r"/H\d", str(element.S))]
        assert headings == ["/H1", "/H2", "/H2"]
        heads = [element for element in elements if element.S == "/TH"]
        assert {str(head.A.Scope) for head in heads} == {"/Column", "/Row"}
        assert all("/ID" in head for head in heads)
        assert [str(element.Alt) for element in elements if element.S == "/Figure"] == ["Alpenwerk"]
        cells = [element for element in elements if element.S == "/TD" and "/ColSpan" not in element.A]
        assert all(len(cell.A.Headers) >= 1 for cell in cells)


def test_all_fonts_are_ours_and_embedded(mixed: PrintedPdf) -> None:
    with open_pdf(mixed) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
        assert all("/FontFile2" in descriptor for descriptor in descriptors)
        assert {str(descriptor.FontFamily) for descriptor in descriptors} == {"Inter"}


def test_the_drawn_shapes_are_those_of_the_letters() -> None:
    """Text that is extracted right may still be drawn wrong, as with fonts split by unicode-range."""
    names = "Łukasiewicz Çağlar Ωμέγα Жуков Nguyễn"
    printed = write_pdf(priced(replace(papers.blank(recipient=(names,)), lines=(item(names, "1", "1"),))))
    originals = {path.stem.split("-")[1]: TTFont(path) for path in PRINT_FONTS.glob("Inter-*.ttf")}
    checked = set()
    with open_pdf(printed) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            style = str(font.BaseFont).split("+")[1].removeprefix("/").replace("-", "").removeprefix("Inter")
            original = originals[style or "Regular"]
            subset = TTFont(io.BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()))
            cmap = font.ToUnicode.read_bytes().decode()
            for glyph, text in re.findall(r"<([0-9a-f]{4})> <([0-9a-f]{4})>", cmap):
                letter = chr(int(text, 16))
                if letter in names and not letter.isspace():
                    drawn = outline(subset, subset.getGlyphName(int(glyph, 16)))
                    assert drawn == outline(original, original.getBestCmap()[ord(letter)]), letter
                    checked.add(letter)
    assert checked == set(names) - {" "}


def outline(font: TTFont, glyph: str) -> list[Any]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return list(pen.value)


def test_characters_that_no_font_has_are_named_and_do_not_spoil_the_archive() -> None:
    printed = write_pdf(papers.quote(1, recipient=("Müller 🎉 東京 שלום",), locale="en_GB"))
    assert printed.missing == ("京", "東", "🎉")
    assert b".notdef" not in printed.data
    assert "Müller \N{WHITE SQUARE}" in pages_of(printed)[0]
    with open_pdf(printed) as pdf:
        encodings = {str(font.Encoding) for font in pdf.pages[0].Resources.Font.values()}
        assert encodings == {"/Identity-H"}


def test_an_unspeakable_text_prints_all_the_same() -> None:
    text = "\x00\x1b\ud800\ufffe\u202e</td>\u0338]]>&#0;%PDF" + "x" * 3000
    paper = replace(papers.blank(recipient=(text,), subject=text, number=text), lines=(item(text, "1", "1"),))
    assert write_pdf(priced(paper)).data.startswith(b"%PDF-1.7")


def test_a_paper_without_anything_prints() -> None:
    paper = replace(papers.blank(recipient=(), subject="", number="", notes="", terms=""), draft=True)
    assert write_pdf(paper).pages == 1


def test_what_was_printed_before_leaves_no_trace() -> None:
    first = write_pdf(papers.mixed_quote(7))
    write_pdf(replace(papers.quote(40, language="fr", locale="fr_CH"), draft=True))
    assert write_pdf(papers.mixed_quote(7)) == first


def test_the_same_paper_gives_the_same_bytes_in_any_process_and_anywhere(tmp_path: Path) -> None:
    code = (
        "from tests.documents import papers; from betterform.documents.engine import write_pdf;"
        "write_pdf(papers.quote(2)); print(write_pdf(papers.mixed_quote(12)).sha256)"
    )
    hashes = {write_pdf(papers.mixed_quote(12)).sha256}
    for seed, zone in (("0", "UTC"), ("1", "Pacific/Auckland"), ("2", "America/Los_Angeles")):
        environment = {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "PYTHONPATH": str(REPOSITORY),
            "HOME": str(tmp_path),
        }
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        hashes.add(run.stdout.strip())
    assert len(hashes) == 1


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_no_damage(mixed: PrintedPdf, tmp_path: Path) -> None:
    file = tmp_path / "quote.pdf"
    file.write_bytes(mixed.data)
    run = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
