"""Programs that the demo starts: logged to files, watched, and stopped together."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

GRACE_SECONDS = 10.0
WORTH_SHOWING = re.compile(r"\b(?:WARNING|ERROR|CRITICAL)\b|^Traceback ")
KNOWN_AND_HARMLESS = re.compile(r"This is a development server")
INDENTED = re.compile(r"^\s+\S")


class ChildDied(Exception):
    """A program ended that should not have, or failed at its one task."""

    def __init__(self, child: Child) -> None:
        super().__init__(f"The {child.name} stopped with exit code {child.exit_code()}.")
        self.child = child


class Child:
    """One program in a process group of its own: Ctrl-C reaches the demo alone, which stops the rest."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        folder: Path,
        environment: Mapping[str, str],
        log: Path,
        held: Sequence[int] = (),
        prints_to: Path | None = None,
    ) -> None:
        """Start `command` in `folder`.

        `held` are open files that it keeps open as long as it lives. What it prints goes to `prints_to`
        if given, else to its log with everything else.
        """
        self.name = name
        self.log = log
        with log.open("wb") as errors, (prints_to or log).open("ab") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors if prints_to else subprocess.STDOUT,
                start_new_session=True,
                pass_fds=tuple(held),
            )
        self._reader: BinaryIO = log.open("rb")
        self._unfinished = b""
        self._inside_a_warning = False

    @property
    def process_id(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """How it ended (minus the signal's number, if by one), or None while it runs."""
        return self._process.poll()

    def finish(self, *, within: float) -> None:
        """Wait for its end; raises ChildDied if it fails, or runs longer than `within` seconds."""
        deadline = time.monotonic() + within
        while self.exit_code() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.exit_code() != 0:
            raise ChildDied(self)

    def new_warnings(self) -> list[str]:
        """Lines logged since the last call that a person should see, each traceback whole."""
        *lines, self._unfinished = (self._unfinished + self._reader.read()).split(b"\n")
        return [
            text for text in (line.decode("utf-8", errors="replace") for line in lines) if self._shows(text)
        ]

    def _shows(self, line: str) -> bool:
        continues = self._inside_a_warning and bool(INDENTED.match(line))
        ends_a_traceback = self._inside_a_warning and bool(
            re.match(r"[\w.]+(?:Error|Exception|Warning)\b", line)
        )
        begins = bool(WORTH_SHOWING.search(line)) and not KNOWN_AND_HARMLESS.search(line)
        self._inside_a_warning = begins or continues
        return begins or continues or ends_a_traceback

    def last_lines(self, count: int = 25) -> list[str]:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def make_sure_it_stopped(self, *, within: float) -> None:
        """Wait for its end and kill what is left of its process group after `within` seconds."""
        try:
            self._process.wait(timeout=max(within, 0.0))
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        # What it started itself may outlive it.
        self._signal(signal.SIGKILL)
        self._reader.close()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            # The group is gone; some systems answer so for one whose leader was not collected yet.
            return


def stop(children: Sequence[Child], *, grace: float = GRACE_SECONDS) -> None:
    """Ask all to stop, the last started first; kill those that do not within `grace` seconds."""
    deadline = time.monotonic() + grace
    for child in reversed(children):
        child.ask_to_stop()
    for child in reversed(children):
        child.make_sure_it_stopped(within=deadline - time.monotonic())
