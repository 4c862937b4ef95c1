"""What the tests of the stand-in call it with, and what they let it call."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from betterform.monday.sandbox import SandboxServer

CHANGE = """mutation ($board: ID!, $item: ID, $values: JSON!, $labels: Boolean) {
  change_multiple_column_values(
    board_id: $board, item_id: $item, column_values: $values, create_labels_if_missing: $labels
  ) { id name }
}"""
CREATE = """mutation ($board: ID!, $name: String!, $values: JSON) {
  create_item(board_id: $board, item_name: $name, column_values: $values) { id name }
}"""


class Caller:
    """Talks to a stand-in over HTTP, as a client would."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.world = server.world

    def post(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10,
    ) -> requests.Response:
        sent = {"Authorization": self.server.token, "API-Version": "2026-10", **(headers or {})}
        body = {"query": query, "variables": dict(variables or {})}
        return requests.post(self.server.api_url, json=body, headers=sent, timeout=timeout)

    def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of an answer that must be without errors."""
        body = self.post(query, variables).json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    def refused(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The first error of an answer that must have one."""
        error: dict[str, Any] = self.post(query, variables).json()["errors"][0]
        return error

    def upload(
        self,
        item_id: str,
        column_id: str,
        name: str = "Q-1.pdf",
        content: bytes = b"%PDF-1.7",
        form: str = "B",
    ) -> requests.Response:
        query = (
            f'mutation ($file: File!) {{ add_file_to_column(item_id: {item_id}, column_id: "{column_id}", '
            "file: $file) { id name url file_size file_extension } }"
        )
        part = (name, content, "application/pdf")
        fields: dict[str, str] = {"query": query}
        if form == "A":
            fields["map"] = json.dumps({"image": "variables.file"})
        if form == "A list":
            fields["map"] = json.dumps({"image": ["variables.file"]})
        return requests.post(
            self.server.api_url + "/file",
            data=fields,
            files={"variables[file]" if form == "B" else "image": part},
            headers={"Authorization": self.server.token, "API-Version": "2026-10"},
            timeout=10,
        )

    def control(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(method, f"{self.server.url}/_sandbox{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def column(self, board: str, title: str) -> str:
        return self.world.column(board, title).id

    def board_id(self, name: str) -> str:
        return self.world.board(name).id

    def change(self, item_id: str, board: str = "DEALS", **values: Any) -> dict[str, Any]:
        """Change columns named by title with `_` for blanks."""
        named = {self.column(board, title.replace("_", " ")): value for title, value in values.items()}
        body: dict[str, Any] = self.post(
            CHANGE, {"board": self.board_id(board), "item": item_id, "values": json.dumps(named)}
        ).json()
        return body

    def value(self, item_id: str, column_id: str, fragment: str) -> dict[str, Any]:
        data = self.ask(
            f'{{ items(ids: [{item_id}]) {{ column_values(ids: ["{column_id}"]) '
            f"{{ id type text value {fragment} }} }} }}"
        )
        found: dict[str, Any] = data["items"][0]["column_values"][0]
        return found


class Listener:
    """A webhook address that remembers what it was sent. `answers` are the next statuses, 200 when there is none."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        self.challenges = 0
        self.answers: list[int] = []
        self.repeats = True
        self.url = ""

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        return [entry["event"] for entry in list(self.received) if kind in (None, entry["event"]["type"])]

    def wait_for(self, number: int, kind: str | None = None) -> list[dict[str, Any]]:
        wait_until(lambda: len(self.events(kind)) >= number)
        return self.events(kind)

    def answer(self, body: dict[str, Any], authorization: str | None) -> tuple[int, dict[str, Any]]:
        if "challenge" in body:
            self.challenges += 1
            return 200, body if self.repeats else {"challenge": "something else"}
        self.received.append(body)
        self.authorizations.append(authorization)
        return (self.answers.pop(0) if self.answers else 200), {}


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = listener.answer(body, self.headers.get("Authorization"))
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/monday/webhook/secret"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(is_so: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.01)


def left(header: str, limit: str) -> int:
    """What a RateLimit header says is left of a limit."""
    found = re.search(rf'"{limit}";r=(\d+)', header)
    assert found, header
    return int(found.group(1))
