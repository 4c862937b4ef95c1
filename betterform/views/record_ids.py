"""Ids in addresses: a number that no database could hold leads to no page, instead of to an error."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class RecordId(IntegerConverter):
    """`<int:…>` up to the largest id: PostgreSQL and MariaDB keep ids in 32 bits."""

    regex = r"\d{1,10}"

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **({"max": LARGEST_ID} | options))


def init_app(app: Flask) -> None:
    """To be called before the first blueprint is registered."""
    app.url_map.converters["int"] = RecordId
