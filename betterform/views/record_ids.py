"""Ids in addresses: a number that no database could hold leads to no page, instead of to an error."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class RecordId(IntegerConverter):
    """`<int:…>` of at most 18 digits, which every database takes."""

    regex = r"\d{1,18}"


def init_app(app: Flask) -> None:
    """To be called before the first blueprint is registered."""
    app.url_map.converters["int"] = RecordId
