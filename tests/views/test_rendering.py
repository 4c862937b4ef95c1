"""Pages and pieces, and how figures and dates are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from jinja2 import DictLoader

from betterform.views import rendering

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def app(app: Flask) -> Flask:
    app.jinja_env.loader = DictLoader({"page.html": "whole {{ fact }}", "_piece.html": "piece {{ fact }}"})
    return app


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "whole 7"),
        (PARTIAL, "piece 7"),
        ({"HX-Request": "true"}, "whole 7"),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, "whole 7"),
        ({"HX-Request-Type": "partial"}, "whole 7"),
        ({**PARTIAL, "HX-History-Restore-Request": "true"}, "whole 7"),
    ],
)
def test_a_piece_is_for_htmx_that_replaces_a_part(app: Flask, headers: dict[str, str], expected: str) -> None:
    with app.test_request_context(headers=headers):
        answer = rendering.page_or_fragment("page.html", "_piece.html", status=422, fact=7)
    assert answer.get_data(as_text=True) == expected
    assert answer.status_code == 422
    assert set(answer.vary) == {"HX-Request", "HX-Request-Type"}


def test_an_asset_that_is_not_there_still_has_an_address(app: Flask) -> None:
    with app.test_request_context():
        assert rendering.asset_url("css/none.css") == "/static/css/none.css"


def test_figures_and_dates_are_written_for_people() -> None:
    assert rendering.money_filter(Decimal("1234.5"), "CHF", "de_CH").replace("\xa0", " ") == "CHF 1’234.50"
    assert rendering.money_filter(None, "CHF") == ""
    assert rendering.percent_filter(Decimal("8.10")) == "8.1%"
    assert rendering.date_filter(date(2026, 3, 9)) == "9 Mar 2026"
    assert (
        rendering.moment_filter(datetime(2026, 3, 9, 23, 30, tzinfo=UTC), "Europe/Zurich")
        == "10 Mar 2026, 00:30"
    )


def test_lines_of_text_stay_lines_and_markup_stays_text() -> None:
    assert rendering.paragraphs_filter("<b>one\ntwo") == "&lt;b&gt;one<br>two"
