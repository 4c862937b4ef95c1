"""The notice on every page of the office while monday.com does not let us in."""

from __future__ import annotations

from flask import request

from betterform.actions import boards
from betterform.db import db
from betterform.models.monday_account import MondayAccount
from betterform.views.admin.blueprint import blueprint

# The page that the notice leads to says all of it, and what to do.
SAYS_IT_ALL = "monday_setup.index"


@blueprint.app_template_global()
def shut_out() -> MondayAccount | None:
    """The account, while it has a problem that an admin has to put right. One row by its key."""
    if request.endpoint == SAYS_IT_ALL:
        return None
    account = boards.account(db.session())
    return account if account is not None and account.problem else None
