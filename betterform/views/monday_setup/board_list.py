"""The account's boards, kept for a minute: whoever types into the search asks monday once."""

from __future__ import annotations

import time

from flask import current_app

from betterform.monday import board_setup
from betterform.monday.board_setup import ListedBoard
from betterform.views.monday_setup.room import office

KEPT_SECONDS = 60.0
NAME = "betterform.boards of the account"


def boards_of_account(*, fresh: bool = False) -> list[ListedBoard]:
    """All boards, most recently used first. Raises Refusal."""
    kept: tuple[float, list[ListedBoard]] | None = current_app.extensions.get(NAME)
    if kept is not None and not fresh and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    with office().client() as client:
        found = board_setup.listed(client)
    current_app.extensions[NAME] = (time.monotonic(), found)
    return found
