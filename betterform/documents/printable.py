"""What of a paper could not be printed, known without printing it."""

from __future__ import annotations

from functools import lru_cache

from betterform.documents.characters import Typesetter, drawable
from betterform.documents.fonts import PRINT_FONTS
from betterform.paper import Paper


def unprintable(paper: Paper) -> tuple[str, ...]:
    """The characters for which no bundled font has a glyph, each once, in the order of their code."""
    typesetter = Typesetter(_available())
    typesetter.paper(paper)
    return typesetter.missing


@lru_cache(maxsize=1)
def _available() -> frozenset[str]:
    return drawable(sorted(PRINT_FONTS.glob("*.ttf")))
