"""One attempt at one delivery: keeps the claim alive, the calls, and the keys under which writes are repeated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from betterform import clock
from betterform.actions import boards, delivery_claims
from betterform.actions.delivery_claims import Claim
from betterform.db import transaction
from betterform.monday.blanking import blanked
from betterform.monday.client import Client, Exchange
from betterform.monday.errors import Refusal
from betterform.monday.office import Office


class ClaimLost(Exception):
    """The claim ran out and somebody else may be delivering: stop at once."""


class Courier:
    """Carries one claimed delivery to monday. Use as a context manager; `client` makes the calls."""

    def __init__(self, office: Office, claim: Claim) -> None:
        self.office = office
        self.claim = claim
        self._calls: list[Exchange] = []
        self.client: Client = office.client(notice=self._calls.append, before_call=self.keep_claim)

    def keep_claim(self, seconds: float) -> None:
        """Hold the claim for what may take so long. Raises ClaimLost when it is no longer ours."""
        with transaction() as session:
            until = clock.now() + self.office.lease_for(seconds)
            kept = delivery_claims.extend(session, self.claim, until=until)
        if kept is None:
            raise ClaimLost
        self.claim = kept

    def note_made_as(self, values: Mapping[str, str]) -> None:
        """Keep by what an item that is about to be made can be found again. Raises ClaimLost."""
        with transaction() as session:
            if not delivery_claims.note_made_as(session, self.claim, values):
                raise ClaimLost

    def key_for(self, operation: str, content: Any = None) -> str:
        """The Idempotency-Key of one operation of this delivery: the same on every attempt.

        What is written is part of the key, since monday answers a known key without writing; making
        an item is not, since it must happen once whatever its values are by then.
        """
        parts = [self.claim.idempotency_key, operation]
        if content is not None:
            parts += [str(self.claim.wanted), json.dumps(content, sort_keys=True)]
        return hashlib.sha256(":".join(parts).encode()).hexdigest()

    def remember(self, outcome: str, *, refusal: Refusal | None = None) -> None:
        """Keep the attempt with its calls, and count them. To be called once, at the end."""
        last = self._calls[-1] if self._calls else None
        now = clock.now()
        with transaction() as session:
            cost = sum((call.cost for call in self._calls), start=Decimal(0))
            if cost:
                boards.count_calls(session, day=now.date(), calls=cost)
            delivery_claims.remember_attempt(
                session,
                self.claim,
                at=now,
                outcome=outcome,
                sent={"calls": [{"operation": call.operation, **blanked(call.sent)} for call in self._calls]},
                received={
                    "answers": [{"status": call.status, **blanked(call.received)} for call in self._calls],
                    **({"problem": refusal.message, "code": refusal.code} if refusal is not None else {}),
                },
                request_id=last.request_id if last is not None else "",
                milliseconds=sum(call.milliseconds for call in self._calls),
            )

    @property
    def may_have_written(self) -> bool:
        """Whether this attempt left something on the board, or may have: then the next one looks first.

        It does not matter how the attempt ended: a PDF may be there although the look at it was refused.
        """
        return any(call.may_have_written for call in self._calls)

    @property
    def calls(self) -> int:
        return len(self._calls)
