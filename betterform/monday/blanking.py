"""Blanks what must not be kept or shown: keys to documents, the secret of our own door, tokens."""

from __future__ import annotations

import re
from typing import Any

SHORTEST_SECRET = 6  # characters: blanking anything shorter would blank ordinary words

# Keys in addresses, also where the address stands in JSON within a text or in a query; JSON Web Tokens,
# such as monday's own.
_SECRETS = re.compile(
    r"((?:\\?/|%2[Ff])(?:d|monday(?:\\?/|%2[Ff])webhook)(?:\\?/|%2[Ff]))[A-Za-z0-9_\-~.]{8,}"
)
_TOKENS = re.compile(r"\beyJ[A-Za-z0-9_\-]{5,}\.[A-Za-z0-9_\-]{5,}\.[A-Za-z0-9_\-]*")


def blanked(value: Any, *secrets: str) -> Any:
    """`value` with secrets replaced by …, in every text of a JSON structure; `secrets` are known ones."""
    if isinstance(value, str):
        text = _TOKENS.sub("…", _SECRETS.sub(r"\1…", value))
        for secret in secrets:
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, "…")
        return text
    if isinstance(value, dict):
        return {blanked(key, *secrets): blanked(entry, *secrets) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [blanked(entry, *secrets) for entry in value]
    return value
