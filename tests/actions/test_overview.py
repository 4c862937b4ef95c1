"""The dashboard's figures are exact, whatever they add up to."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from betterform.actions.overview import StateTotal, overview
from betterform.db import transaction
from betterform.models.quote import Quote
from tests.databases import everywhere
from tests.quotes import TODAY


@everywhere
def test_a_dozen_of_the_largest_quotes_add_up(session: Session) -> None:
    large = Decimal("970000000000.000001")
    with transaction():
        session.add_all(Quote(currency="CHF", date=TODAY, total=large) for _ in range(12))
        session.add_all(
            Quote(currency="EUR", date=TODAY, total=amount) for amount in (None, Decimal("-0.25"))
        )
        session.add(Quote(currency="USD", date=TODAY, total=None))
    assert overview(session, today=TODAY).totals == [
        StateTotal("draft", "CHF", 12, Decimal("11640000000000.000012")),
        StateTotal("draft", "EUR", 2, Decimal("-0.25")),
        StateTotal("draft", "USD", 1, Decimal(0)),
    ]
