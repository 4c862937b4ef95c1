"""The states of a quote, and the table of moves between them."""

from __future__ import annotations

from datetime import date

import pytest

from betterform.errors import WrongState
from betterform.models.quote import MOVES, Quote, QuoteState
from tests.quotes import NOW

ALLOWED = {
    ("draft", "sent"),
    ("draft", "cancelled"),
    ("sent", "accepted"),
    ("sent", "declined"),
    ("sent", "expired"),
    ("sent", "cancelled"),
    ("sent", "replaced"),
    ("sent", "invoiced"),
    ("expired", "accepted"),
    ("expired", "replaced"),
    ("expired", "cancelled"),
    ("accepted", "invoiced"),
    ("accepted", "cancelled"),
    ("declined", "replaced"),
}


@pytest.mark.parametrize("to", list(QuoteState))
@pytest.mark.parametrize("start", list(QuoteState))
def test_only_the_moves_in_the_table_are_allowed(start: QuoteState, to: QuoteState) -> None:
    quote = Quote(state=start.value)
    if (start.value, to.value) in ALLOWED:
        quote.become(to, at=NOW)
        assert (quote.state, quote.state_at) == (to.value, NOW)
    else:
        with pytest.raises(WrongState, match=f"A quote that is {start.value} cannot become {to.value}"):
            quote.become(to, at=NOW)
        assert quote.state == start.value


def test_the_table_names_every_state() -> None:
    assert set(MOVES) == set(QuoteState)


@pytest.mark.parametrize("state", [state for state in QuoteState if state != QuoteState.DRAFT])
def test_only_a_draft_can_be_edited(state: QuoteState) -> None:
    with pytest.raises(WrongState, match="what was issued cannot be changed"):
        Quote(state=state.value, number="Q-1").ensure_draft()


def test_a_quote_is_valid_until_the_end_of_its_last_day() -> None:
    quote = Quote(state="sent", date=date(2026, 1, 31), validity_days=30)
    assert quote.expiry == date(2026, 3, 2)
    assert not quote.is_expired(on=date(2026, 3, 2))
    assert quote.is_expired(on=date(2026, 3, 3))


def test_an_answer_outlives_the_expiry() -> None:
    assert not Quote(state="accepted", date=date(2020, 1, 1), validity_days=1).is_expired(on=date(2026, 1, 1))
