"""`make run`: the app with demo data, beside a stand-in for monday.com, until Ctrl-C.

Everything it keeps is in instance/demo/: delete that folder to begin anew. It talks to nothing but
the stand-in: a real token, database or mail server in the environment is left out on purpose.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from tools.children import Child, ChildDied, stop

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / "instance" / "demo"
HOST = "127.0.0.1"
APP_PORT, SANDBOX_PORT = 5000, 8999
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
LEFT_OUT = (
    "FLASK_APP",
    "FLASK_DEBUG",
    "MONDAY_SIGNING_SECRET",
    "MONDAY_WEBHOOK_SECRET",
    "QUEUE_URL",
    "SECRET_KEY",
    "SMTP_URL",
    "TRUSTED_PROXIES",
    "WERKZEUG_RUN_MAIN",
    "WERKZEUG_SERVER_FD",
)


class Demo:
    """The programs of one run, and the two addresses a person needs."""

    def __init__(self, *, app_port: int, sandbox_port: int, lock: IO[str]) -> None:
        self.app_url = f"http://{HOST}:{app_port}"
        self.sandbox_url = f"http://{HOST}:{sandbox_port}"
        self.app_port = app_port
        self.sandbox_port = sandbox_port
        self.lock = lock
        self.children: list[Child] = []

    def start(self) -> str:
        """Bring everything up in order and return what `flask demo` says about signing in."""
        self.run_once("database migration", [*FLASK, "db", "upgrade"], within=120)
        sandbox_command = [
            sys.executable,
            "-m",
            "betterform.monday.sandbox",
            "--port",
            str(self.sandbox_port),
        ]
        sandbox_command += [
            "--state",
            str(STATE / "monday.json"),
            "--seed",
            "demo",
            "--app-url",
            self.app_url,
        ]
        self.keep_running("stand-in", sandbox_command)
        self.wait_for("stand-in", f"{self.sandbox_url}/")
        self.keep_running("app", [*FLASK, "run", "--host", HOST, "--port", str(self.app_port)])
        self.wait_for("app", f"{self.app_url}/healthz")
        return self.run_once("demo data", [*FLASK, "demo"], within=180)

    def run_once(self, name: str, command: Sequence[str], *, within: float) -> str:
        say(f"  {name} ...")
        printed = STATE / f"{name.replace(' ', '-')}.out"
        printed.unlink(missing_ok=True)
        child = self._start(name, command, prints_to=printed)
        child.finish(within=within)
        self.children.remove(child)
        return printed.read_text(encoding="utf-8")

    def keep_running(self, name: str, command: Sequence[str]) -> None:
        say(f"  {name} ...")
        self._start(name, command)

    def _start(self, name: str, command: Sequence[str], *, prints_to: Path | None = None) -> Child:
        child = Child(
            name,
            command,
            folder=ROOT,
            environment=self.environment(),
            log=STATE / f"{name.replace(' ', '-')}.log",
            held=[self.lock.fileno()],
            prints_to=prints_to,
        )
        self.children.append(child)
        return child

    def environment(self) -> dict[str, str]:
        """The environment of the programs: the person's own, closed to everything but the stand-in."""
        kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        return kept | {
            "BETTERFORM_ENV": "development",
            "DATABASE_URL": f"sqlite:///{STATE / 'betterform.sqlite'}",
            "MONDAY_API_TOKEN": "sandbox-token",
            "MONDAY_API_URL": f"{self.sandbox_url}/v2",
            "PUBLIC_URL": self.app_url,
            "PYTHONUNBUFFERED": "1",
        }

    def wait_for(self, name: str, url: str, *, within: float = 60.0) -> None:
        """Wait until `url` answers with success; raises ChildDied if a program ends or the time is over."""
        child = next(child for child in self.children if child.name == name)
        deadline = time.monotonic() + within
        while not answers(url):
            self.look_after()
            if time.monotonic() > deadline:
                say(f"The {name} has not answered at {url} for {within:.0f} seconds.")
                raise ChildDied(child)
            time.sleep(0.1)

    def look_after(self) -> None:
        """Show new warnings; raises ChildDied for a program that ended."""
        for child in self.children:
            for line in child.new_warnings():
                say(f"{child.name} | {line}")
        for child in self.children:
            if child.exit_code() is not None:
                raise ChildDied(child)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as refusal:
        # Whoever says that there is no such page is up; who fails or is not ready yet says 5xx.
        return refusal.code < 500
    except OSError:
        return False


def main() -> int:
    # Also SIGINT: started behind a shell's `&` it would be ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    STATE.mkdir(parents=True, exist_ok=True)
    lock = take_lock(STATE / "lock")
    if lock is None:
        say(f"The demo is running already ({(STATE / 'lock').read_text().strip()}). Stop it first.")
        return 1
    app_port = free_port("PORT", APP_PORT)
    sandbox_port = free_port("SANDBOX_PORT", SANDBOX_PORT, but=app_port)
    demo = Demo(app_port=app_port, sandbox_port=sandbox_port, lock=lock)
    try:
        say("Starting (logs are in instance/demo/):")
        greet(demo, demo.start())
        while True:
            demo.look_after()
            time.sleep(0.3)
    except KeyboardInterrupt:
        say("\nStopping.")
        return 0
    except ChildDied as death:
        explain(death)
        return 1
    finally:
        ignore_further_interrupts()
        stop(demo.children)


def take_lock(path: Path) -> IO[str] | None:
    """Hold `path` for this run; None if another run, or a program it left behind, holds it."""
    lock = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    lock.truncate(0)
    lock.write(f"process {os.getpid()}\n")
    lock.flush()
    return lock


def free_port(name: str, default: int, *, but: int | None = None) -> int:
    """The port that the environment's `name` asks for, or the next one that is free and not `but`."""
    asked = os.environ.get(name) or str(default)
    if not asked.isdecimal() or not 0 < int(asked) < 65536:
        sys.exit(f"{name} must be a port number, not {asked!r}.")
    for port in range(int(asked), 65536):
        if port != but and is_free(port):
            if port != int(asked):
                say(f"Port {asked} is taken; using {port} instead ({name}=... chooses another).")
            return port
    sys.exit(f"No port from {asked} on is free.")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def greet(demo: Demo, signing_in: str) -> None:
    say(
        f"""
betterform is running.

  monday.com, the stand-in   {demo.sandbox_url}/
  betterform                 {demo.app_url}/

Sign in with an e-mail address and its password:

{textwrap.indent(signing_in.strip(), "  ")}

Make a deal on the stand-in's board, and click the link that arrives in it.
Ctrl-C stops everything.
"""
    )


def explain(death: ChildDied) -> None:
    child = death.child
    say(f"\n{death}" if child.exit_code() is not None else f"\nThe {child.name} took too long.")
    say(f"The end of {child.log.relative_to(ROOT)}:\n")
    for line in child.last_lines():
        say(f"  {line}")


def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def ignore_further_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
