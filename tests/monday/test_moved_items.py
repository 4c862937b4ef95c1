"""Items that people moved to another board keep their ids: nothing of ours is left there as if it were delivered."""

from __future__ import annotations

import pytest

from betterform.jobs import deliveries
from betterform.models.delivery import DeliveryState, Target
from betterform.models.quote import Quote
from tests.monday.conftest import Connected, issue


@pytest.mark.parametrize("same_columns", [True, False], ids=["to a copy of the board", "to any other board"])
def test_a_pdf_of_a_moved_deal_is_given_up_and_the_quote_says_so(
    connected: Connected, same_columns: bool
) -> None:
    deal = connected.world.create_item("DEALS", "Ten microscopes", {})
    connected.work()
    away = connected.world.create_board("SOMEWHERE ELSE")
    if same_columns:
        away.columns.extend(connected.world.board("DEALS").columns)
    issue(connected, deal.id)
    deal.board_id = away.id
    while deliveries.deliver():
        pass
    connected.session.rollback()
    by_target = {delivery.target: delivery for delivery in connected.deliveries()}
    pdf = by_target[Target.DEAL_PDF.value]
    assert pdf.state == DeliveryState.GIVEN_UP
    assert connected.session.query(Quote).filter_by(mid=deal.id).one().item_problem
