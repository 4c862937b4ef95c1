"""We tell monday: a claimed delivery becomes what the record is now, written to its item.

The record is read here and not when the delivery was wanted, so the latest truth is pushed.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, delivery_claims
from betterform.actions.delivery_claims import LANES, Claim
from betterform.db import db, transaction
from betterform.errors import PrintingError
from betterform.models.delivery import Target
from betterform.monday import catalogue_out, days_calls, deals_out, pdf_out
from betterform.monday.answers import USED_UP
from betterform.monday.courier import ClaimLost, Courier
from betterform.monday.errors import (
    FixData,
    FixSettings,
    Gone,
    OurMistake,
    Refusal,
    TryAgain,
    WaitUntilTomorrow,
)
from betterform.monday.office import Office
from betterform.monday.patience import MOST_FAILURES, after_midnight, next_attempt

log = logging.getLogger(__name__)

FAILED = "betterform failed on it; the log says why."

# Each returns what the delivery keeps: {"item", "columns", "reason", ...}.
DELIVERIES: Mapping[Target, Callable[[Courier], dict[str, Any]]] = {
    Target.DEAL: deals_out.deliver,
    Target.DEAL_PDF: pdf_out.deliver,
    Target.CONTACT: catalogue_out.deliver_contact,
    Target.PRODUCT: catalogue_out.deliver_product,
}


def deliver_next(office: Office) -> bool:
    """Deliver what has waited longest on any board nobody is writing to. False when nothing is due.

    Nothing is, either, while monday does not let us in.
    """
    if not delivery_claims.is_due(db.session(), at=clock.now()) or account_health.problem_of(db.session()):
        return False
    claim = _claim(office)
    if claim is None:
        return False
    if days_calls.are_used_up(
        lambda session, until: delivery_claims.hold(
            session, claim, reason=USED_UP, may_have_happened=False, until=until
        )
    ):
        return True
    log.info("delivery %s: %s of %s %s", claim.delivery_id, claim.target, claim.record_type, claim.record_id)
    courier = Courier(office, claim)
    try:
        with courier.client:
            result = _deliver(courier)
    except ClaimLost:
        log.warning("delivery %s: the claim ran out, somebody else goes on", claim.delivery_id)
        courier.remember("claim lost")
    except Refusal as refusal:
        log.warning("delivery %s: %s", claim.delivery_id, refusal.message)
        _settle(courier, refusal)
    except Exception:
        log.exception("delivery %s failed", claim.delivery_id)
        _settle(courier, TryAgain(FAILED, may_have_happened=True, may_be_data=True))
    else:
        courier.remember("delivered" if courier.calls else "nothing to do")
        with transaction() as session:
            delivery_claims.finish(
                session, courier.claim, at=clock.now(), reason=result.pop("reason", ""), result=result
            )
    return True


def _claim(office: Office) -> Claim | None:
    lanes = list(LANES)
    random.shuffle(lanes)  # so that workers do not all ask for the same board first
    for lane in lanes:
        with transaction() as session:
            claim = delivery_claims.claim_due(session, lane, at=clock.now(), lease=office.lease)
        if claim is not None:
            return claim
    return None


def _deliver(courier: Courier) -> dict[str, Any]:
    deliver = DELIVERIES.get(courier.claim.target)
    if deliver is None:
        raise FixSettings("This version of the program does not deliver that yet.")
    try:
        return deliver(courier)
    except PrintingError as error:
        raise FixData(f"The PDF could not be printed: {error.message}") from error


def _settle(courier: Courier, refusal: Refusal) -> None:
    """What happens next, by the kind of refusal."""
    courier.remember(refusal.outcome, refusal=refusal)
    with transaction() as session:
        _settle_in(session, courier, refusal, at=clock.now())


def _settle_in(session: Session, courier: Courier, refusal: Refusal, *, at: datetime) -> None:
    claim, patience = courier.claim, courier.office.patience
    written = courier.may_have_written
    is_failure = isinstance(refusal, TryAgain) and refusal.may_be_data
    told = {"code": refusal.code, "request_id": refusal.request_id}
    if refusal.whole_account and account_health.note_problem(session, refusal.message, at=at):
        delivery_claims.hold(session, claim, reason=refusal.message, may_have_happened=written)
    elif isinstance(refusal, WaitUntilTomorrow):
        until = account_health.note_used_up(session, until=after_midnight(at), at=at)
        delivery_claims.postpone(
            session, claim, until=until, reason=refusal.message, may_have_happened=written
        )
    elif isinstance(refusal, TryAgain) and not (is_failure and claim.failures + 1 >= MOST_FAILURES):
        delivery_claims.postpone(
            session,
            claim,
            until=next_attempt(refusal, attempts=claim.attempts, at=at, patience=patience),
            reason=refusal.message,
            may_have_happened=written or refusal.may_have_happened,
            failed=is_failure,
        )
    elif isinstance(refusal, Gone) and refusal.code not in ("column", "board"):
        if claim.record_type == "quote" and not delivery_claims.is_wanted_anew(session, claim):
            deals_out.note_gone(session, claim.record_id, at=at)
        delivery_claims.close(session, claim, at=at, reason="The item is no longer on the board.")
    else:
        columns = refusal.columns if isinstance(refusal, FixData) else {}
        delivery_claims.park(
            session,
            claim,
            at=at,
            reason=_advice(refusal),
            result={**told, "problems": columns},
            may_have_happened=written,
        )


def _advice(refusal: Refusal) -> str:
    """The reason with what a person can do about it."""
    if isinstance(refusal, FixSettings):
        return f"{refusal.message} An admin has to look at the settings, then retry."
    if isinstance(refusal, OurMistake):
        return f"{refusal.message} This is a fault of the program; please report it with the attempt below."
    if isinstance(refusal, TryAgain):
        return f"{refusal.message} It kept doing so; check the values and the board, then retry."
    if isinstance(refusal, FixData) and refusal.columns:
        return f"{refusal.message} ({'; '.join(f'{column}: {said}' for column, said in refusal.columns.items())})"
    return refusal.message
