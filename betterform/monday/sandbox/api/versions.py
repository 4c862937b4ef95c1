"""Which API versions there are, and which one a header gets."""

from __future__ import annotations

import re

from betterform.monday.sandbox.errors import ApiError

VERSIONS = {
    "2026-04": "deprecated",
    "2026-07": "maintenance",
    "2026-10": "current",
    "2027-01": "release_candidate",
    "dev": "dev",
}
CURRENT = "2026-10"
MAINTENANCE = "2026-07"


def served_version(asked: str | None) -> str:
    """The version that answers: an old one is served as maintenance, an unknown one as current, without a word.

    Raises ApiError for what is no version at all.
    """
    if asked is None:
        return CURRENT
    if not re.fullmatch(r"\d{4}-\d\d|dev", asked):
        raise ApiError("The API version is not valid", "InvalidVersionException", status_code=400)
    kind = VERSIONS.get(asked)
    if kind == "deprecated" or (kind is None and asked < MAINTENANCE):
        return MAINTENANCE
    return asked if kind else CURRENT


def version_as_json(name: str) -> dict[str, str]:
    kind = VERSIONS[name]
    return {"value": name, "kind": kind, "display_name": f"{name} ({kind.replace('_', ' ')})"}
