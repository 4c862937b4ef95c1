"""Many webhooks at once over real HTTP, by senders that repeat what was not answered 200, as monday does."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from queue import Empty, SimpleQueue
from typing import Any

SENDERS = 20
REPEATS = 30  # once a minute for half an hour
PAUSE = 0.15  # seconds for monday's minute
SUBSCRIPTION = 466701503
BOARD = 7786783342


@dataclass(frozen=True, slots=True)
class Webhook:
    """One event: what monday sends at first and when it repeats itself, and the inbox' key of it."""

    key: str
    first: bytes
    again: bytes


def webhooks(count: int, *, seed: int = 1) -> list[Webhook]:
    """So many different events, made as captured ones are."""
    chance = random.Random(seed)
    return [_webhook(number, f"{chance.getrandbits(128):032x}") for number in range(count)]


def _webhook(number: int, trigger: str) -> Webhook:
    event: dict[str, Any] = {
        "app": "monday",
        "type": "create_pulse",
        "triggerTime": "2026-02-05T16:28:02.630Z",
        "subscriptionId": SUBSCRIPTION,
        "isRetry": False,
        "userId": 67214742,
        "originalTriggerUuid": None,
        "boardId": BOARD,
        "pulseId": 8_409_000_000 + number,
        "pulseName": f"Deal {number}",
        "groupId": "topics",
        "groupName": "Assignments",
        "groupColor": "#579bfc",
        "isTopGroup": True,
        "columnValues": {},
        "triggerUuid": trigger,
    }
    again = event | {"isRetry": True, "triggerTime": "2026-02-05T16:29:02.630Z"}
    first, repeated = (json.dumps({"event": told}).encode() for told in (event, again))
    return Webhook(f"{SUBSCRIPTION}:{trigger}", first, repeated)


@dataclass
class Report:
    """What the senders saw: seconds of the requests that were answered, and answers by status."""

    door: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)  # 0: no answer at all
    accepted: list[str] = field(default_factory=list)  # keys, as often as they were answered 200
    given_up: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Crowd:
    """Senders that share the events among them. `beside` is an address asked in turn with the door."""

    port: int
    door: str
    beside: str = ""
    senders: int = SENDERS
    doubled: float = 0.0
    disturb: Callable[[], None] | None = None
    times: int = 1
    report: Report = field(default_factory=Report)

    def send(self, events: Sequence[Webhook]) -> Report:
        """Send all of them until each is answered 200. `doubled` is the share that two senders send.

        `disturb` is called so many `times`, evenly spread, while the senders go on.
        """
        chance = random.Random(len(events))
        waiting: SimpleQueue[tuple[Webhook, bool]] = SimpleQueue()
        total = 0
        for event in events:
            for repeated in (False, True) if chance.random() < self.doubled else (False,):
                waiting.put((event, repeated))
                total += 1
        threads = [threading.Thread(target=self._work, args=(waiting,)) for _ in range(self.senders)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        disturb = self.disturb
        for turn in range(self.times if disturb else 0):
            due = total * (turn + 1) // (self.times + 1)
            while len(self.report.accepted) < due and any(thread.is_alive() for thread in threads):
                time.sleep(0.002)
            if disturb:
                disturb()
        for thread in threads:
            thread.join()
        self.report.seconds = time.perf_counter() - start
        return self.report

    def _work(self, waiting: SimpleQueue[tuple[Webhook, bool]]) -> None:
        line = Line(self.port)
        while True:
            try:
                event, repeated = waiting.get_nowait()
            except Empty:
                line.close()
                return
            if self.beside:
                self.report.beside.append(line.ask("GET", self.beside)[1])
            self._deliver(line, event, repeated)

    def _deliver(self, line: Line, event: Webhook, repeated: bool) -> None:
        for attempt in range(1 + REPEATS):
            status, seconds = line.ask("POST", self.door, event.again if attempt or repeated else event.first)
            self.report.statuses[status] += 1
            if status:
                self.report.door.append(seconds)
            if status == 200:
                self.report.accepted.append(event.key)
                return
            time.sleep(PAUSE)
        self.report.given_up.append(event.key)


class Line:
    """One sender's connection, made anew when it breaks."""

    def __init__(self, port: int) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, address: str, body: bytes | None = None) -> tuple[int, float]:
        """The status of the answer, 0 where none came, and how many seconds it took."""
        start = time.perf_counter()
        try:
            self._line.request(method, address, body, {"Content-Type": "application/json"} if body else {})
            answer = self._line.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self._line.close()
            return 0, time.perf_counter() - start
        return answer.status, time.perf_counter() - start

    def close(self) -> None:
        """Hang up."""
        self._line.close()
