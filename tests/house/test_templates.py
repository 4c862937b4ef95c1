"""Pages load nothing from elsewhere and carry no code: what the Content-Security-Policy promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, line_of

TEMPLATES = ROOT / "betterform" / "templates"
STATIC = ROOT / "betterform" / "static"

# A style element is for what is printed, where no browser and no policy is, and for mail, where no style
# sheet is loaded. Attributes of style are for mail only.
PRINTED = "documents"
MAILED = "emails"

ADDRESS_ELSEWHERE = r"""["'(\s](?:https?:)?//(?!www\.w3\.org/)"""
LOADING = re.compile(
    rf"\b(?:src|srcset|poster|action|formaction|data|hx-(?:get|post|put|patch|delete))\s*={ADDRESS_ELSEWHERE}"
    rf"|<link\b[^>]*\bhref\s*={ADDRESS_ELSEWHERE}"
    rf"|<(?:use|image)\b[^>]*\bhref\s*={ADDRESS_ELSEWHERE}"
    r"|url\(\s*[\"']?(?:https?:)?//"
    r"|@import\s+(?:url\()?\s*[\"']?(?:https?:)?//",
    re.IGNORECASE,
)
# A script element is fine when it loads a file, or when it holds data that no browser runs.
INLINE_SCRIPT = re.compile(
    r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/(?:ld\+)?json[\"'])", re.IGNORECASE
)
HANDLER = re.compile(
    r"\son[a-z]+\s*=|\shx-on\b|\bjavascript:|\bhx-(?:vals|headers|vars)\s*=\s*[\"']js:", re.IGNORECASE
)
STYLE_ELEMENT = re.compile(r"<style\b", re.IGNORECASE)
STYLE_ATTRIBUTE = re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE)
REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)


def templates(*, but: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Each template with its text, remarks blanked; rooms named in `but` are left out."""
    for path in sorted(TEMPLATES.rglob("*")):
        where = path.relative_to(TEMPLATES)
        if path.suffix in {".html", ".svg", ".xml"} and where.parts[0] not in but:
            text = path.read_text(encoding="utf-8")
            yield (
                str(path.relative_to(ROOT)),
                REMARK.sub(lambda found: "\n" * found.group().count("\n"), text),
            )


def style_sheets() -> Iterator[tuple[str, str]]:
    for path in sorted(STATIC.rglob("*.css")):
        if not path.is_relative_to(STATIC / "vendor"):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def find(pattern: re.Pattern[str], texts: Iterator[tuple[str, str]]) -> list[str]:
    return [
        f"{path}:{line_of(text, found.start())}: {found.group().strip()}"
        for path, text in texts
        for found in pattern.finditer(text)
    ]


def test_templates_load_nothing_from_another_host() -> None:
    assert find(LOADING, templates()) == [], (
        "Ask for the asset in package.json and serve it from static/vendor/."
    )


def test_style_sheets_load_nothing_from_another_host() -> None:
    assert find(LOADING, style_sheets()) == []


def test_templates_contain_no_inline_script() -> None:
    assert find(INLINE_SCRIPT, templates()) == [], "Put it into a file in static/js/ and load that."


def test_templates_contain_no_inline_handlers() -> None:
    assert find(HANDLER, templates()) == [], "Listen for the event in a file in static/js/."


def test_templates_contain_no_inline_style() -> None:
    assert find(STYLE_ELEMENT, templates(but=(PRINTED, MAILED))) == [], "Put it into static/css/."
    assert find(STYLE_ATTRIBUTE, templates(but=(MAILED,))) == [], "Give it a class, and the class a rule."


@pytest.mark.parametrize(
    ("pattern", "bad"),
    [
        (LOADING, '<script src="https://cdn.example/x.js"></script>'),
        (LOADING, "<img src='//cdn.example/x.png'>"),
        (LOADING, '<link rel="stylesheet" href="https://fonts.example/css">'),
        (LOADING, "background: url(https://cdn.example/x.png)"),
        (LOADING, '@import "https://cdn.example/x.css";'),
        (INLINE_SCRIPT, "<script>alert(1)</script>"),
        (HANDLER, '<button onclick="go()">'),
        (HANDLER, '<button hx-on:click="go()">'),
        (HANDLER, '<a href="javascript:go()">'),
        (STYLE_ATTRIBUTE, '<p class="x" style="color: red">'),
    ],
)
def test_the_rules_see_what_they_are_for(pattern: re.Pattern[str], bad: str) -> None:
    assert pattern.search(bad)


@pytest.mark.parametrize(
    ("pattern", "good"),
    [
        (LOADING, '<a href="https://monday.com/">monday.com</a>'),
        (LOADING, '<img src="{{ url_for("static", filename="x.png") }}">'),
        (LOADING, '<svg xmlns="http://www.w3.org/2000/svg">'),
        (INLINE_SCRIPT, '<script src="/static/js/form.js" defer></script>'),
        (INLINE_SCRIPT, '<script type="application/json">{}</script>'),
        (HANDLER, '<p>Once = one</p><div data-on="x" hx-get="/x">'),
        (STYLE_ATTRIBUTE, '<p class="style-x">'),
    ],
)
def test_the_rules_leave_the_rest_alone(pattern: re.Pattern[str], good: str) -> None:
    assert not pattern.search(good)


def test_the_scanned_folders_are_where_the_scan_looks() -> None:
    assert any(Path(path).suffix == ".html" for path, _ in templates())
