"""How long a PDF takes beside WeasyPrint alone, and what memory the pool keeps: python -m bench.bench_pdf.

"Alone" is WeasyPrint in this process on the same HTML, warm, with fonts, style sheets and images shared:
once as it comes, and once with the same PDF/A and tags that the paper has. The three take turns, so that
a busy machine is unfair to none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from betterform.documents.engine import STYLESHEETS  # Before WeasyPrint: it chooses the fonts.
from betterform.documents.pool import PdfPool
from betterform.documents.rendering import render_print
from tests.documents import papers

from weasyprint import CSS, HTML  # isort: skip
from weasyprint.text.fonts import FontConfiguration  # isort: skip

from betterform.documents.archive import VARIANT  # isort: skip
from betterform.documents.assets import ClosedFetcher  # isort: skip

ROUNDS = {10: 30, 100: 8, 1000: 2}


class Alone:
    """WeasyPrint with what documents share, and nothing of ours."""

    def __init__(self) -> None:
        self.fetcher = ClosedFetcher()
        self.fonts = FontConfiguration()
        self.sheets = [CSS(url=url, url_fetcher=self.fetcher, font_config=self.fonts) for url in STYLESHEETS]
        self.images: dict[str, object] = {}

    def print(self, html: str, variant: str | None = None) -> bytes:
        """The HTML as PDF."""
        document = HTML(string=html, base_url="asset:", url_fetcher=self.fetcher)
        data: bytes = document.write_pdf(
            font_config=self.fonts, stylesheets=self.sheets, cache=self.images, pdf_variant=variant
        )
        return data


def seconds(work: Callable[[], object]) -> float:
    """How long `work` took."""
    start = perf_counter()
    work()
    return perf_counter() - start


def row(pool: PdfPool, alone: Alone, lines: int) -> str:
    """One line of the table: medians in milliseconds and their ratio."""
    paper = papers.quote(lines)
    html = render_print(paper)
    contenders: list[Callable[[], object]] = [
        lambda: pool.print_pdf(paper),
        lambda: alone.print(html),
        lambda: alone.print(html, VARIANT),
    ]
    times: list[list[float]] = [[], [], []]
    for turn in range(ROUNDS[lines]):
        for index in sorted(range(3), key=lambda place: (place + turn) % 3):
            times[index].append(seconds(contenders[index]) * 1000)
    ours, plain, same = (median(taken) for taken in times)
    beside = "".join(f" {alone_time:>10,.0f} ms {ours / alone_time:>6.2f}" for alone_time in (plain, same))
    return f"{lines:>6,} {ours:>10,.0f} ms{beside}"


def memory(pid: int) -> float:
    """What the process holds, in MB."""
    [kilobytes] = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes) / 1024


def memory_rows(pool: PdfPool) -> list[str]:
    """What the printing process holds after 50 and after 500 different documents, renewed as it is in use."""
    rows, printed = [], 0
    for count in (50, 500):
        while printed < count:
            pool.print_pdf(papers.quote(1 + printed % 12, number=f"Q-2026-{printed:04}"))
            printed += 1
        rows.append(f"after {count:>3} PDFs {memory(pool.process_ids()[0]):8.1f} MB")
    return rows


def main() -> None:
    """Print the tables."""
    pool, alone = PdfPool(processes=1, seconds=300, documents_per_press=10_000), Alone()
    pool.print_pdf(papers.quote(2))
    alone.print(render_print(papers.quote(2)))
    print(f"{'lines':>6} {'pool':>13} {'alone':>13} {'ratio':>6} {'alone, PDF/A':>13} {'ratio':>6}")
    for lines in ROUNDS:
        print(row(pool, alone, lines), flush=True)
    pool.close()
    for line in memory_rows(PdfPool(processes=1, seconds=300)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
