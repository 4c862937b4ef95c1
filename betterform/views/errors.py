"""What went wrong, told to whoever asked: a page, a notice inside the page for htmx, or JSON for the API."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from betterform import errors
from betterform.db import db, is_crowding
from betterform.views import access, record_ids
from betterform.views.rendering import wants_fragment

STATUS_OF: dict[type[errors.BetterformError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.WrongState: HTTPStatus.CONFLICT,
    errors.OutOfDate: HTTPStatus.CONFLICT,
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MondayError: HTTPStatus.BAD_GATEWAY,
    errors.PrintingError: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What an error page says: a title, and a sentence on what to do."""

    title: str
    advice: str


CROWDED = "Too many people saved at the same moment. Nothing was lost; please try again."
RETRY_AFTER = 2  # seconds

ADVICE = {
    400: Advice("This could not be understood", "Go back, reload the page and try once more."),
    401: Advice(
        "You have been signed out",
        "Sign in in a new tab, then reload this page: your browser sends what you typed once more.",
    ),
    403: Advice("This is not for you", "Ask an admin if you need it: they decide who may do what."),
    404: Advice("There is nothing here", "The address may be mistyped, or what was here is gone."),
    405: Advice("This does not work that way", "Go back and use the buttons of the page."),
    409: Advice("This has changed meanwhile", "Reload the page to see how it stands now, then decide again."),
    410: Advice("This is gone", "What was here has been taken away for good."),
    413: Advice("This is too large", "Choose a smaller file or a shorter text."),
    415: Advice("This kind of file cannot be read", "Send it in another format."),
    422: Advice("Something does not fit", "Go back and correct what the message names."),
    429: Advice("That was too often", "Wait a minute, then try once more."),
    500: Advice(
        "Something went wrong here", "It is not your fault, and it has been noted. Please try once more."
    ),
    502: Advice("monday.com did not play along", "Nothing is lost here. Please try once more."),
    503: Advice("Not available right now", "Please try again in a moment."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as it is shown. `fields` names each value that does not fit."""

    status: int
    detail: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self._advice.title

    @property
    def advice(self) -> str:
        return self._advice.advice

    @property
    def _advice(self) -> Advice:
        return ADVICE.get(self.status) or ADVICE[500 if self.status >= 500 else 400]


def init_app(app: Flask) -> None:
    """Give each request an id and every error an answer."""
    record_ids.init_app(app)
    app.after_request(show_request_id)
    app.register_error_handler(errors.BetterformError, domain_error)
    app.register_error_handler(StaleDataError, stale_record)
    app.register_error_handler(OperationalError, database_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)


def show_request_id(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    return response


def domain_error(error: errors.BetterformError) -> ResponseReturnValue:
    """What the program refuses to do."""
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), None)
    if status is None:
        current_app.logger.error("request %s failed", request_id(), exc_info=error)
        return answer(Problem(500))
    fields = error.fields if isinstance(error, errors.InvalidInput) else {}
    return answer(Problem(status.value, error.message, fields))


def stale_record(_error: StaleDataError) -> ResponseReturnValue:
    """Somebody else saved the same record in between."""
    return domain_error(errors.OutOfDate("Somebody else changed this while you were working on it."))


def database_error(error: OperationalError) -> ResponseReturnValue:
    """Too many writers at once are asked to come again; whatever else ails the database is a failure."""
    if not is_crowding(error):
        raise error
    db.session.rollback()  # the page that says so reads from the database itself
    current_app.logger.warning("request %s: %s", request_id(), error.orig)
    return answer(Problem(503, CROWDED, headers={"Retry-After": str(RETRY_AFTER)}))


def csrf_error(error: CSRFError) -> ResponseReturnValue:
    """No valid CSRF token: mostly a session that has ended, seldom a forged request."""
    if not current_user.is_authenticated and _needs_sign_in():
        try:
            return access.ask_to_sign_in()
        except HTTPException as signed_out:
            return http_error(signed_out)
    return answer(
        Problem(
            400,
            "The page had been open for too long, or you signed in again elsewhere. "
            "Go back, reload the page and send it again; saved drafts are as you left them.",
        )
    )


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask and Werkzeug refuse, and at last everything that nobody foresaw."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, InternalServerError):
        current_app.logger.error("request %s ended with the error above", request_id())
        return answer(Problem(500))
    headers = {
        name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")
    }
    return answer(Problem(status, _detail(error), headers=headers))


def answer(problem: Problem) -> ResponseReturnValue:
    """The problem in the form that the caller can read."""
    if request.path.startswith("/api/"):
        return _as_json(problem)
    facts = {"problem": problem, "request_id": request_id(), "sign_in": access.sign_in_url(_back_to())}
    if wants_fragment():
        # Where the error belongs is unknown: it is announced beside the page, which stays as it was.
        headers = {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend", **problem.headers}
        return render_template("errors/_toast.html", **facts), problem.status, headers
    return render_template("errors/error.html", **facts), problem.status, problem.headers


def _as_json(problem: Problem) -> ResponseReturnValue:
    """RFC 9457; `errors` names the fields."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail or problem.advice,
        "instance": f"urn:request:{request_id()}",
    }
    if problem.fields:
        body["errors"] = [{"field": name, "detail": message} for name, message in problem.fields.items()]
    response = jsonify(body)
    response.mimetype = "application/problem+json"
    return response, problem.status, problem.headers


def _detail(error: HTTPException) -> str:
    """The sentence of an error that our own code raised; Werkzeug's stock sentences add nothing."""
    stock = type(error).description
    return error.description if error.description and error.description != stock else ""


def _needs_sign_in() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    mark = access.mark_of(view) if view is not None else None
    return mark is not None and mark.role is not None


def _back_to() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def request_id() -> str:
    """The request's id, made when it is first asked for."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)
