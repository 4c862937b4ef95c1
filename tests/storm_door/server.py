"""betterform on gunicorn with its own gunicorn.conf.py, as production runs it, to be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "of-a-crowd-at-the-webhook-door"
DOOR = f"/monday/webhook/{SECRET}"


class Server:
    """Master and worker processes in a group of their own."""

    def __init__(self, url: str, folder: Path, *, app: str = "wsgi:app", **more: str) -> None:
        self.port = _free_port()
        self.log = folder / "server.log"
        self._app = app
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MONDAY_", "SMTP", "GUNICORN"))
        }
        self._environment = kept | {
            "BETTERFORM_ENV": "production",
            "BIND": f"127.0.0.1:{self.port}",
            "SECRET_KEY": "of-a-crowd-at-the-door-and-of-no-real-server",
            "DATABASE_URL": url,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "MONDAY_API_URL": "http://127.0.0.1:9/v2",
            "MONDAY_API_TOKEN": "nobody-is-asked",
            "MONDAY_WEBHOOK_SECRET": SECRET,
            **more,
        }
        if url.startswith("mysql"):
            self._environment["QUEUE_URL"] = f"sqlite:///{folder / 'queue.sqlite'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns when it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--no-control-socket", self._app],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"the server does not answer:\n{self.log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the master and its workers at once: nothing can be finished or tidied up."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """As systemd stops it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill_and_start(self) -> None:
        """What a crowd wants done in its middle."""
        self.kill()
        time.sleep(0.2)
        self.start()

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, number)
            self._process.wait(timeout=20)

    def _answers(self) -> bool:
        line = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port
