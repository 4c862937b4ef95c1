"""Which way a text runs: the lines of Arabic and Hebrew, marked for browsers and for the press.

WeasyPrint knows neither `dir="auto"` nor `unicode-bidi: plaintext`, so each line says its direction itself.
Figures and layout stay left to right.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

# Hebrew to Arabic Extended-A, their presentation forms, and the scripts of the higher planes.
RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def directed(text: str) -> str:
    """The text with a `<span dir="rtl">` around each line that begins right to left; others as they are.

    The end of such a line stands inside its span, so that the span may be shown as a block.
    """
    if not RIGHT_TO_LEFT.search(text):
        return text
    return Markup().join(
        Markup('<span dir="rtl">{}</span>').format(line) if runs_right_to_left(line) else escape(line)
        for line in text.splitlines(keepends=True)
    )


def runs_right_to_left(line: str) -> bool:
    """Whether the first letter with a direction runs right to left (rules P2 and P3 of UAX #9)."""
    directions = map(unicodedata.bidirectional, line)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)
