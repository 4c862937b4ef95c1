"""Headers that keep browsers careful, and how long each answer may be kept."""

from __future__ import annotations

from flask import Flask, current_app, request
from flask_login import current_user
from werkzeug.wrappers import Response

# Everything comes from this server and nothing is written inline. Pictures may be `data:` because
# the stylesheet draws arrows and ticks that way, and the paper carries its logo so.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = 365 * 24 * 60 * 60
ONE_DAY = 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Put the headers on every answer. A view that sets one itself keeps its own."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """The careful headers, and `no-store` for what only signed-in people may see."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/d/"):
        # The address is the key to the document: it must not leave with a click on a link.
        response.headers["Referrer-Policy"] = "no-referrer"
    if current_app.config["PUBLIC_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}; includeSubDomains")
    if request.endpoint == "static":
        _let_be_kept(response)
    elif "Cache-Control" not in response.headers and (
        current_user.is_authenticated or request.path.startswith("/d/")
    ):
        response.headers["Cache-Control"] = "no-store"
    return response


def _let_be_kept(response: Response) -> None:
    """A file asked for by its content's hash never changes; another one (a font) may be a day old."""
    if response.status_code not in (200, 206, 304):
        return
    hashed = "v" in request.args
    response.headers["Cache-Control"] = (
        f"public, max-age={ONE_YEAR}, immutable" if hashed else f"public, max-age={ONE_DAY}"
    )
