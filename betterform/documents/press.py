"""One printing process, seen from both ends.

`Press` is the end of the program that wants a PDF. `main` is what the process itself runs:
`python -m betterform.documents.press <file descriptor> <parent's process id>`.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from datetime import date
from decimal import Decimal
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any

from betterform.errors import PrintingError
from betterform.paper import Paper, PaperLine, Sender

if TYPE_CHECKING:
    from betterform.documents.engine import Engine

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60.0
SECONDS_BETWEEN_LOOKS = 1.0
KEPT_VARIABLES = frozenset(
    {
        "HOME",
        "LANG",
        "LC_ALL",
        "LD_LIBRARY_PATH",
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "TMPDIR",
        "XDG_CACHE_HOME",
    }
)


# Brings fonts, templates, locale data and code into memory before the first real document comes.
WARM_UP = Paper(
    kind="quote",
    language="en",
    locale="en",
    currency="CHF",
    sender=Sender(name="Warm-up"),
    recipient=("Nobody",),
    date=date(2000, 1, 1),
    lines=(PaperLine(name="Line", quantity=Decimal(1), unit_price=Decimal(1), net=Decimal(1)),),
)


class PressBroken(Exception):
    """The process is gone."""


class PressTooSlow(Exception):
    """The document was not ready in time."""


class Press:
    """A printing process. Starting one returns at once; the first document waits until it is warm.

    `generation` is the pool's: it tells apart the processes from before and after the pool was closed.
    Not a `multiprocessing` process: that would import the parent's main module, and Flask with it.
    """

    def __init__(self, generation: int = 0) -> None:
        self.generation = generation
        self.documents = 0
        self._is_warm = False
        self._line, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the program, which then ends its presses.
        )
        theirs.close()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def print(self, message: bytes, *, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a pickled paper; get {"pages", "missing"} or {"error"}, and the PDF.

        PressTooSlow after `seconds`, not counting the start; PressBroken if the process dies.
        """
        try:
            if not self._is_warm:
                self._receive(SECONDS_TO_START)
                self._is_warm = True
            self._line.send_bytes(message)
            header = json.loads(self._receive(seconds))
            data = self._receive(seconds)
        except (EOFError, OSError) as error:
            raise PressBroken from error
        self.documents += 1
        return header, data

    def is_alive(self) -> bool:
        """Whether the process can be used."""
        return not self._line.closed and self._process.poll() is None

    def end(self) -> None:
        """End the process, whatever it does. It holds nothing that would be lost, no files and no data."""
        self._line.close()
        self._process.kill()
        self._process.wait()

    def abandon(self) -> None:
        """Let go of a process that belongs to the process this one was forked from."""
        self._line.close()
        self._process.returncode = 0

    def _receive(self, seconds: float) -> bytes:
        if not self._line.poll(seconds):
            raise PressTooSlow
        return self._line.recv_bytes()


def _environment() -> dict[str, str]:
    """The environment of a press: where our package is, and no secrets, for it has no use for them."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT_VARIABLES}
    return kept | {"PYTHONPATH": str(REPOSITORY), "PYTHONSAFEPATH": "1"}


def main() -> None:
    """Print what comes down the line until it is closed. Run by `Press`."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    line = Connection(descriptor)

    # Not at the top of the file: the parent imports this module too, and must not load WeasyPrint.
    from betterform.documents.engine import engine

    press = engine()
    press.write_pdf(WARM_UP)
    try:
        line.send_bytes(b"warm")
        while True:
            paper = pickle.loads(line.recv_bytes())  # noqa: S301, it comes from our parent alone
            for part in _answer(press, paper):
                line.send_bytes(part)
    except (EOFError, OSError):
        return  # The parent has closed the line or is gone.


def _answer(press: Engine, paper: Paper) -> tuple[bytes, bytes]:
    """The header, as JSON so that the parent trusts nothing it reads, and the PDF."""
    try:
        printed = press.write_pdf(paper)
    except PrintingError as error:
        # The reason is for the log, which the parent's standard error is; the sentence for the person.
        traceback.print_exc()
        return json.dumps({"error": error.message}).encode(), b""
    return json.dumps({"pages": printed.pages, "missing": printed.missing}).encode(), printed.data


def _end_with(parent: int) -> None:
    """End this process when its parent is gone, even while it prints: nobody waits for the result.

    Not PR_SET_PDEATHSIG, which fires when the parent's *thread* ends, as server threads do.
    """
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(0)


if __name__ == "__main__":
    main()
