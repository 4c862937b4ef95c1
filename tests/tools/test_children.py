"""Programs of the demo: what is shown of their logs, and that none outlives its end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.children import Child, ChildDied, stop

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
grandchild = subprocess.Popen([sys.executable, "-c", deaf])
print(grandchild.pid, flush=True)
time.sleep(60)
"""

NOISY = '''
print("""INFO all is well
WARNING in worker: slow
WARNING: This is a development server. Do not use it.
Traceback (most recent call last):
  File "x.py", line 1, in x
ValueError: no
127.0.0.1 - - "GET /" 200""")
'''

StartChild = Callable[[str], Child]


@pytest.fixture
def start_child(tmp_path: Path) -> Iterator[StartChild]:
    started: list[Child] = []

    def start(program: str) -> Child:
        command = [sys.executable, "-c", program]
        child = Child(
            "printer", command, folder=tmp_path, environment=os.environ, log=tmp_path / "printer.log"
        )
        started.append(child)
        return child

    yield start
    stop(started, grace=0.0)


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process_id}/stat")
    return not (state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_a_program_that_does_not_want_to_stop_is_killed_with_what_it_started(start_child: StartChild) -> None:
    child = start_child(STUBBORN)
    while not child.last_lines():
        time.sleep(0.02)
    grandchild = int(child.last_lines()[0])
    stop([child], grace=0.3)
    deadline = time.monotonic() + 5
    while is_running(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert child.exit_code() == -9
    assert not is_running(grandchild)


def test_only_warnings_and_tracebacks_are_shown(start_child: StartChild) -> None:
    child = start_child(NOISY)
    child.finish(within=20)
    assert child.new_warnings() == [
        "WARNING in worker: slow",
        "Traceback (most recent call last):",
        '  File "x.py", line 1, in x',
        "ValueError: no",
    ]
    assert child.new_warnings() == []


def test_a_task_that_takes_too_long_is_reported(start_child: StartChild) -> None:
    child = start_child("import time; time.sleep(60)")
    with pytest.raises(ChildDied):
        child.finish(within=0.2)


def test_a_task_that_fails_is_reported_with_its_exit_code(start_child: StartChild) -> None:
    child = start_child("import sys; sys.exit(7)")
    with pytest.raises(ChildDied, match=r"The printer stopped with exit code 7\."):
        child.finish(within=20)
