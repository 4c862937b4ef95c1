"""`make run`, tried on a small tree that has the same doors as betterform."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

APP = """
import logging, os, sys
from flask import Flask, request
from flask.cli import AppGroup

app = Flask(__name__)
database = AppGroup("db")
app.cli.add_command(database)

@database.command("upgrade")
def upgrade():
    if os.environ.get("BREAK") == "migration":
        sys.exit("no such table: quotes")
    print("migrated", os.environ["DATABASE_URL"])

@app.cli.command("demo")
def demo():
    print("noise of a library", file=sys.stderr)
    print("Sign in as ada@example.com with the password correct-horse.")

@app.get("/healthz")
def healthz():
    return "fine"

@app.get("/environment/<name>")
def environment(name):
    return os.environ.get(name, "-")

@app.get("/warn")
def warn():
    app.logger.warning("the ink is low")
    return "warned"

@app.get("/die")
def die():
    print("out of paper", flush=True)
    os._exit(3)
"""

SANDBOX = """
import argparse, http.server
parser = argparse.ArgumentParser()
for name in ("--port", "--state", "--seed", "--app-url"):
    parser.add_argument(name, required=True)
options = parser.parse_args()
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"boards for {options.app_url} from {options.seed}".encode())
http.server.ThreadingHTTPServer(("127.0.0.1", int(options.port)), Page).serve_forever()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with the tools of this one, an app and a stand-in that do next to nothing."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    sandbox = tmp_path / "betterform" / "monday" / "sandbox"
    sandbox.mkdir(parents=True)
    (sandbox / "__main__.py").write_text(SANDBOX)
    (tmp_path / "wsgi.py").write_text(APP)
    return tmp_path


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Run:
    """A running demo, and what it has said so far."""

    def __init__(self, tree: Path, **environment: str) -> None:
        self.app_port, self.sandbox_port = unused_port(), unused_port()
        self.said = tree / "said.txt"
        ports = {"PORT": str(self.app_port), "SANDBOX_PORT": str(self.sandbox_port)}
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.demo"],
                cwd=tree,
                env=os.environ | ports | environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def says(self, text: str, *, within: float = 30.0) -> str:
        """Wait until it has said `text`, and return all it said."""
        deadline = time.monotonic() + within
        while text not in (said := self.said.read_text()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                pytest.fail(f"The demo has not said {text!r} but:\n{said}")
            time.sleep(0.05)
        return said

    def fetch(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.app_port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


StartDemo = Callable[..., Run]


@pytest.fixture
def start_demo(tree: Path) -> Iterator[StartDemo]:
    runs: list[Run] = []

    def start(**environment: str) -> Run:
        runs.append(Run(tree, **environment))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.stop(signal.SIGTERM)


@pytest.fixture
def running(start_demo: StartDemo) -> Run:
    run = start_demo(MONDAY_API_TOKEN="a-real-token", SMTP_URL="smtp://mail.example")
    run.says("Ctrl-C stops everything")
    return run


def nobody_listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_demo_says_where_to_click_and_how_to_sign_in(running: Run) -> None:
    said = running.says("Ctrl-C")
    assert f"http://127.0.0.1:{running.app_port}/" in said
    assert f"http://127.0.0.1:{running.sandbox_port}/" in said
    assert "Sign in as ada@example.com with the password correct-horse." in said
    assert "noise of a library" not in said


def test_the_demo_talks_to_the_stand_in_and_to_nothing_else(running: Run) -> None:
    assert running.fetch("/environment/MONDAY_API_URL") == f"http://127.0.0.1:{running.sandbox_port}/v2"
    assert running.fetch("/environment/MONDAY_API_TOKEN") == "sandbox-token"
    assert running.fetch("/environment/SMTP_URL") == "-"
    assert running.fetch("/environment/DATABASE_URL").endswith("/instance/demo/betterform.sqlite")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_stops_cleanly_with_all_it_started(running: Run, number: signal.Signals) -> None:
    assert running.stop(number) == 0
    assert nobody_listens(running.app_port)
    assert nobody_listens(running.sandbox_port)
    assert "Traceback" not in running.said.read_text()


def test_the_demo_shows_warnings_and_keeps_the_rest_in_the_log(running: Run) -> None:
    running.fetch("/warn")
    said = running.says("the ink is low")
    assert any(line.startswith("app | ") and "the ink is low" in line for line in said.splitlines())
    assert "GET /warn" not in said


def test_the_demo_says_which_program_died_and_how(running: Run) -> None:
    with pytest.raises(OSError, match=r"closed|reset"):
        running.fetch("/die")
    assert running.process.wait(timeout=20) == 1
    said = running.said.read_text()
    assert "The app stopped with exit code 3." in said
    assert "out of paper" in said
    assert nobody_listens(running.sandbox_port)


def test_a_second_demo_on_the_same_data_is_refused(running: Run, start_demo: StartDemo) -> None:
    second = start_demo()
    assert second.process.wait(timeout=20) == 1
    assert "running already" in second.said.read_text()


def test_a_failing_migration_is_shown(start_demo: StartDemo) -> None:
    run = start_demo(BREAK="migration")
    assert run.process.wait(timeout=20) == 1
    assert "no such table: quotes" in run.said.read_text()


def test_a_taken_port_gives_way_to_the_next_free_one(start_demo: StartDemo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        run = start_demo(PORT=str(taken))
        said = run.says("Ctrl-C")
        assert run.stop() == 0
    assert f"Port {taken} is taken" in said
    assert f"betterform                 http://127.0.0.1:{taken}/" not in said


def test_a_port_that_is_no_number_is_refused_with_a_sentence(start_demo: StartDemo) -> None:
    run = start_demo(PORT="five thousand")
    assert run.process.wait(timeout=20) == 1
    assert "PORT must be a port number, not 'five thousand'." in run.said.read_text()
