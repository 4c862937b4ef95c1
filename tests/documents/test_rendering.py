from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import tinycss2
from jinja2 import UndefinedError

from betterform.documents.rendering import paper_environment, render_print, render_screen
from betterform.paper import PaperTax
from tests.documents import papers
from tests.documents.papers import D, item, priced

CSS = Path(__file__).resolve().parents[2] / "betterform" / "static" / "css"


def text_of(html: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def body(html: str) -> str:
    """The sheet without what only one medium has: the foot, and the level of headings."""
    sheet = html[html.index('<div class="paper-sheet"') : html.index("</article>")]
    sheet = re.sub(r'<div class="paper-foot">.*?</div>', "", sheet, flags=re.DOTALL)
    return re.sub(r"\s+", "", re.sub(r"</?h\d", "<h", sheet))


def test_screen_and_print_have_the_same_body() -> None:
    paper = papers.mixed_quote(9)
    assert body(render_screen(paper)) == body(render_print(paper))


def test_text_is_text_wherever_it_stands() -> None:
    evil = "<script>alert('x')</script>\"'&{{ 7*7 }}"
    paper = priced(
        replace(
            papers.blank(recipient=(evil,), subject=evil, notes=evil, terms=evil, deal_type=evil, prepared_by=evil,
                         prepared_by_email=evil + "@" + evil, number=evil, extras={evil: evil}, purchase_order=evil),
            lines=(item(evil, "1", "1", description=evil, unit=evil, catalogue_number=evil, position=evil),),
            sender=replace(papers.SENDER, name=evil, address=(evil,), footer=evil, logo_alt=evil, bank=(evil,)),
        )
    )  # fmt: skip
    for html in (render_screen(paper), render_print(paper)):
        assert "<script" not in html
        assert "49" not in text_of(html)
        assert html.count("&lt;script&gt;") >= 15


def test_the_fragment_needs_no_inline_style_or_script() -> None:
    html = render_screen(papers.mixed_quote(5))
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|\sid=", html)


def test_a_logo_is_shown_only_when_it_travels_with_the_paper() -> None:
    paper = papers.quote(1, sender=replace(papers.SENDER, logo="https://elsewhere.example/logo.png"))
    assert "elsewhere" not in render_screen(paper)


def test_columns_appear_only_when_a_line_needs_them() -> None:
    plain, mixed = render_screen(papers.quote(3)), render_screen(papers.mixed_quote(3))
    assert "paper-discount" not in plain
    assert "paper-tax" not in plain
    assert "paper-discount" in mixed
    assert "paper-tax" in mixed


def test_every_row_spans_the_whole_table() -> None:
    for paper in (papers.quote(3), papers.mixed_quote(9)):
        table = render_screen(paper).split("</table>")[0]
        widths = {
            sum(int(span or 1) for span in re.findall(r'<t[hd] [^>]*?(?:colspan="(\d+)")?>', row))
            for row in table.split("<tr")[1:]
        }
        assert len(widths) == 1


def test_figures_are_written_as_the_locale_writes_them() -> None:
    paper = papers.quote(1, locale="de_CH", language="de")
    large = priced(replace(paper, lines=(item("Anlage", "2.5", "1234.5"),)))
    shown = text_of(render_screen(large))
    assert "2.5" in shown
    assert "3’086.25" in shown
    assert "23. November 2026" in shown


def test_a_currency_without_decimals_and_one_with_three_are_written_right() -> None:
    yen = priced(replace(papers.blank(currency="JPY"), lines=(item("A", "3", "1500"),)))
    dinar = priced(replace(papers.blank(currency="KWD"), lines=(item("A", "3", "1.5"),)))
    assert "4,500 " in text_of(render_screen(yen))
    assert "4.500 " in text_of(render_screen(dinar))


def test_a_price_finer_than_the_currency_keeps_its_decimals() -> None:
    paper = priced(replace(papers.blank(), lines=(item("Label", "10000", "0.0088"),)))
    assert "0.0088" in text_of(render_screen(paper))


def test_included_tax_stands_below_the_total_and_is_not_added() -> None:
    paper = priced(replace(papers.blank(), lines=(item("A", "1", "108.10", inclusive=True),)))
    shown = text_of(render_screen(paper))
    assert shown.index("Total CHF") < shown.index("of which VAT 8.1% on 100.00")


def test_cash_rounding_is_a_line_of_its_own_before_the_amount_payable() -> None:
    paper = priced(replace(papers.blank(), lines=(item("A", "1", "10"),)), step="0.05")
    shown = text_of(render_screen(paper))
    assert re.search(r"Total CHF.10\.81 Rounding −0\.01 Amount payable CHF.10\.80", shown)


def test_the_wording_the_law_wants_is_printed_once() -> None:
    reverse = PaperTax(
        "Reverse charge", Decimal(0), "AE", False, D("10"), D("0"), exemption="Reverse charge applies."
    )
    paper = replace(papers.quote(1), taxes=(reverse, reverse))
    shown = text_of(render_screen(paper))
    assert shown.count("Reverse charge applies.") == 1
    assert "Reverse charge 0% on 10.00" in shown


def test_a_draft_says_so_in_words_and_in_the_watermark() -> None:
    html = render_screen(replace(papers.quote(1, language="fr", locale="fr_FR"), draft=True, number=""))
    assert 'data-watermark="BROUILLON"' in html
    assert "Devis Brouillon" in text_of(html)
    assert "BROUILLON" not in render_screen(papers.quote(1, language="fr"))


def test_a_half_filled_draft_is_shown() -> None:
    line = replace(
        item("", "1", "1"), quantity=None, unit_price=None, net=None, gross=None, discount_amount=None
    )
    paper = replace(papers.blank(recipient=(), subject="", expiry=None, number=""), lines=(line,), draft=True)
    assert "Quote" in render_screen(paper)
    assert "paper-lines" not in render_screen(replace(paper, lines=()))


def test_the_title_takes_the_level_its_page_gives_it() -> None:
    assert "<h1" in render_screen(papers.quote(1), heading_level=1)
    assert re.findall(r"<h(\d)", render_screen(papers.quote(1))) == ["2", "3", "3"]


def test_an_unknown_locale_does_not_stop_the_paper() -> None:
    assert "23 novembre 2026" in render_screen(papers.quote(1, locale="xx_YY", language="fr"))


def test_a_misspelt_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        paper_environment().from_string("{{ papper }}").render()


def test_every_rule_of_the_sheet_stands_below_paper() -> None:
    sheet = "".join((CSS / f"document-{part}.css").read_text() for part in ("sheet", "lines", "screen"))
    assert [
        selector for selector in selectors(sheet) if selector.split()[0] not in (".paper", ".paper-draft")
    ] == []


def selectors(css: str) -> list[str]:
    """Every selector of a style sheet, also inside @media and @container."""
    found: list[str] = []
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            found += [part.strip() for part in tinycss2.serialize(rule.prelude).split(",")]
        elif rule.type == "at-rule" and rule.content:
            found += selectors(tinycss2.serialize(rule.content))
    return found
