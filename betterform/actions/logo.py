"""A logo as the paper wants it: small, flat, and free of anything that runs or fetches.

Done once at upload, because every PDF and every page of a customer carries the picture afterwards.
"""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

from PIL import Image, UnidentifiedImageError

from betterform.errors import InvalidInput

WIDEST = 800  # pixels: 68 mm at 300 dpi
HIGHEST = 800
MOST_PIXELS = 40_000_000
LARGEST_FILE = 3 * 1024 * 1024  # bytes
LARGEST_SVG = 200 * 1024  # bytes
# A few are drawn in no time; uses of uses would grow without end.
MOST_USES = 8

PNG = "image/png"
SVG = "image/svg+xml"

SVG_SPACE = "http://www.w3.org/2000/svg"
LINK_SPACE = "http://www.w3.org/1999/xlink"
DRAWING = frozenset(
    {"svg", "g", "defs", "symbol", "use", "title", "desc", "style", "clipPath", "mask", "pattern", "marker"}
    | {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"}
    | {"linearGradient", "radialGradient", "stop"}
)
REFERENCE = re.compile(r"url\(\s*(?![\"']?#)", re.IGNORECASE)


def prepare_logo(upload: bytes) -> tuple[bytes, str]:
    """The picture to keep and its media type, PNG or SVG. Raises InvalidInput naming `logo`."""
    if not upload:
        raise _refused("Choose a picture.")
    if len(upload) > LARGEST_FILE:
        raise _refused("The picture may have at most 3 MB.")
    if upload.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _checked_svg(upload), SVG
    return _flat_png(upload), PNG


def _flat_png(upload: bytes) -> bytes:
    """On white, since paper is, and no wider than print can show."""
    try:
        with Image.open(io.BytesIO(upload), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _refused("The picture has too many pixels.")
            picture.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
            pixels = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _refused("This is not a PNG, JPEG or SVG picture that can be read.") from error
    flat = Image.new("RGB", pixels.size, "white")
    flat.paste(pixels, mask=pixels.getchannel("A"))
    written = io.BytesIO()
    flat.save(written, "PNG", optimize=True)
    return written.getvalue()


def _checked_svg(upload: bytes) -> bytes:
    """The drawing written anew, without what editors leave in it. Whatever could run or fetch is refused."""
    if len(upload) > LARGEST_SVG:
        raise _refused("An SVG may have at most 200 kB.")
    if "<!" in _decoded(upload).replace("<!--", "").replace("<![CDATA[", ""):
        raise _refused("The SVG has a document type or entities; save it as a plain SVG.")
    try:
        # Entities are refused above, and expat limits what they could grow to.
        root = ElementTree.fromstring(upload)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise _refused("The SVG cannot be read.") from error
    if root.tag != f"{{{SVG_SPACE}}}svg":
        raise _refused("This is not an SVG.")
    _clean(root)
    if sum(1 for _ in root.iter(f"{{{SVG_SPACE}}}use")) > MOST_USES:
        raise _refused("The SVG repeats parts too often; save it without <use>.")
    ElementTree.register_namespace("", SVG_SPACE)
    ElementTree.register_namespace("xlink", LINK_SPACE)
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + bytes(ElementTree.tostring(root, encoding="utf-8"))


def _decoded(upload: bytes) -> str:
    """The SVG's text. Only UTF-8 is read, so that nothing hides in another encoding."""
    try:
        return upload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("The SVG is not in UTF-8; save it as a plain SVG.") from error


def _clean(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        space, _, plain = name.rpartition("}")
        if space and space.lstrip("{") != LINK_SPACE and plain != "space":
            del element.attrib[name]  # an editor's own remarks
        elif plain.lower().startswith("on"):
            raise _refused("The SVG contains a script.")
        elif plain == "href" and not value.strip().startswith("#"):
            raise _refused("The SVG refers to something outside itself.")
        else:
            _check_style(value)
    for child in list(element):
        space, _, plain = str(child.tag).rpartition("}")
        if space.lstrip("{") != SVG_SPACE or plain == "metadata":
            element.remove(child)
        elif plain not in DRAWING:
            raise _refused(f"The SVG contains <{plain[:30]}>, which a logo must not.")
        else:
            _check_style(child.text or "")
            _clean(child)


def _check_style(text: str) -> None:
    if REFERENCE.search(text) or "@import" in text.lower() or "\\" in text:
        raise _refused("The SVG refers to something outside itself.")


def _refused(why: str) -> InvalidInput:
    return InvalidInput(fields={"logo": why})
