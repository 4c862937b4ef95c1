"""A small pool of warm processes that print.

Each is started as a fresh interpreter (never forked: the parent may hold locks and threads) that imports
only what printing needs, prints one document after another, and is renewed after some hundred of them.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import pickle
import threading
import weakref

from betterform.documents.press import Press, PressBroken, PressTooSlow
from betterform.documents.printed import PrintedPdf
from betterform.errors import PrintingError
from betterform.paper import Paper

# Pango keeps some 20 kB of every document.
DOCUMENTS_PER_PRESS = 200

_pools: weakref.WeakSet[PdfPool] = weakref.WeakSet()


class PdfPool:
    """Prints in at most `processes` processes, started when first needed and shared by all threads.

    `seconds` is how long one document may take before its process is ended, and how long a caller
    waits for a process to be free. After a fork the child has a pool of its own, empty at first.
    """

    _change: threading.Condition  # Held while what follows is read or changed; told when a process is free.
    _idle: list[Press]
    _started: int  # Processes that wait or work.
    _generation: int

    def __init__(
        self, processes: int = 1, seconds: float = 60, documents_per_press: int = DOCUMENTS_PER_PRESS
    ) -> None:
        self.processes = processes
        self.seconds = seconds
        self._documents_per_press = documents_per_press
        self._start_afresh()
        _pools.add(self)

    def print_pdf(self, paper: Paper) -> PrintedPdf:
        """Print the paper. PrintingError, with a sentence for a person, where that fails.

        A process that dies is replaced and the document tried once more; one that takes too long is
        ended, and the document is not tried again, for it would take too long again.
        """
        message = pickle.dumps(paper)
        for attempt in (1, 2):
            press = self._take()
            try:
                header, data = press.print(message, seconds=self.seconds)
            except PressTooSlow:
                press.end()
                raise PrintingError(
                    f"The PDF was not ready after {self.seconds:g} seconds. Shorten the document and try again."
                ) from None
            except PressBroken as error:
                press.end()
                if attempt == 2:
                    raise PrintingError(
                        "The PDF could not be made: the printing process ended twice."
                    ) from error
            except BaseException:
                press.end()
                raise
            else:
                return _printed(header, data)
            finally:
                self._give_back(press)
        raise AssertionError("The loop returns or raises.")

    def warm_up(self) -> None:
        """Start one process, if none runs, without waiting until it is ready."""
        with self._change:
            if not self._idle and self._started < self.processes:
                self._started += 1
                self._idle.append(Press(self._generation))

    def process_ids(self) -> list[int]:
        """The processes that wait for work."""
        with self._change:
            return [press.pid for press in self._idle]

    def close(self) -> None:
        """End the processes that wait for work, and those at work when they are done."""
        with self._change:
            idle, self._idle = self._idle, []
            self._started -= len(idle)
            self._generation += 1
        for press in idle:
            press.end()

    def _take(self) -> Press:
        """A process to print with, the one used last where several wait: it is the warmest."""
        with self._change:
            free = self._change.wait_for(
                lambda: self._idle or self._started < self.processes, timeout=self.seconds
            )
            if not free:
                raise PrintingError("Too many PDFs are being made at once. Try again in a minute.")
            if self._idle:
                return self._idle.pop()
            self._started += 1
            generation = self._generation
        try:
            return Press(generation)
        except BaseException:
            with self._change:
                self._started -= 1
                self._change.notify()
            raise

    def _give_back(self, press: Press) -> None:
        is_current = press.generation == self._generation
        is_worn = press.documents >= self._documents_per_press
        if is_worn or not is_current:
            press.end()
        # A worn process is replaced at once, so that the new one warms up while nobody waits.
        if is_worn and is_current:
            press = Press(press.generation)
        with self._change:
            if press.is_alive():
                self._idle.append(press)
            else:
                self._started -= 1
            self._change.notify()

    def _start_afresh(self) -> None:
        self._change = threading.Condition()
        self._idle = []
        self._started = 0
        self._generation = 0

    def leave_to_parent(self) -> None:
        """In a child after a fork: the processes belong to the parent, and so may the lock."""
        for press in self._idle:
            press.abandon()
        self._start_afresh()


def _printed(header: dict[str, object], data: bytes) -> PrintedPdf:
    if error := header.get("error"):
        raise PrintingError(str(error))
    missing, pages = header["missing"], header["pages"]
    assert isinstance(missing, list)
    assert isinstance(pages, int)
    return PrintedPdf(data, hashlib.sha256(data).hexdigest(), pages, tuple(missing))


def _forget_after_fork() -> None:
    for pool in list(_pools):
        pool.leave_to_parent()


def _close_at_exit() -> None:
    for pool in list(_pools):
        pool.close()


os.register_at_fork(after_in_child=_forget_after_fork)
atexit.register(_close_at_exit)
