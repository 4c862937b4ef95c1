"""The press itself: one process, one thread, fonts and stylesheets loaded once.

Import this only where paper is printed; importing it loads WeasyPrint, which takes most of a second.
WeasyPrint is not safe to use from several threads: `betterform.documents.pool` gives it a process.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

# Before WeasyPrint, whose fontconfig reads it: no font of the machine may find its way into a document.
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))

from weasyprint import CSS, HTML
from weasyprint.images import SVGImage
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration

from betterform.documents.archive import VARIANT, Metadata, StandardColours, finish
from betterform.documents.assets import ClosedFetcher
from betterform.documents.characters import Typesetter, drawable
from betterform.documents.fonts import PRINT_FONTS
from betterform.documents.printed import PrintedPdf
from betterform.documents.rendering import render_print
from betterform.errors import PrintingError
from betterform.paper import Paper

STYLESHEETS = ("asset:css/document-sheet.css", "asset:css/document-lines.css", "asset:css/print.css")
MOST_IMAGES_KEPT = 8
NO_GLYPH = re.compile(r'unsupported by fonts: "(.*)" \(U\+', re.DOTALL)


class Engine:
    """WeasyPrint with everything loaded that documents share."""

    def __init__(self) -> None:
        self._fetcher = ClosedFetcher()
        self._fonts = FontConfiguration()
        self._stylesheets = [
            CSS(url=url, url_fetcher=self._fetcher, font_config=self._fonts) for url in STYLESHEETS
        ]
        self._available = drawable(sorted(PRINT_FONTS.glob("*.ttf")))
        self._colours = {"srgb": StandardColours()}
        self._images: dict[str, Any] = {}

    def write_pdf(self, paper: Paper) -> PrintedPdf:
        """Print the paper. PrintingError where WeasyPrint gives up."""
        typesetter = Typesetter(self._available)
        html = typesetter.markup(render_print(typesetter.paper(paper)))
        data, pages, lost = self.write_html(html)
        missing = tuple(sorted({*typesetter.missing, *lost}))
        return PrintedPdf(data, hashlib.sha256(data).hexdigest(), pages, missing)

    def write_html(self, html: str) -> tuple[bytes, int, tuple[str, ...]]:
        """Print a whole document: the PDF, its number of pages, the characters without a glyph."""
        options = {
            "pdf_variant": VARIANT,
            "stylesheets": self._stylesheets,
            "cache": self._images,
            "output_intent": "",  # Set on the document, see archive.StandardColours.
        }
        with missing_glyphs() as missing:
            try:
                source = HTML(string=html, base_url="asset:", url_fetcher=self._fetcher)
                document = source.render(font_config=self._fonts, **options)
                document.metadata = Metadata.of(document.metadata)
                document.color_profiles, document.output_intent = self._colours, "srgb"
                data = document.write_pdf(finisher=finish, **options)
            except Exception as error:
                raise PrintingError("The PDF could not be made.") from error
        self._forget_images()
        return data, len(document.pages), tuple(missing)

    def _forget_images(self) -> None:
        """Keep raster logos, which are slow to decode. An SVG would keep its whole first document alive."""
        if len(self._images) > MOST_IMAGES_KEPT:
            self._images.clear()
        for url in [url for url, image in self._images.items() if isinstance(image, SVGImage)]:
            del self._images[url]


@contextmanager
def missing_glyphs() -> Iterator[list[str]]:
    """Collect the characters that WeasyPrint says it could not draw."""
    missing: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if found := NO_GLYPH.search(record.getMessage()):
                missing.append(found[1])

    collector = Collector()
    LOGGER.addHandler(collector)
    try:
        yield missing
    finally:
        LOGGER.removeHandler(collector)


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine of this process, loaded at its first use."""
    return Engine()


def write_pdf(paper: Paper) -> PrintedPdf:
    """Print the paper in this process, which must not do so in two threads at once."""
    return engine().write_pdf(paper)
