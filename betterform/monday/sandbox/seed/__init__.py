"""What an account starts with."""

from __future__ import annotations

from betterform.monday.sandbox.seed.account import sow_demo, sow_empty

SEEDS = {"demo": sow_demo, "empty": sow_empty}
