"""Reading a printed PDF back, with pypdf and pikepdf."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
from pypdf import PdfReader

from betterform.documents.printed import PrintedPdf


def pages_of(printed: PrintedPdf) -> list[str]:
    """The text of every page, in one line each."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(printed.data)).pages]


def open_pdf(printed: PrintedPdf) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(printed.data))


def structure(pdf: pikepdf.Pdf) -> list[Any]:
    """All elements of the structure tree, in reading order."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                walk(kid)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
            walk(node.get("/K"))

    walk(pdf.Root.StructTreeRoot.K)
    return found
