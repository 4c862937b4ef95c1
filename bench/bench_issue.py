"""From "Issue the quote" to the stored PDF beside WeasyPrint alone: python -m bench.bench_issue [--quick].

"Issue" is measured over HTTP and ends when the PDF and its SHA-256 are committed; longer papers than the
form's request prints itself are asked for at once, as the worker would do. "Alone" is WeasyPrint in this
process on the very HTML of the issued quote, warm, with fonts, style sheets and images shared: once as it
comes, and once as the PDF/A with tags that is stored. The three take turns on a machine that they share.
"processor" is the processor time of the server and its printing process in proportion to that of WeasyPrint
alone; it hardly depends on what else the machine does. Issuing writes to disk twice, for good each time: the
number with the frozen quote, and the PDF.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import select

from bench.bench_pdf import Alone  # Before anything else that loads WeasyPrint: it chooses the fonts.
from bench.desk import Desk, desk, encoded, machine, megabytes
from betterform.db import db
from betterform.documents.archive import VARIANT
from betterform.documents.rendering import render_print
from betterform.models.document import Document
from betterform.views.quotes.issuing import LINES_PRINTED_AT_ONCE

ROUNDS = {10: 20, 100: 5, 1_000: 2}
QUICK_ROUNDS = {10: 5, 100: 2}
PDFS = (50, 150, 250, 350, 450, 500)
QUICK_PDFS = (20, 60)
READINGS = 10


@dataclass
class Times:
    """What one contender took, each time: milliseconds on the clock and of a processor."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def measure(self, work: Callable[[], object], processor_seconds: Callable[[], float]) -> None:
        """Do the work once."""
        used, start = processor_seconds(), perf_counter()
        work()
        self.clock.append((perf_counter() - start) * 1000)
        self.processor.append((processor_seconds() - used) * 1000)


def confirmed(desk: Desk, quote_id: int) -> str:
    """What the confirming page says was seen."""
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', desk.get(f"/quotes/{quote_id}/issue"))
    return str(seen)


def issue(desk: Desk, quote_id: int, lines: int, seen: str) -> None:
    """Issue the quote; returns when its PDF is stored."""
    typed = encoded({"csrf_token": desk.token, "seen": seen})
    desk.post(f"/quotes/{quote_id}/issue", typed, status=302, htmx=False)
    if lines > LINES_PRINTED_AT_ONCE:
        desk.get_file(f"/quotes/{quote_id}/pdf")


def row(desk: Desk, alone: Alone, lines: int, rounds: int) -> str:
    """One line of the table: medians in milliseconds, and how they compare."""
    ours, plain, archived = Times(), Times(), Times()
    for turn in range(rounds):
        quote_id = desk.new_quote(lines)
        seen = confirmed(desk, quote_id)
        ours.measure(partial(issue, desk, quote_id, lines, seen), desk.processor_seconds)
        html = render_print(_document(desk, quote_id).paper)
        contenders = [(plain, None), (archived, VARIANT)]
        for times, variant in contenders if turn % 2 else reversed(contenders):
            times.measure(partial(alone.print, html, variant), process_time)
        desk.get(f"/quotes/{quote_id}")  # where the browser is led, which says that it is issued
    text = f"{lines:>6,} {median(ours.clock):>8,.0f} ms"
    for beside in (plain, archived):
        text += f" {median(beside.clock):>8,.0f} ms {median(ours.clock) / median(beside.clock):>6.2f}"
        text += f" {sum(ours.processor) / sum(beside.processor):>10.2f}"
    return f"{text} {rounds:>6}"


def memory_rows(desk: Desk, counts: tuple[int, ...]) -> Iterator[str]:
    """What the server and its printing process hold after so many different documents.

    Each figure is the middle of the readings after the last ten documents, with the smallest and largest.
    """
    readings: list[tuple[float, float]] = []
    for count in range(1, counts[-1] + 1):
        lines = 1 + count % 12
        quote_id = desk.new_quote(lines)
        issue(desk, quote_id, lines, confirmed(desk, quote_id))
        desk.get(f"/quotes/{quote_id}")
        answering, printing = desk.processes()
        readings.append((megabytes(answering), megabytes(printing) if printing else 0.0))
        if count in counts:
            yield f"{count:>6,}" + "".join(_spread(column) for column in _columns(readings[-READINGS:]))


def _columns(readings: list[tuple[float, float]]) -> Iterator[list[float]]:
    yield [answering for answering, _ in readings]
    yield [printing for _, printing in readings]
    yield [answering + printing for answering, printing in readings]


def _spread(readings: list[float]) -> str:
    return f" {median(readings):>8.1f} MB ({min(readings):.1f} to {max(readings):.1f})"


def _document(desk: Desk, quote_id: int) -> Document:
    """The issued document as it is stored now, without its PDF."""
    with desk.app.app_context():
        document = db.session.scalars(select(Document).where(Document.quote_id == quote_id)).one()
        db.session.expunge(document)
    return document


def main() -> None:
    """Print the tables."""
    quick = "--quick" in sys.argv
    print(machine())
    alone = Alone()
    with desk() as at:
        row(at, alone, 2, 1)  # warm
        head = f"{'alone':>11} {'ratio':>6} {'processor':>10}"
        print(f"{'lines':>6} {'issue':>11} {head} {head.replace('alone', 'PDF/A')} {'times':>6}")
        for lines, rounds in (QUICK_ROUNDS if quick else ROUNDS).items():
            print(row(at, alone, lines, rounds), flush=True)
    with desk() as at:
        print(f"{'PDFs':>6} {'server':>28} {'printing process':>27} {'both':>27}")
        for text in memory_rows(at, QUICK_PDFS if quick else PDFS):
            print(text, flush=True)


if __name__ == "__main__":
    main()
