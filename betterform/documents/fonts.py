"""Where the fonts of the paper are: one TrueType file per weight, made at set-up."""

from __future__ import annotations

from pathlib import Path

PRINT_FONTS = Path(__file__).resolve().parents[1] / "static" / "vendor" / "fonts" / "print"

# Other families in the folder are drawn from where Inter has no glyph.
FONT_FILES = ("Inter-Regular.ttf", "Inter-Italic.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
