"""Paper to PDF. Light to import: WeasyPrint is loaded by the processes that print, not by this one."""

from __future__ import annotations

from ctypes import CDLL

from betterform.documents.fonts import FONT_FILES, PRINT_FONTS
from betterform.documents.pool import PdfPool
from betterform.documents.printed import PrintedPdf
from betterform.paper import Paper

HARFBUZZ_SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib")
PANGO = ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib")

_pool = PdfPool()


def configure(*, processes: int = 1, seconds: float = 60) -> None:
    """Say how many processes print and how long one document may take. Ends the processes there were."""
    global _pool
    _pool.close()
    _pool = PdfPool(processes=processes, seconds=seconds)


def warm_up() -> None:
    """Start a printing process in the background, so that the first document does not wait for it."""
    _pool.warm_up()


def print_pdf(paper: Paper) -> PrintedPdf:
    """The paper as PDF/A-3a and PDF/UA-1, byte for byte the same for the same paper.

    PrintingError, with a sentence for the person who asked, where it cannot be made or takes too long.
    """
    return _pool.print_pdf(paper)


def close() -> None:
    """End the printing processes. The next document starts new ones."""
    _pool.close()


def check_engine() -> list[str]:
    """What is missing on this machine for printing, in plain language; empty where all is well."""
    problems = []
    missing = [name for name in FONT_FILES if not (PRINT_FONTS / name).is_file()]
    if missing:
        problems.append(f"The fonts of the paper are missing ({', '.join(missing)}): run `make setup`.")
    if not _is_installed(PANGO):
        problems.append(
            "Pango, which sets the text of PDFs, is missing: install libpango-1.0-0 and libpangoft2-1.0-0."
        )
    if not _is_installed(HARFBUZZ_SUBSET):
        problems.append("PDFs are made several times slower than they could be: install libharfbuzz-subset0.")
    return problems


def _is_installed(names: tuple[str, ...]) -> bool:
    for name in names:
        try:
            CDLL(name)
        except OSError:
            continue
        return True
    return False
