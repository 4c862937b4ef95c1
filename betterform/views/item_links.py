"""Addresses of items on monday.com."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app


def item_address(board_id: str | None, item_id: str) -> str:
    """The page of an item on monday.com (or on the stand-in), "" where board or item is not known."""
    if not board_id or not item_id:
        return ""
    api = urlsplit(current_app.config["MONDAY_API_URL"])
    host = api.netloc.removeprefix("api.")
    return f"{api.scheme}://{host}/boards/{board_id}/pulses/{item_id}"
