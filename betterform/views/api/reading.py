"""Reading JSON bodies: every value checked, every problem named by its place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from betterform.errors import InvalidInput

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6}0*)?", re.ASCII)
REQUIRED = object()


def json_object() -> dict[str, Any]:
    """The body, a JSON object, its numbers exact. 415 for another type, 400 for broken JSON."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    try:
        body = json.loads(request.get_data(), parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class Reader:
    """Takes values out of one JSON object and collects what is wrong with them."""

    def __init__(self, values: Mapping[str, Any], problems: dict[str, str], place: str = "") -> None:
        self.values, self.problems, self.place = values, problems, place
        self.known: set[str] = set()

    def number(self, name: str, default: Any = REQUIRED, *, nullable: bool = False) -> Any:
        """A Decimal, from a decimal string or a JSON number; None where null is allowed."""
        value = self._value(name, default)
        if value is None and nullable:
            return None
        text = str(value) if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else ""
        if not _NUMBER.fullmatch(text):
            self._problem(name, "must be a decimal number: at most 12 digits before and 6 after the point")
            return Decimal(0)
        return Decimal(text)

    def boolean(self, name: str, default: bool | None) -> bool | None:
        """true or false."""
        value = self._value(name, default)
        if value is not default and not isinstance(value, bool):
            self._problem(name, "must be true or false")
            return default
        return bool(value) if value is not None else None

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of the allowed words."""
        value = self._value(name, default)
        if value not in allowed:
            self._problem(name, f"must be one of {', '.join(allowed)}")
            return default
        return str(value)

    def text(self, name: str, default: Any = REQUIRED, *, longest: int = 200) -> str:
        """A string."""
        value = self._value(name, default)
        if not isinstance(value, str) or len(value) > longest:
            self._problem(name, f"must be a text of at most {longest} characters")
            return ""
        return value

    def has(self, name: str) -> bool:
        """Whether the caller said anything about `name`."""
        return name in self.values

    def finish(self) -> None:
        """Name every field that nobody asked for."""
        for name in self.values:
            if name not in self.known:
                self._problem(str(name)[:50], "is not a field of this request")

    def _value(self, name: str, default: Any) -> Any:
        self.known.add(name)
        value = self.values.get(name, default)
        if value is REQUIRED:
            self._problem(name, "is missing")
            return None
        return value

    def _problem(self, name: str, message: str) -> None:
        self.problems.setdefault(f"{self.place}{name}", message)


def raise_problems(problems: dict[str, str]) -> None:
    """Raises InvalidInput when there are any."""
    if problems:
        raise InvalidInput("Some fields do not fit.", problems)
