"""Whole stories: the stand-in, betterform as a process of its own with its worker, a real browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from betterform.monday.sandbox import SandboxServer
from tests.conftest import ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STAFF, PASSWORD = "marco@demo.example", "betterform-demo"


@dataclass
class Running:
    """betterform at `url`, beside a stand-in for monday.com."""

    url: str
    monday: SandboxServer
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def flask(self, *command: str) -> str:
        """Run a command of the program; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"flask {' '.join(command)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start the app and wait until it answers."""
        port = self.url.rsplit(":", 1)[1]
        with (self.folder / "app.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", port],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2)
                return
            except OSError:
                assert self.process.poll() is None, (self.folder / "app.log").read_text()
                time.sleep(0.1)
        raise AssertionError("the app did not answer within a minute")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the app: kindly, or with SIGKILL."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(timeout=60)

    def deal(self, name: str) -> str:
        """The id of the item of that name on the DEALS board."""
        return str(self.monday.world.item_named("DEALS", name).id)

    def cells(self, item: str) -> dict[str, Any]:
        """What the DEALS board shows of an item, by the columns' titles."""
        shown = self.monday.world.shown(item)
        values: dict[str, Any] = shown["values"]
        return values

    def uploaded(self, item: str) -> list[bytes]:
        """The files in the item's PDF column."""
        world = self.monday.world
        cell = world.items[item].cells.get(world.board("DEALS").column_titled("Quote PDF").id) or {
            "files": []
        }
        return [world.asset_store.get(str(file["assetId"])) for file in cell["files"]]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo, with an empty outbox: company, people, catalogue, connected boards."""
    folder = tmp_path_factory.mktemp("running")
    url = f"http://127.0.0.1:{free_port()}"
    with SandboxServer(seed="demo", app_url=url) as monday:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("MONDAY_", "SMTP"))
        }
        environment |= {
            "BETTERFORM_ENV": "development",
            # Another database for a whole journey: JOURNEY_DATABASE_URL=postgresql://... make test ONLY=tests/journeys
            "DATABASE_URL": os.environ.get("JOURNEY_DATABASE_URL")
            or f"sqlite:///{folder / 'betterform.sqlite'}",
            "MONDAY_API_URL": monday.api_url,
            "MONDAY_API_TOKEN": monday.token,
            "PUBLIC_URL": url,
        }
        app = Running(url, monday, folder, environment)
        app.flask("db", "upgrade")
        app.start()
        app.flask("demo")
        yield app
        app.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a new person at a desk; anything the browser complains about fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints = watch(page)
    yield page
    context.close()
    assert complaints == []


def watch(page: Page) -> list[str]:
    """Collect what the browser complains about; answers of 4xx and cut lines are part of the stories."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and not re.search("Failed to (load resource|fetch)", message.text)
            else None
        ),
    )
    return complaints


def sign_in(page: Page, running: Running, *, then: str = "/") -> None:
    """Through the real form."""
    page.goto(running.url + then)
    if "/login" not in page.url:
        return
    page.get_by_label("E-mail address").fill(STAFF)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^(?!.*/login).*$"))


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def until(condition, *, within: float = 15.0, what: str = "it"):
    """Wait until `condition()` is true and return its value."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {within:.0f} seconds")
