"""Whom monday.com takes us for, and how many of the day's calls are used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, boards
from betterform.db import db
from betterform.errors import InvalidInput
from betterform.models.user import Role
from betterform.monday import connect
from betterform.monday.client import API_VERSION
from betterform.monday.errors import Refusal
from betterform.monday.patience import counted_anew
from betterform.views import access
from betterform.views.monday_setup.room import blueprint, office

MISSING = (
    "betterform has no monday.com token yet. Put one into MONDAY_API_TOKEN in the environment and restart "
    "the web server and the worker; it is never typed or shown here."
)
NEAR, FULL = 80, 100  # percent of the day's calls


def facts(session: Session) -> dict[str, Any]:
    """What the card of the account shows."""
    account, now = boards.account(session), clock.now()
    calls = boards.calls_on(session, now.date())
    limit = account.daily_limit if account is not None else None
    share = int(calls * 100 / Decimal(limit)) if limit else 0
    return {
        "account": account,
        "has_token": bool(current_app.config["MONDAY_API_TOKEN"]),
        "pinned": API_VERSION,
        "version_warning": _version_warning(account.version, account.version_kind) if account else "",
        "calls": calls.to_integral_value(),
        "call_limit": limit,
        "call_share": share,
        "calls_anew": counted_anew(now),
        "used_up_until": account_health.used_up_until(session, at=now),
        "call_level": "over" if share >= FULL else "near" if share >= NEAR else "fine",
    }


def _version_warning(version: str, kind: str) -> str:
    if not version or (version == API_VERSION and kind == "current"):
        return ""
    if version == API_VERSION:
        standing = kind.replace("_", " ")
        return f"monday.com calls version {version} “{standing}”, no longer its current one. Update betterform soon."
    return (
        f"betterform asks for version {API_VERSION}, and monday.com answers in {version}. Update betterform."
    )


@blueprint.post("/account")
@access.may(Role.ADMIN)
def ask_account() -> ResponseReturnValue:
    """Ask monday whose token it is; what it says is kept."""
    if not current_app.config["MONDAY_API_TOKEN"]:
        flash(MISSING, "danger")
        return redirect(url_for("monday_setup.index"))
    try:
        with office().client() as client:
            identity, waited = connect.refresh(client)
    except (Refusal, InvalidInput) as refusal:
        shut_out = isinstance(refusal, Refusal) and refusal.whole_account
        if not (shut_out and account_health.problem_of(db.session())):  # else the card says what to do
            flash(refusal.message, "danger")
    else:
        more = f" {_things(waited)} that waited for it now." if waited else ""
        flash(
            f"monday.com answers: you are {identity.user_name} in {identity.account_name}.{more}", "success"
        )
    return redirect(url_for("monday_setup.index"))


def _things(count: int) -> str:
    return "One thing goes on" if count == 1 else f"{count} things go on"
