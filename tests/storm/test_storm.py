"""A small storm. STORM_SEED=… repeats one; `make storm` has the large ones."""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.storm.run import Storm
from tests.storm.scale import SMALL


def test_after_a_small_storm_everything_is_right_without_anybodys_help(
    record_property: Callable[[str, object], None],
) -> None:
    outcome = Storm(int(os.environ.get("STORM_SEED", "1")), SMALL).run()
    record_property("storm", outcome.figures)
    assert not outcome.differences, str(outcome)
