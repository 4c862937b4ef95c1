"""The set-up of system packages, tried on systems that are put together here from a few commands."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "system-packages"
BORROWED = ("bash", "cat", "env", "grep", "mktemp", "rm", "tail")
LIBRARIES = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"
COMMANDS = ("node", "npm", "chromium", "pdftotext", "qpdf")

System = Callable[..., Path]


@pytest.fixture
def system(tmp_path: Path) -> System:
    """Makes a folder of commands: few that are borrowed from this system, and the given ones made up."""

    def build(
        *commands: str, libraries: str = LIBRARIES, fonts: str = "Liberation Sans", **scripts: str
    ) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in BORROWED:
            found = shutil.which(name)
            assert found, f"This test needs the command {name}."
            (folder / name).symlink_to(found)
        made_up = dict.fromkeys(commands, "exit 0") | {
            "uname": "echo Linux",
            "ldconfig": f"echo '{libraries}'",
            "fc-list": f"echo '{fonts}'",
            **{name.replace("_", "-"): script for name, script in scripts.items()},
        }
        for name, script in made_up.items():
            (folder / name).write_text(f"#!{shutil.which('bash')}\n{script}\n")
            (folder / name).chmod(0o755)
        return folder

    return build


def set_up(folder: Path, purpose: str) -> subprocess.CompletedProcess[str]:
    bash = shutil.which("bash")
    assert bash
    return subprocess.run(
        [bash, SCRIPT, purpose],
        env={"PATH": str(folder), "LOG": str(folder / "calls.log")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )


def calls(folder: Path) -> list[str]:
    log = folder / "calls.log"
    return log.read_text().splitlines() if log.exists() else []


RECORD = 'echo "apt-get $*" >> "$LOG"'


def test_nothing_is_said_or_done_when_all_is_there(system: System) -> None:
    folder = system(*COMMANDS, apt_get=RECORD, id="echo 0")
    outcome = set_up(folder, "test")
    assert (outcome.returncode, outcome.stdout, outcome.stderr, calls(folder)) == (0, "", "", [])


def test_root_on_debian_gets_what_is_missing_and_no_more(system: System) -> None:
    folder = system(
        "node", "npm", "qpdf", "pdftotext", libraries="libpango-1.0.so.0", apt_get=RECORD, id="echo 0"
    )
    assert set_up(folder, "test").returncode == 0
    packages = "libpangoft2-1.0-0 libharfbuzz-subset0 chromium"
    assert calls(folder) == ["apt-get update -q", f"apt-get install -q -y --no-install-recommends {packages}"]


def test_running_the_program_does_not_ask_for_what_only_tests_need(system: System) -> None:
    folder = system("node", "npm", apt_get=RECORD, id="echo 0", fonts="")
    assert set_up(folder, "run").returncode == 0
    assert calls(folder) == []


def test_others_on_debian_go_through_sudo_which_asks_nothing_without_a_terminal(system: System) -> None:
    folder = system(
        "node",
        "npm",
        "chromium",
        "qpdf",
        apt_get=RECORD,
        id="echo 1000",
        sudo='echo "sudo $1" >> "$LOG"; shift; "$@"',
    )
    assert set_up(folder, "test").returncode == 0
    assert calls(folder)[:2] == ["sudo -n", "apt-get update -q"]
    assert calls(folder)[-1].endswith(" poppler-utils")


def test_elsewhere_it_says_what_is_missing_and_how_to_get_it_and_goes_on(system: System) -> None:
    outcome = set_up(system("node", "npm", libraries="", id="echo 0"), "test")
    assert outcome.returncode == 0
    for hint in (
        "- Pango\n",
        "- Chromium\n",
        "brew install",
        "dnf install",
        "pacman -S",
        "Going on without.",
    ):
        assert hint in outcome.stderr


def test_a_person_without_the_right_to_install_is_told_what_to_ask_for(system: System) -> None:
    outcome = set_up(system(*COMMANDS, libraries="", apt_get=RECORD, id="echo 1000"), "run")
    assert outcome.returncode == 0
    assert "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in outcome.stderr


def test_an_installation_that_fails_is_shown_and_does_not_stop_the_set_up(system: System) -> None:
    folder = system(*COMMANDS[:-1], apt_get="echo 'no route to the mirror'; exit 100", id="echo 0")
    outcome = set_up(folder, "test")
    assert outcome.returncode == 0
    assert "no route to the mirror" in outcome.stderr
    assert "- qpdf\n" in outcome.stderr
