"""Boards outlive the process when they are told to."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from betterform.monday.sandbox import SandboxServer
from tests.monday.sandbox.caller import Caller, Listener, wait_until

ROOT = Path(__file__).resolve().parents[3]


def test_everything_is_there_after_a_restart(tmp_path: Path, listener: Listener) -> None:
    state = tmp_path / "monday.json"
    with SandboxServer(seed="demo", state=state) as server:
        monday = Caller(server)
        board = monday.board_id("DEALS")
        item = monday.world.create_item("DEALS", "Kept").id
        monday.upload(item, monday.column("DEALS", "Quote PDF"), content=b"kept too")
        monday.world.create_webhook("DEALS", listener.url, "change_name")
        listener.answers = [500]
        monday.world.rename(item, "Kept and renamed")
        listener.wait_for(1)
    with SandboxServer(seed="empty", state=state) as server:
        monday = Caller(server)
        assert monday.board_id("DEALS") == board
        assert monday.world.items[item].name == "Kept and renamed"
        (asset,) = monday.world.files(item, "Quote PDF")
        assert requests.get(f"{server.url}/assets/{asset.id}/{asset.name}", timeout=5).content == b"kept too"
        assert len(monday.world.items_of("CONTACTS")) >= 50
        retried = listener.wait_for(2)[1]
        assert retried["isRetry"] is True
        assert int(monday.world.create_item("DEALS", "Newer").id) > int(item)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "monday.json"
    state.write_text(json.dumps({"format": 99}), encoding="utf-8")
    with pytest.raises(ValueError, match="not a state of this stand-in"):
        SandboxServer(state=state)


def test_it_runs_as_a_process_of_its_own_and_stops_cleanly(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    state = tmp_path / "monday.json"
    command = [sys.executable, "-m", "betterform.monday.sandbox", "--port", str(port), "--state", str(state)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/v2" in line
        answer = requests.post(
            f"http://127.0.0.1:{port}/v2",
            json={"query": "{ me { name } }"},
            headers={"Authorization": "sandbox-token"},
            timeout=5,
        )
        assert answer.json()["data"]["me"]["name"] == "betterform"
        wait_until(state.exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
