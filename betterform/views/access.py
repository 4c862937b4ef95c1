"""Who may enter: every view says so with one of four marks, and a view without a mark is closed.

    @blueprint.get("/quotes")
    @access.may(Role.VIEWER)          # signed in, with at least this role
    def index(): ...

    @access.public                    # everybody
    @access.api(Role.VIEWER, "pricing")  # a bearer token with this scope, or a signed-in person
    @access.webhook                   # a machine that proves itself by a secret in the address

The marks are checked in one place before any view runs, and a test lists the views without one.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from betterform import clock
from betterform.actions import tokens
from betterform.db import db, transaction
from betterform.errors import NotAllowed
from betterform.extensions import csrf, login_manager
from betterform.models.api_token import ApiToken
from betterform.models.history import Author, AuthorKind
from betterform.models.user import Role, User

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """A view's mark. `role` where a person must sign in; `scope` where a token may enter as well."""

    kind: str  # public | role | api | webhook
    role: Role | None = None
    scope: str = ""


@dataclass(frozen=True, slots=True)
class TokenBearer:
    """Whoever calls the API with a token: does what the token's user may, or what staff may."""

    token_id: int
    name: str
    role: Role
    user_id: int | None

    def may(self, role: Role) -> bool:
        return self.role.includes(role)


def public(view: View) -> View:
    """Mark a view that everybody may see."""
    return _mark(view, Access("public"))


def webhook(view: View) -> View:
    """Mark a door for machines that prove themselves by a secret, which the view checks."""
    return _mark(view, Access("webhook"))


def may(role: Role) -> Callable[[View], View]:
    """Mark a view for signed-in people who may do what `role` may."""
    return lambda view: _mark(view, Access("role", role))


def api(role: Role, scope: str) -> Callable[[View], View]:
    """Mark a view for bearer tokens with `scope`, and for signed-in people who send the CSRF token."""
    return lambda view: _mark(view, Access("api", role, scope))


def mark_of(view: Callable[..., Any]) -> Access | None:
    """The mark of a view, or None where somebody forgot it."""
    mark: Access | None = getattr(view, "access", None)
    return mark


def _mark(view: View, mark: Access) -> View:
    view.access = mark  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Load people from their sessions and check the marks before any view runs."""
    _mark(app.view_functions["static"], Access("public"))
    login_manager.user_loader(load_user)
    login_manager.session_protection = None  # the session carries the user's session key instead
    app.before_request(check)


def load_user(session_id: str) -> User | None:
    """The person of a session, unless disabled or signed out everywhere since."""
    user_id, _, session_key = session_id.partition(":")
    if not (user_id.isascii() and user_id.isdigit() and len(user_id) < 19):
        return None
    user = db.session.get(User, int(user_id))
    if user is None or not user.is_active:
        return None
    return user if hmac.compare_digest(user.session_key.encode(), session_key.encode()) else None


def check() -> Response | None:
    """Let the request through, send it to the sign-in, or raise NotAllowed or Unauthorized."""
    if request.endpoint is None:
        return None  # no such address: 404 follows
    mark = mark_of(current_app.view_functions[request.endpoint])
    if mark is None:
        raise NotAllowed("Nobody has said who may open this page.")
    if mark.kind in ("public", "webhook"):
        return None
    if mark.kind == "api" and "Authorization" in request.headers:
        g.bearer = _bearer(mark)
    elif not current_user.is_authenticated:
        return ask_to_sign_in()
    elif mark.kind == "api" and request.method not in ("GET", "HEAD", "OPTIONS"):
        csrf.protect()
    if mark.role is not None and not who().may(mark.role):
        raise NotAllowed(f"This is for people with the role {mark.role.value}.")
    return None


def _bearer(mark: Access) -> TokenBearer:
    """The caller whose token came with the request. Raises Unauthorized or NotAllowed."""
    kind, _, plain = request.headers["Authorization"].partition(" ")
    now = clock.now()
    token = tokens.find(db.session(), plain.strip(), at=now) if kind.lower() == "bearer" else None
    if token is None:
        raise Unauthorized("The token is unknown, expired or revoked.", www_authenticate=_challenge())
    if not tokens.allows(token, mark.scope):
        raise NotAllowed(f"The token does not have the scope {mark.scope}.")
    if tokens.needs_touch(token, at=now):
        with transaction():
            tokens.touch(token, at=now)
    return _bearer_of(token)


def _bearer_of(token: ApiToken) -> TokenBearer:
    role = Role(token.user.role) if token.user is not None else Role.STAFF
    return TokenBearer(token_id=token.id, name=token.name, role=role, user_id=token.user_id)


def who() -> User | TokenBearer:
    """Who makes this request: a token's bearer or the signed-in person. Only behind a mark with a role."""
    # The person's own record, not Flask-Login's stand-in for it, which SQLAlchemy would refuse.
    found: User | TokenBearer = g.get("bearer") or current_user._get_current_object()  # noqa: SLF001
    return found


