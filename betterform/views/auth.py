"""Signing in and out."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from flask_login import current_user, logout_user

from betterform import clock
from betterform.actions import users
from betterform.db import db, transaction
from betterform.extensions import limiter
from betterform.forms.login import LoginForm
from betterform.views import access

blueprint = Blueprint("auth", __name__)


def too_often(_limit: RequestLimit) -> Response:
    """The sign-in again, with what was typed, and a request to wait."""
    form = LoginForm()
    problem = "Too many attempts. Wait a minute, then try once more."
    return make_response(render_template("auth/login.html", form=form, problem=problem), 429)


def login_limit() -> str:
    return str(current_app.config["LOGIN_LIMIT"])


def typed_address() -> str:
    """Whom the attempt is aimed at, wherever it comes from. `remote_addr` guards the other direction."""
    return request.form.get("email", "").strip().lower()[: users.LONGEST_EMAIL] or "nobody"


def was_refused(response: Response) -> bool:
    """Only failed attempts count: an office of twenty behind one address may all sign in at nine."""
    return response.status_code != 302


@blueprint.get("/login")
@access.public
def login() -> ResponseReturnValue:
    """The form, or straight on for somebody who is signed in already."""
    target = access.inside(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    return render_template("auth/login.html", form=LoginForm(next=target), problem="")


@blueprint.post("/login")
@access.public
@limiter.limit(login_limit, on_breach=too_often, deduct_when=was_refused)
@limiter.limit(login_limit, key_func=typed_address, on_breach=too_often, deduct_when=was_refused)
def sign_in() -> ResponseReturnValue:
    """Sign in and go where the person was going; one answer for a wrong address and a wrong password."""
    form = LoginForm()
    if not form.validate_on_submit():
        return render_template("auth/login.html", form=form, problem=""), 422
    user = users.who_is(db.session(), form.email.data, form.password.data)
    if user is None:
        current_app.logger.info("sign-in refused from %s", request.remote_addr)
        problem = "E-mail address and password do not fit together."
        return render_template("auth/login.html", form=form, problem=problem), 422
    with transaction():
        users.record_sign_in(user, form.password.data, at=clock.now())
    access.start_session(user)
    return redirect(access.inside(form.next.data))


@blueprint.post("/logout")
@access.public
def logout() -> ResponseReturnValue:
    """Sign out; harmless for somebody who is out already."""
    logout_user()
    session.clear()
    flash("You are signed out.", "info")
    return redirect(access.sign_in_url())
