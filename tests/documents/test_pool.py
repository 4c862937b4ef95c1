"""The printing processes: what happens when they die, hang, wear out or lose their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from betterform.documents import pdf
from betterform.documents.engine import write_pdf
from betterform.documents.pool import PdfPool
from betterform.errors import PrintingError
from tests.documents import papers

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def pool() -> Iterator[PdfPool]:
    pool = PdfPool(processes=1, seconds=30)
    yield pool
    pool.close()


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def comes_true(question: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.05)
    return False


def run_python(code: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)


def test_the_pool_prints_what_the_engine_prints(pool: PdfPool) -> None:
    assert pool.print_pdf(papers.mixed_quote(5)) == write_pdf(papers.mixed_quote(5))


def test_one_process_prints_one_document_after_another(pool: PdfPool) -> None:
    pool.print_pdf(papers.quote(1))
    first = pool.process_ids()
    pool.print_pdf(papers.quote(2))
    assert pool.process_ids() == first
    assert len(first) == 1


def test_a_process_that_died_is_replaced_unnoticed(pool: PdfPool) -> None:
    pool.print_pdf(papers.quote(1))
    [pid] = pool.process_ids()
    os.kill(pid, signal.SIGKILL)
    assert pool.print_pdf(papers.quote(1)).pages == 1
    assert pool.process_ids() != [pid]


def test_a_document_that_takes_too_long_is_given_up_and_its_process_ended() -> None:
    pool = PdfPool(processes=1, seconds=0.3)
    pool.print_pdf(papers.quote(1))
    [pid] = pool.process_ids()
    with pytest.raises(PrintingError, match=r"not ready after 0\.3 seconds"):
        pool.print_pdf(papers.quote(400))
    assert not is_running(pid)
    assert pool.print_pdf(papers.quote(1)).pages == 1
    pool.close()


def test_a_worn_process_is_replaced() -> None:
    pool = PdfPool(processes=1, seconds=30, documents_per_press=2)
    seen = set()
    for _ in range(5):
        pool.print_pdf(papers.quote(1))
        seen.update(pool.process_ids())
    assert len(seen) == 3
    pool.close()
    assert not any(is_running(pid) for pid in seen)


def test_many_threads_share_two_processes() -> None:
    pool = PdfPool(processes=2, seconds=60)
    expected = {lines: write_pdf(papers.quote(lines)).sha256 for lines in (1, 2, 3)}
    with ThreadPoolExecutor(8) as threads:
        wanted = [1, 2, 3] * 6
        printed = list(threads.map(lambda lines: pool.print_pdf(papers.quote(lines)), wanted))
    assert [pdf.sha256 for pdf in printed] == [expected[lines] for lines in wanted]
    assert 1 <= len(pool.process_ids()) <= 2
    pool.close()


def test_who_waits_too_long_for_a_process_is_told_so() -> None:
    pool = PdfPool(processes=1, seconds=0.5)
    pool.print_pdf(papers.quote(1))
    with ThreadPoolExecutor(4) as threads:
        failures = [threads.submit(pool.print_pdf, papers.quote(300)).exception() for _ in range(2)]
    assert all(isinstance(failure, PrintingError) for failure in failures)
    pool.close()


def test_closing_leaves_no_process_and_the_next_document_starts_one(pool: PdfPool) -> None:
    pool.print_pdf(papers.quote(1))
    [pid] = pool.process_ids()
    pool.close()
    assert not is_running(pid)
    assert pool.print_pdf(papers.quote(1)).pages == 1


def test_warming_up_starts_one_process_and_no_more(pool: PdfPool) -> None:
    pool.warm_up()
    pool.warm_up()
    [pid] = pool.process_ids()
    pool.print_pdf(papers.quote(1))
    assert pool.process_ids() == [pid]


def test_a_forked_child_prints_with_a_process_of_its_own() -> None:
    """As gunicorn's workers do after the app was loaded before the fork."""
    run = run_python("""
import os
from betterform.documents import pdf
from tests.documents import papers
pdf.print_pdf(papers.quote(1))
before = pdf._pool.process_ids()
if os.fork() == 0:
    assert pdf._pool.process_ids() == []
    pdf.print_pdf(papers.quote(1))
    assert pdf._pool.process_ids() != before
    pdf.close()
    os._exit(7)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 7
pdf.print_pdf(papers.quote(1))
assert pdf._pool.process_ids() == before
print("fine")
""")
    assert run.communicate(timeout=60)[0].strip() == "fine"


@pytest.mark.parametrize("is_busy", [False, True])
def test_no_process_outlives_a_parent_that_is_killed(is_busy: bool) -> None:
    run = run_python(f"""
import threading, time
from betterform.documents import pdf
from tests.documents import papers
pdf.print_pdf(papers.quote(1))
print(pdf._pool.process_ids()[0], flush=True)
if {is_busy}:
    pdf.print_pdf(papers.quote(3000))
time.sleep(60)
""")
    with run:
        assert run.stdout
        pid = int(run.stdout.readline())
        time.sleep(0.5)
        run.kill()
    assert comes_true(lambda: not is_running(pid))


def test_no_process_outlives_a_program_that_ends() -> None:
    run = run_python("""
from betterform.documents import pdf
from tests.documents import papers
pdf.print_pdf(papers.quote(1))
print(pdf._pool.process_ids()[0])
""")
    pid = int(run.communicate(timeout=60)[0])
    assert not is_running(pid)


def test_the_process_that_prints_loads_neither_flask_nor_the_main_program() -> None:
    code = "import sys, betterform.documents.press, betterform.documents.engine; print(*sys.modules)"
    loaded = set(run_python(code).communicate(timeout=60)[0].split())
    assert not loaded & {"flask", "sqlalchemy", "requests", "wtforms"}


def test_asking_for_a_pdf_does_not_load_weasyprint_here() -> None:
    loaded = set(
        run_python("import sys, betterform.documents.pdf; print(*sys.modules)").communicate()[0].split()
    )
    assert "weasyprint" not in loaded


def test_the_default_pool_can_be_set_up_anew() -> None:
    pdf.configure(processes=1, seconds=30)
    assert pdf.print_pdf(papers.quote(1)).pages == 1
    pdf.close()