def author() -> Author:
    """Who makes this request, as history writes it down."""
    caller = who()
    if isinstance(caller, TokenBearer):
        return Author(AuthorKind.USER, f"API token {caller.name}", caller.user_id)
    return Author(AuthorKind.USER, caller.display_name, caller.id)


def ask_to_sign_in() -> Response:
    """Lead to the sign-in and back. htmx moves the whole page, so nothing is swapped in silently.

    Where a person is typing or has typed, the page stays, with a link to the sign-in beside it.
    """
    if request.path.startswith("/api/"):
        raise Unauthorized("Send a bearer token or sign in.", www_authenticate=_challenge())
    if request.headers.get("HX-Request") == "true":
        if request.method not in ("GET", "HEAD") or request.headers.get("HX-Source", "").startswith("input"):
            return _signed_out_beside_the_page()
        return Response(status=401, headers={"HX-Redirect": sign_in_url(_page_in_the_browser())})
    if request.method in ("GET", "HEAD"):
        return redirect(sign_in_url(request.full_path.rstrip("?")))
    raise Unauthorized("You have been signed out.")


def sign_in_url(then: str = "/") -> str:
    """The address of the sign-in that leads on to `then`."""
    target = inside(then)
    address: str = url_for("auth.login")
    return address if target == "/" else f"{address}?{urlencode({'next': target})}"


def inside(target: str | None) -> str:
    """`target` when it is an address inside this site, else "/".

    Browsers read a backslash as a slash, drop tabs and line ends, and take `//` for another host;
    so only a single slash followed by plain characters is let through.
    """
    if not target or len(target) > 2000 or not target.startswith("/"):
        return "/"
    if (
        target.startswith("//")
        or "\\" in target
        or any(ord(char) <= 32 or ord(char) == 127 for char in target)
    ):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path in ("/login", "/logout"):
        return "/"
    return target


def start_session(user: User) -> None:
    """Sign `user` in with a session that carries nothing over from before.

    The CSRF token is derived from the session key: a form that was left open while its session
    ended can still be sent after the same person has signed in again, so no typing is lost.
    """
    session.clear()
    session.permanent = True  # lasts PERMANENT_SESSION_LIFETIME after the last request
    login_user(user)
    secret = current_app.config["SECRET_KEY"].encode()
    session["csrf_token"] = hmac.new(secret, f"csrf:{user.get_id()}".encode(), "sha256").hexdigest()
    g.pop("csrf_token", None)


def _signed_out_beside_the_page() -> Response:
    """A notice that leaves everything typed where it is; the form saves it after the sign-in."""
    words = render_template("errors/_signed_out.html", sign_in=sign_in_url())
    headers = {"HX-Retarget": "#toasts", "HX-Reswap": "innerHTML"}
    return Response(words, status=401, headers=headers, mimetype="text/html")


def _page_in_the_browser() -> str:
    """The page that an htmx request came from, if it is ours."""
    address = urlsplit(request.headers.get("HX-Current-URL", ""))
    if address.netloc != request.host:
        return "/"
    return address.path + (f"?{address.query}" if address.query else "")


def _challenge() -> WWWAuthenticate:
    return WWWAuthenticate("bearer", {"realm": "betterform"})
