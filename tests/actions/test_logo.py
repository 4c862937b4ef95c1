"""Logos: what the paper can carry, and nothing that runs or fetches."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from betterform.actions.logo import LARGEST_FILE, prepare_logo
from betterform.errors import InvalidInput

HEAD = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10">'
)


def svg(inside: str) -> bytes:
    return HEAD + inside.encode() + b"</svg>"


def refusal(upload: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        prepare_logo(upload)
    return refused.value.fields["logo"]


def test_a_drawing_is_kept_as_a_drawing() -> None:
    drawing, media_type = prepare_logo(
        svg('<defs><linearGradient id="g"/></defs><path fill="url(#g)" d="M0 0h9v9z"/><use xlink:href="#g"/>')
    )
    assert media_type == "image/svg+xml"
    assert b'<path fill="url(#g)" d="M0 0h9v9z"' in drawing


def test_an_editors_remarks_are_left_out() -> None:
    drawing, _ = prepare_logo(
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:ink="http://www.inkscape.org/x" ink:version="1">'
        b'<!-- note --><metadata><x/></metadata><ink:view onload="x"/><path d="M0 0" ink:label="a"/></svg>'
    )
    for remark in (b"note", b"metadata", b"ink", b"onload"):
        assert remark not in drawing


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path onclick="alert(1)"/>',
        '<path ONLOAD="alert(1)"/>',
        '<a href="https://evil.example"><path/></a>',
        '<image href="https://evil.example/x.png"/>',
        '<image href="data:image/png;base64,AA"/>',
        '<use href="https://evil.example/x.svg#a"/>',
        '<use xlink:href="//evil.example/x.svg#a"/>',
        '<use xlink:href="javascript:alert(1)"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<animate attributeName="href"/>',
        '<set attributeName="onload"/>',
        "<style>@import url(https://evil.example)</style>",
        "<style>path{fill:url(https://evil.example)}</style>",
        "<style>path{fill:u\\72l(https://evil.example)}</style>",
        '<path style="fill:url(  https://evil.example)"/>',
        '<path fill="url(https://evil.example#a)"/>',
        "<path filter=\"URL('//evil.example')\"/>",
    ],
)
def test_whatever_could_run_or_fetch_is_refused(inside: str) -> None:
    assert refusal(svg(inside))


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"<svg",
        b"<html></html>",
        b"<svg></svg>",
        b"\xff\xfe<svg",
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD + b"&a;</svg>",
        HEAD + b"&undefined;</svg>",
        b"plain text",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
        b"GIF89a" + b"\x00" * 50,
        b"x" * (LARGEST_FILE + 1),
        HEAD + b"<g>" * 60_000,
    ],
)
def test_what_is_no_picture_is_refused_in_words(upload: bytes) -> None:
    assert refusal(upload)


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    written = io.BytesIO()
    Image.new("1", (9000, 9000)).save(written, "PNG")
    assert "too many pixels" in refusal(written.getvalue())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_plain_colour_on_white(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (40, 1000)).save(written, "PNG")
    picture, media_type = prepare_logo(written.getvalue())
    assert media_type == "image/png"
    with Image.open(io.BytesIO(picture)) as kept:
        assert (kept.mode, kept.size) == ("RGB", (32, 800))
