"""Carries webhooks: at once, then once a minute for half an hour, each attempt remembered."""

from __future__ import annotations

import heapq
import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import jwt
import requests

from betterform.monday.sandbox.clock import SandboxClock, fine_stamp
from betterform.monday.sandbox.records import Webhook
from betterform.monday.sandbox.webhooks.mishaps import Mishaps

RETRY_SECONDS = 60.0
GIVE_UP_SECONDS = 30 * 60.0
ANSWER_SECONDS = 10.0
CARRIERS = 4
JWT_SECONDS = 300


@dataclass
class Delivery:
    """One event for one webhook. `state` is waiting, delivered, given up or lost."""

    number: int
    webhook_id: str
    url: str
    event: dict[str, Any]
    first_due: float
    state: str = "waiting"
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def item_id(self) -> str:
        return str(self.event.get("pulseId") or self.event.get("itemId") or "")


class Postman:
    """Four carriers, one item always with the same one, so that without mishaps its events stay in order.

    With `signing_secret`, every delivery carries a JWT as webhooks of an integration app do. Each attempt has a
    fresh token and trigger time; the triggerUuid stays.
    """

    def __init__(
        self, clock: SandboxClock, *, account_id: str = "", signing_secret: str | None = None
    ) -> None:
        self.clock = clock
        self.account_id = account_id
        self.signing_secret = signing_secret
        self.mishaps = Mishaps()
        self.deliveries: deque[Delivery] = deque(maxlen=50_000)
        self._numbers = itertools.count(1)
        self._bags: list[list[tuple[float, int, Delivery]]] = [[] for _ in range(CARRIERS)]
        self._news = threading.Condition()
        self._carriers: list[threading.Thread] = []
        self._closing = False
        self._under_way = 0

    def start(self) -> None:
        self._closing = False
        self._carriers = [
            threading.Thread(target=self._carry, args=(bag,), name=f"postman-{i}", daemon=True)
            for i, bag in enumerate(self._bags)
        ]
        for carrier in self._carriers:
            carrier.start()

    def stop(self) -> None:
        with self._news:
            self._closing = True
            self._news.notify_all()
        for carrier in self._carriers:
            carrier.join(timeout=2)

    def announce(
        self,
        webhooks: Iterable[Webhook],
        event: str,
        body: dict[str, Any],
        *,
        by: str,
        column_id: str | None = None,
    ) -> None:
        """Queue an event for every webhook that asked for it. `event` is the name it was subscribed by."""
        trigger = secrets.token_hex(16)
        for webhook in webhooks:
            if not listens_to(webhook, event, body, column_id):
                continue
            told = {
                "app": "monday",
                "type": body["type"],
                "triggerTime": fine_stamp(self.clock.now()),
                "subscriptionId": int(webhook.id),
                "isRetry": False,
                "userId": int(by),
                "originalTriggerUuid": None,
                **body,
                "triggerUuid": trigger,
            }
            if body["type"] == "restore_pulse":
                del told["originalTriggerUuid"]
            self._send_off(webhook, told)

    def _send_off(self, webhook: Webhook, told: dict[str, Any]) -> None:
        journeys = self.mishaps.journeys(told["type"])
        for delay in journeys:
            self._queue(self._delivery(webhook.id, webhook.url, told, delay))
        if not journeys:
            lost = self._delivery(webhook.id, webhook.url, told, 0)
            lost.state = "lost"
            self.deliveries.append(lost)

    def _delivery(self, webhook_id: str, url: str, told: dict[str, Any], delay: float) -> Delivery:
        return Delivery(next(self._numbers), webhook_id, url, dict(told), self.clock.elapsed() + delay)

    def _queue(self, delivery: Delivery) -> None:
        with self._news:
            self.deliveries.append(delivery)
            self._push(delivery, delivery.first_due)

    def _push(self, delivery: Delivery, due: float) -> None:
        bag = self._bags[hash(delivery.item_id()) % CARRIERS]
        heapq.heappush(bag, (due, delivery.number, delivery))
        self._news.notify_all()

    def _carry(self, bag: list[tuple[float, int, Delivery]]) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while delivery := self._next(bag):
                try:
                    self._attempt(session, delivery)
                finally:
                    with self._news:
                        self._under_way -= 1
                        self._news.notify_all()

    def _next(self, bag: list[tuple[float, int, Delivery]]) -> Delivery | None:
        with self._news:
            while not self._closing:
                if bag and bag[0][0] <= self.clock.elapsed():
                    self._under_way += 1
                    return heapq.heappop(bag)[2]
                # The clock may be pushed forward, so no sleep is longer than a quarter of a second.
                due_in = self.clock.real_seconds(bag[0][0] - self.clock.elapsed()) if bag else 5.0
                self._news.wait(timeout=max(0.005, min(due_in, 0.25)))
            return None

    def _attempt(self, session: requests.Session, delivery: Delivery) -> None:
        delivery.event["isRetry"] = bool(delivery.attempts)
        delivery.event["triggerTime"] = fine_stamp(self.clock.now())
        answer = self._post(session, delivery)
        delivery.attempts.append({"at": fine_stamp(self.clock.now()), "answer": answer})
        if answer == "200":
            delivery.state = "delivered"
        elif self.clock.elapsed() + RETRY_SECONDS - delivery.first_due > GIVE_UP_SECONDS:
            delivery.state = "given up"
        else:
            with self._news:
                self._push(delivery, self.clock.elapsed() + RETRY_SECONDS)

    def _post(self, session: requests.Session, delivery: Delivery) -> str:
        """The status of the answer, or the name of what went wrong on the way."""
        headers = {}
        if self.signing_secret:
            headers["Authorization"] = self._token(delivery)
        try:
            answer = session.post(
                delivery.url,
                json={"event": delivery.event},
                headers=headers,
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as failure:
            return type(failure).__name__
        return str(answer.status_code)

    def _token(self, delivery: Delivery) -> str:
        now = int(time.time())
        claims = {
            "accountId": int(self.account_id or 0),
            "userId": delivery.event["userId"],
            "aud": delivery.url,
            "iat": now,
            "exp": now + JWT_SECONDS,
        }
        return jwt.encode(claims, self.signing_secret or "", algorithm="HS256")

    def wait_until_quiet(self, timeout: float = 10.0) -> bool:
        """Until nothing is due and nothing is under way; retries that are due later do not count."""
        deadline = time.monotonic() + timeout
        with self._news:
            while time.monotonic() < deadline:
                due = any(bag and bag[0][0] <= self.clock.elapsed() + 0.001 for bag in self._bags)
                if not due and self._under_way == 0:
                    return True
                self._news.wait(timeout=0.02)
        return False

    def retry_now(self) -> None:
        """Try everything that waits at once."""
        with self._news:
            for bag in self._bags:
                bag[:] = [(0.0, number, delivery) for _, number, delivery in bag]
                heapq.heapify(bag)
            self._news.notify_all()

    def waiting(self) -> list[dict[str, Any]]:
        """Deliveries that are not done, to be put aside when the stand-in stops."""
        with self._news:
            return [
                asdict(delivery) for bag in self._bags for _, _, delivery in sorted(bag, key=lambda e: e[:2])
            ]

    def take_up(self, saved: Iterable[dict[str, Any]]) -> None:
        """Go on with deliveries that were put aside. What is left of their half hour starts anew."""
        for entry in saved:
            delivery = Delivery(**entry)
            delivery.number, delivery.first_due = next(self._numbers), self.clock.elapsed()
            self._queue(delivery)

    def forget_all(self) -> None:
        with self._news:
            for bag in self._bags:
                bag.clear()
            self.deliveries.clear()
        self.mishaps.clear()


def listens_to(webhook: Webhook, event: str, body: dict[str, Any], column_id: str | None) -> bool:
    """Whether a webhook's own event and config cover what happened."""
    config = webhook.config or {}
    if event == "change_column_value":
        if webhook.event == "change_specific_column_value":
            return bool(config.get("columnId") == column_id)
        if webhook.event == "change_status_column_value":
            return _is_status_change(config, body, column_id)
    if event == "item_moved_to_any_group" and webhook.event == "item_moved_to_specific_group":
        return bool(config.get("groupId") == body["destGroupId"])
    return webhook.event == event


def _is_status_change(config: dict[str, Any], body: dict[str, Any], column_id: str | None) -> bool:
    if config.get("columnId") != column_id or body.get("columnType") != "color":
        return False
    wanted: dict[str, Any] = config.get("columnValue") or {"$any$": True}
    index = ((body.get("value") or {}).get("label") or {}).get("index")
    return "$any$" in wanted or bool(wanted.get("index") == index)
