"""What comes out of the press."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintedPdf:
    """A finished PDF. `missing` are the characters of the paper that no bundled font could draw."""

    data: bytes
    sha256: str  # of data, as 64 hexadecimal digits
    pages: int
    missing: tuple[str, ...] = ()
