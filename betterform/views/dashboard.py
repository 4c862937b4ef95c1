"""The first page: what needs somebody today."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from betterform import clock
from betterform.actions.company import get_company
from betterform.actions.overview import overview
from betterform.db import db
from betterform.models.quote import QuoteState
from betterform.models.user import Role
from betterform.views import access

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@access.may(Role.VIEWER)
def index() -> ResponseReturnValue:
    """What waits, what expires, what failed, and the latest quotes."""
    company = get_company(db.session())
    today = clock.today(company.time_zone)
    return render_template(
        "dashboard/index.html",
        company=company,
        today=today,
        overview=overview(db.session(), today=today),
        QuoteState=QuoteState,
    )
