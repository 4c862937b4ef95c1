"""What monday does not document, so that both answers can be tried."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Doubts:
    """Each begins with the answer that is harder for a careful client.

    `keeps_errors`: whether an answer with errors is repeated for its Idempotency-Key, like one without.
    `keys_on_uploads`: whether `/v2/file` takes notice of the key at all.
    """

    keeps_errors: bool = False
    keys_on_uploads: bool = False
