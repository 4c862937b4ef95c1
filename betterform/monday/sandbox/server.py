"""The stand-in as a Flask app, and as a server in a thread."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask, Response, abort, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from betterform.monday.sandbox.api.door import Door, api_blueprint
from betterform.monday.sandbox.assets import AssetStore
from betterform.monday.sandbox.clock import SandboxClock
from betterform.monday.sandbox.control import control_blueprint
from betterform.monday.sandbox.limits import Limits
from betterform.monday.sandbox.pages import page_blueprint
from betterform.monday.sandbox.storage import Saver, load, saved_seed
from betterform.monday.sandbox.world import DEFAULT_TOKEN, World

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_sandbox(world: World, *, closing: threading.Event | None = None, app_url: str = "") -> Flask:
    """The app around a world. `app_url` is where betterform is, for a link on the page."""
    app = Flask(__name__, template_folder="templates", static_folder="static", static_url_path="/static")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # Only for the messages after a form was sent; they may be lost when the stand-in starts anew.
    app.secret_key = secrets.token_hex()
    app.register_blueprint(api_blueprint(Door(world, closing or threading.Event())))
    app.register_blueprint(control_blueprint(world))
    app.register_blueprint(page_blueprint(world, app_url=app_url))

    @app.before_request
    def refuse_other_sites() -> None:
        # The stand-in has no sign-in, so pages of other sites must not be able to post to it.
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            abort(403)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return app


class QuietHandler(WSGIRequestHandler):
    """Says nothing about requests: the log of calls does."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


class SandboxServer:
    """A stand-in on a port of its own, for tests and for `python -m`.

        with SandboxServer(seed="demo") as monday:
            monday.api_url, monday.token, monday.world

    `port` 0 takes a free one. With `state`, boards survive a restart. Raises OSError when the port is taken.
    """

    def __init__(
        self,
        *,
        seed: str = "demo",
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = DEFAULT_TOKEN,
        state: Path | str | None = None,
        app_url: str = "",
        signing_secret: str | None = None,
        speed: float = 1.0,
        limits: Limits | None = None,
    ) -> None:
        self.state = Path(state) if state else None
        assets = AssetStore(self.state.with_name(self.state.name + ".assets") if self.state else None)
        self.world = World(
            seed=saved_seed(self.state) or seed,
            token=token,
            clock=SandboxClock(speed),
            limits=limits,
            signing_secret=signing_secret,
            assets=assets,
        )
        if self.state and self.state.exists():
            load(self.world, self.state)
        self._closing = threading.Event()
        app = create_sandbox(self.world, closing=self._closing, app_url=app_url)
        self._server: BaseWSGIServer = make_server(
            host, port, app, threaded=True, request_handler=QuietHandler
        )
        self.url = f"http://{host}:{self._server.port}"
        self.world.base_url = self.url
        self._saver = Saver(self.world, self.state) if self.state else None
        self._thread: threading.Thread | None = None

    @property
    def api_url(self) -> str:
        return f"{self.url}/v2"

    @property
    def token(self) -> str:
        return self.world.token

    def start(self) -> Self:
        self.world.postman.start()
        if self._saver:
            self._saver.start()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self.world.postman.stop()
        if self._saver:
            self._saver.stop()
        if self._thread:
            self._thread.join(timeout=5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
