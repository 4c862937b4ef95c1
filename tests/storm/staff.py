"""The people in the office: they issue quotes and correct the catalogue, in the real pages over HTTP."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from tests.storm.browser import Browser, Page, numbers_in

EMAIL, PASSWORD = "staff@storm.example", "a-long-enough-storm-password"
STREETS = ("Marktgasse", "Seestrasse", "Rue du Lac", "Via Cantonale", "Station Road")
# A deal whose webhook was lost has its quote after the next reading of the board, which may meet trouble too.
MOST_ROUNDS, LONGEST_SECONDS = 100, 90.0
ROUNDS_FOR_A_CONTACT = 40


@dataclass
class Task:
    """Something to do in the form of a deal's quote. `done` at the end of it."""

    kind: str  # issue, new contact, edit contact, new product
    item: str
    dice: random.Random
    number: int
    rounds: int = 0
    last: str = ""  # what came when it did not succeed
    since: float = field(default_factory=time.monotonic)

    @property
    def waited(self) -> float:
        """For how many seconds it has been on the desk."""
        return time.monotonic() - self.since


class Desk:
    """What waits to be done. A deal whose quote is not there yet is put at the end again."""

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()
        self._lock = threading.Lock()
        self.failed: list[str] = []
        self.issued: list[str] = []
        self.touched: set[str] = set()  # deals whose quotes somebody opens
        self.done = 0

    def add(self, task: Task) -> None:
        with self._lock:
            self.touched.add(task.item)
            self._waiting.append(task)

    def next(self) -> Task | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def put_back(self, task: Task) -> None:
        task.rounds += 1
        if task.rounds > MOST_ROUNDS and task.waited > LONGEST_SECONDS:
            self.failed.append(f"{task.kind} of deal {task.item}: {task.last}")
        else:
            self.add(task)

    def finish(self, task: Task) -> None:
        with self._lock:
            self.done += 1
            if task.kind == "issue":
                self.issued.append(task.item)


class Person(threading.Thread):
    """One of the staff. Works until `no_more` is set and the desk is empty."""

    def __init__(self, name: str, url: str, desk: Desk, no_more: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.browser = Browser(url)
        self._desk, self._no_more = desk, no_more

    def run(self) -> None:
        try:
            self.browser.sign_in(EMAIL, PASSWORD)
            while True:
                task = self._desk.next()
                if task is None:
                    if self._no_more.is_set():
                        return
                    time.sleep(0.1)
                elif self._do(task):
                    self._desk.finish(task)
                else:
                    self._desk.put_back(task)
                    time.sleep(0.1)
        except Exception as error:
            self._desk.failed.append(f"{self.name} gave up: {error!r}")
        finally:
            self.browser.close()

    def _do(self, task: Task) -> bool:
        page = self.browser.get(f"/form/{task.item}")
        found = re.fullmatch(r"/quotes/(\d+)(/edit)?", page.path)
        if page.status != 200 or found is None:
            task.last = f"{page.path} answered {page.status}"
            return False
        quote = f"/quotes/{found[1]}"
        match task.kind:
            case "issue":
                return found[2] is None or self._issue(task, quote, page)
            case "new contact":
                return self._add_contact(task, quote)
            case "edit contact":
                return self._edit_contact(task, quote)
            case _:
                return self._add_product(task, quote, page)

    def _issue(self, task: Task, quote: str, page: Page) -> bool:
        """Fill in a line, save, look once more, issue. True once the quote's page says so."""
        fields = page.form("/edit")
        line = numbers_in(r"lines-(\d+)-name", page.text)[0]
        fields |= {
            "action": "save",
            f"lines-{line}-name": f"Microscope of deal {task.number}",
            f"lines-{line}-unit": "pcs",
            f"lines-{line}-quantity": str(task.dice.randint(1, 9)),
            f"lines-{line}-unit_price": f"{task.dice.randint(100, 99_999) / 100:.2f}",
            "custom_quote_to": fields.get("custom_quote_to") or "Example Ltd\nLondon",
        }
        self.browser.post(f"{quote}/edit", fields)
        page = self.browser.get(f"{quote}/issue")
        if page.path == f"{quote}/issue":
            page = self.browser.post(f"{quote}/issue", page.form("/issue"))
        task.last = f"{page.path} answered {page.status}: {page.problems()}"
        return page.path == quote and page.status == 200

    def _add_contact(self, task: Task, quote: str) -> bool:
        page = self.browser.get(f"{quote}/contact/new")
        if page.path != f"{quote}/contact/new":
            return True  # issued by somebody in the meantime: there is nothing to add any more
        fields = page.form("/contact/new") | {
            "first_name": "Nova",
            "last_name": f"Number {task.number}",
            "email": f"nova.{task.number}@storm.example",
            "company": f"Storm {task.number} AG",
            "street": f"{task.dice.choice(STREETS)} {task.number}",
            "country_code": "CH",
            "phone": f"+4144555{task.number:04d}",
        }
        page = self.browser.post(f"{quote}/contact/new", fields)
        task.last = f"{page.path} answered {page.status}"
        return page.status == 200 and page.path == f"{quote}/edit"

    def _edit_contact(self, task: Task, quote: str) -> bool:
        page = self.browser.get(f"{quote}/contact/edit")
        if page.status == 404 or page.path != f"{quote}/contact/edit":
            task.last = "the quote has no contact yet"
            # Somebody may have archived the contact at its board before the deal was read.
            return task.rounds > ROUNDS_FOR_A_CONTACT
        fields = page.form("/contact/edit")
        fields["street"] = f"{task.dice.choice(STREETS)} {task.number}"
        if task.dice.random() < 0.3:
            fields["company"] = f"Office-made {task.number} GmbH"
        page = self.browser.post(f"{quote}/contact/edit", fields)
        task.last = f"{page.path} answered {page.status}"
        return page.status == 200 and page.path == f"{quote}/edit"

    def _add_product(self, task: Task, quote: str, page: Page) -> bool:
        lines = numbers_in(r"lines-(\d+)-name", page.text)
        if not lines:
            task.last = "the quote has no line"
            return False
        address = f"{quote}/lines/{lines[0]}/product/new"
        page = self.browser.get(address)
        if page.path != address:
            return True
        fields = page.form("/product/new") | {
            "name": f"Storm probe {task.number}",
            "catalogue_number": f"ST-{task.number}",
            "unit": "piece",
            "kind": "Kit",
            "description": f"Made in the office.\nNumber {task.number}.",
            "price_chf": f"{task.dice.randint(100, 99_999) / 100:.2f}",
        }
        page = self.browser.post(address, fields)
        task.last = f"{page.path} answered {page.status}"
        return page.status == 200 and page.path == f"{quote}/edit"
