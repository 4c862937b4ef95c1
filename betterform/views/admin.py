"""Behind the counter, for admins: who may sign in, what came from monday.com, what is on its way there."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from betterform import clock
from betterform.actions import second_tries, users
from betterform.actions.company import get_company
from betterform.db import db, transaction
from betterform.errors import NotFound
from betterform.models.company import Company
from betterform.models.delivery import Delivery
from betterform.models.user import Role
from betterform.models.webhook_event import WebhookEvent
from betterform.views import access
from betterform.views.paging import page_of

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/")
@access.may(Role.ADMIN)
def index() -> ResponseReturnValue:
    """Everybody who may sign in."""
    return render_template("admin/index.html", people=users.everyone(db.session()), company=_company())


@blueprint.get("/inbox")
@access.may(Role.ADMIN)
def inbox() -> ResponseReturnValue:
    """What monday.com sent, the newest first."""
    page = page_of(db.session(), select(WebhookEvent).order_by(WebhookEvent.id.desc()))
    return render_template("admin/inbox.html", page=page, company=_company())


@blueprint.get("/inbox/<int:event_id>")
@access.may(Role.ADMIN)
def inbox_row(event_id: int) -> ResponseReturnValue:
    """One webhook as it came, and what became of it."""
    return render_template("admin/inbox_row.html", event=_event(event_id), company=_company())


@blueprint.post("/inbox/<int:event_id>/replay")
@access.may(Role.ADMIN)
def replay(event_id: int) -> ResponseReturnValue:
    """Read a webhook again."""
    with transaction() as session:
        second_tries.replay(session, _event(event_id), by=access.author(), at=clock.now())
    flash("It will be read again in a moment.", "success")
    return redirect(url_for("admin.inbox_row", event_id=event_id))


@blueprint.get("/outbox")
@access.may(Role.ADMIN)
def outbox() -> ResponseReturnValue:
    """What is on its way to monday.com or has arrived, the newest first."""
    page = page_of(db.session(), select(Delivery).order_by(Delivery.id.desc()))
    return render_template(
        "admin/outbox.html", page=page, company=_company(), may_retry=second_tries.is_worth_retrying
    )


@blueprint.get("/outbox/<int:delivery_id>")
@access.may(Role.ADMIN)
def outbox_row(delivery_id: int) -> ResponseReturnValue:
    """One delivery with every try."""
    delivery = _delivery(delivery_id)
    return render_template(
        "admin/outbox_row.html",
        delivery=delivery,
        may_retry=second_tries.is_worth_retrying(delivery),
        company=_company(),
    )


@blueprint.post("/outbox/<int:delivery_id>/retry")
@access.may(Role.ADMIN)
def retry(delivery_id: int) -> ResponseReturnValue:
    """Try a delivery again now."""
    with transaction() as session:
        wanted = second_tries.retry(session, _delivery(delivery_id), by=access.author(), at=clock.now())
        wanted_id = wanted.id
    flash("It will be tried again in a moment.", "success")
    return redirect(url_for("admin.outbox_row", delivery_id=wanted_id))


def _company() -> Company:
    return get_company(db.session())


def _event(event_id: int) -> WebhookEvent:
    event = db.session.get(WebhookEvent, event_id)
    if event is None:
        raise NotFound("There is no such webhook.")
    return event


def _delivery(delivery_id: int) -> Delivery:
    delivery = db.session.get(Delivery, delivery_id, options=[selectinload(Delivery.tries)])
    if delivery is None:
        raise NotFound("There is no such delivery.")
    return delivery
