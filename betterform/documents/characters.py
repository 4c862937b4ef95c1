"""Which characters the bundled fonts can draw, and what is printed for those that they cannot.

A character without a glyph would be printed as an empty box, would break PDF/A and, with fonts of the
machine at hand, would look different on every machine. So the text is made printable beforehand and
the characters that were lost are handed back, for the person who issues the paper to see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

PLACEHOLDERS = "\N{REPLACEMENT CHARACTER}\N{WHITE SQUARE}\N{LOZENGE}?"
KEPT_CONTROLS = "\n"
# Persian and Hindi words need the joiners, mixed lines the direction marks; no font needs to have them.
INVISIBLE = frozenset(
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
)
# These could show another order than was written, even in the lines that follow.
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# Decompositions that read the same; <super> or <circle> would change the meaning.
READABLE = (
    "<compat>", "<wide>", "<narrow>", "<noBreak>", "<square>", "<font>",
    "<initial>", "<medial>", "<final>", "<isolated>",
)  # fmt: skip
LIKE = {
    "\t": " ",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{HYPHEN}": "-",
    "\N{NARROW NO-BREAK SPACE}": "\xa0",
    "\N{HEAVY CHECK MARK}": "\N{CHECK MARK}",
    "\N{HEAVY BALLOT X}": "\N{BALLOT X}",
}
# Data, not text: these are not printed as they stand.
NOT_TEXT = frozenset({"kind", "language", "locale", "currency", "logo", "discount_kind", "category"})


def drawable(fonts: Iterable[Path]) -> frozenset[str]:
    """The characters that every weight of a family has, for all families of the font files together."""
    families: dict[str, set[int]] = {}
    for path in fonts:
        with TTFont(path, lazy=True) as font:
            name = font["name"].getBestFamilyName() or path.stem
            characters = set(font.getBestCmap())
        families[name] = families[name] & characters if name in families else characters
    found = frozenset(chr(code) for characters in families.values() for code in characters)
    # Some fonts map NUL and CR, which are nothing to print.
    return frozenset(character for character in found if unicodedata.category(character) != "Cc")


class Typesetter:
    """Makes texts printable with a set of characters and remembers those that got lost."""

    def __init__(self, available: frozenset[str]) -> None:
        self._available = available
        self._placeholder = next(mark for mark in PLACEHOLDERS if mark in available or mark == "?")
        self._lost: dict[str, None] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """The characters that could not be printed, each once, in the order of their code."""
        return tuple(sorted(self._lost))

    def paper(self, value: Any) -> Any:
        """The same paper, or part of one, with every text in it made printable."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(self.paper(part) for part in value)
        if isinstance(value, dict):
            return {self.text(key): self.paper(part) for key, part in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            texts = (field.name for field in fields(value) if field.name not in NOT_TEXT)
            return replace(value, **{name: self.paper(getattr(value, name)) for name in texts})
        return value

    def markup(self, html: str) -> str:
        """The finished HTML with printable figures, dates and labels. Never composes: that could eat a ">"."""
        return BEYOND_ASCII.sub(lambda found: self._printable(found[0]), html)

    def text(self, text: str) -> str:
        """The text in composed form, with line ends as "\\n" and a placeholder for what has no glyph."""
        if text.isascii() and text.isprintable():
            return text
        composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        return "".join(self._printable(character) for character in composed)

    def _printable(self, character: str) -> str:
        if character in OVERRIDES:
            return ""
        if character in self._available or character in INVISIBLE or character in KEPT_CONTROLS:
            return character
        if LIKE.get(character, "") in self._available:
            return LIKE[character]
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs") or "VARIATION SELECTOR" in unicodedata.name(character, ""):
            return ""
        if category == "Zs":
            return " "
        if category in ("Zl", "Zp"):
            return "\n"
        alike = _readable_form(character)
        if alike and all(part in self._available for part in alike):
            return alike
        self._lost[character] = None
        return self._placeholder


def _readable_form(character: str) -> str:
    """The character in plainer ones that read the same ("ﬁ" as "fi"), or nothing."""
    decomposition = unicodedata.decomposition(character)
    if not decomposition.startswith(READABLE):
        return ""
    return unicodedata.normalize("NFKC", character)
