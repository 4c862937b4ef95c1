"""One storm from the first deal to the verdict."""

from __future__ import annotations

import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from betterform import clock
from betterform.db import db
from betterform.models.board import ApiCallDay
from betterform.models.delivery import DeliveryAttempt
from betterform.models.webhook_event import WebhookEvent
from betterform.monday.sandbox import SandboxServer, World
from betterform.monday.sandbox.limits import Limits
from betterform.monday.sandbox.webhooks.mishaps import Mishap
from tests.storm import office
from tests.storm.board_people import Catalogue, Deals
from tests.storm.budget import Budget
from tests.storm.programs import WEB, WORKER, Program, free_port, wait_until_it_answers
from tests.storm.scale import MISHAPS, MONDAYS_SPEED, SILENCE_SECONDS, TROUBLE, Scale
from tests.storm.staff import Desk, Person, Task
from tests.storm.verdict import Expected, Verdict


@dataclass
class Outcome:
    """What came of it: the line of figures, and every difference (none when all is right)."""

    figures: str
    differences: list[str]
    related: list[str]

    def __str__(self) -> str:
        return "\n".join([self.figures, *self.differences, *self.related])


class Storm:
    """A storm of that seed. `server_url` names a PostgreSQL or MariaDB server; without one it is SQLite."""

    def __init__(self, seed: int, scale: Scale, *, server_url: str = "", workers: int = 1) -> None:
        self.seed, self.scale, self.workers = seed, scale, workers
        self.server_url = server_url
        self._no_more = threading.Event()
        self._failures: list[str] = []

    def run(self, keep: Path | None = None) -> Outcome:
        """Let it happen. Logs of the programs are left in `keep` when one is given."""
        started = time.monotonic()
        with ExitStack() as ending:
            folder = keep or Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            monday = ending.enter_context(_stand_in())
            database = ending.enter_context(office.scratch_database(self.server_url, folder))
            url = f"http://127.0.0.1:{free_port()}"
            environ = office.environment(
                database=database,
                api_url=monday.api_url,
                public_url=url,
                web_processes=self.scale.web_processes,
            )
            app = ending.enter_context(office.records(environ))
            office.furnish(app)
            programs = [Program("web", WEB + ("wsgi:app",), environ, folder / "web.log")]
            programs += [
                Program(f"worker {number}", WORKER, environ, folder / f"worker-{number}.log")
                for number in range(1, self.workers + 1)
            ]
            for program in programs:
                ending.callback(program.stop)
            programs[0].start()
            wait_until_it_answers(url)
            office.connect(app)
            for program in programs[1:]:
                program.start()
            return self._blow(app, monday.world, programs, url, database.partition(":")[0], started)

    def _blow(
        self, app: Flask, world: World, programs: list[Program], url: str, database: str, started: float
    ) -> Outcome:
        world.calls.clear()
        spent_before = world.turnstile.used_in_all
        with app.app_context():
            counted_before = _counted()
            db.session.remove()
        self._order_weather(world)
        desk = Desk()
        deals, catalogue = self._office_at_work(world, desk, programs, url)
        expected = Expected(
            deals=list(deals.made),
            deleted=deals.deleted,
            issued=desk.issued,
            files=deals.files,
            touched=desk.touched,
            contacts_made=self._kinds.count("new contact"),
            products_made=self._kinds.count("new product"),
        )
        with app.app_context():
            verdict = Verdict(db.session(), world, expected, public_url=url, secret=office.SECRET)
            differences = self._wait_until_calm(verdict)
            settled = time.monotonic() - started
            differences += [*self._failures, *desk.failed]
            for program in programs:
                if program.has_ended:
                    differences.append(f"the {program.name} ended by itself")
            budget = Budget(
                world=world,
                scale=self.scale,
                kills=sum(program.kills for program in programs),
                counted=_counted() - counted_before,
                changes=sum(catalogue.by_kind.values()),
                before=spent_before,
            )
            differences += budget.differences()
            related = list(verdict.related(differences)) if differences else []
            figures = self._figures(world, programs, database, settled, budget)
            db.session.remove()
        return Outcome(figures, differences, related)

    def _order_weather(self, world: World) -> None:
        world.trouble.storm(self.seed, TROUBLE, seconds=SILENCE_SECONDS)
        world.postman.mishaps.seed(self.seed)
        for kind, probability in MISHAPS.items():
            # monday's seconds: half a minute and more, so that others overtake it
            world.postman.mishaps.order(
                Mishap(kind, times=None, probability=probability, seconds=2.0 * MONDAYS_SPEED)
            )

    # The work

    def _office_at_work(
        self, world: World, desk: Desk, programs: list[Program], url: str
    ) -> tuple[Deals, Catalogue]:
        """Everybody at once; returns when all is done that people do."""
        contacts = [item.id for item in world.items_of("CONTACTS")]
        deals = Deals(world, self._dice("deals"), contacts)
        catalogue = Catalogue(world, self._dice("catalogue"))
        people = [Person(f"person {number}", url, desk, self._no_more) for number in range(self.scale.staff)]
        office_changes = self.scale.changes // 2
        self._kinds: list[str] = []
        at_the_boards = [
            self._thread("deals", self._make_deals, deals, desk, office_changes),
            self._thread("catalogue", self._change_catalogue, catalogue, self.scale.changes - office_changes),
        ]
        killers = [
            self._thread(f"killer of {program.name}", self._kill_now_and_then, program)
            for program in programs
        ]
        for thread in (*people, *at_the_boards, *killers):
            thread.start()
        for thread in at_the_boards:
            thread.join()
        self._no_more.set()
        for thread in (*people, *killers):
            thread.join(timeout=self.scale.patience * 2)
            if thread.is_alive():
                self._failures.append(f"{thread.name} did not come to an end")
        return deals, catalogue

    def _make_deals(self, deals: Deals, desk: Desk, office_changes: int) -> None:
        dice = self._dice("desk")
        pause = self.scale.seconds / self.scale.deals
        issued = set(dice.sample(range(self.scale.deals), self.scale.issued))
        kinds = [
            dice.choice(("new contact", "edit contact", "edit contact", "new product"))
            for _ in range(office_changes)
        ]
        self._kinds = kinds
        others = [number for number in range(self.scale.deals) if number not in issued]
        changed = [dice.choice(others) for _ in kinds]
        for number in range(self.scale.deals):
            item = deals.make()
            if number in issued:
                desk.add(Task("issue", item, self._dice(f"issue {number}"), number))
            for position, (kind, at) in enumerate(zip(kinds, changed, strict=True)):
                if at == number:
                    if kind == "edit contact" and item in deals.without_contact:
                        deals.link(item)
                    desk.add(Task(kind, item, self._dice(f"change {position}"), position))
            if number >= 5:
                earlier = number - dice.randint(1, 5)
                if deals.made[earlier] not in deals.deleted:
                    deals.fiddle(deals.made[earlier])
                if earlier not in issued and earlier not in changed and dice.random() < 0.02:
                    deals.delete(deals.made[earlier])
            time.sleep(pause * dice.uniform(0.2, 1.8))

    def _change_catalogue(self, catalogue: Catalogue, how_many: int) -> None:
        dice = self._dice("pauses")
        pause = self.scale.seconds / how_many
        for _ in catalogue.changes(how_many):
            time.sleep(pause * dice.uniform(0.2, 1.8))

    def _kill_now_and_then(self, program: Program) -> None:
        """At moments of the seed's choosing while the office works, `scale.kills` times at least."""
        dice = self._dice(program.name)
        every = self.scale.seconds / self.scale.kills
        while program.kills < self.scale.kills or not self._no_more.is_set():
            time.sleep(every * dice.uniform(0.4, 1.2))
            program.kill()
            time.sleep(dice.uniform(0.0, 0.6))
            program.start()

    def _thread(self, name: str, work: Callable[..., None], *arguments: object) -> threading.Thread:
        def run() -> None:
            try:
                work(*arguments)
            except Exception as error:
                self._failures.append(f"{name}: {error!r}")

        return threading.Thread(target=run, name=name, daemon=True)

    def _dice(self, name: str) -> random.Random:
        return random.Random(f"{self.seed} {name}")

    # The end

    def _wait_until_calm(self, verdict: Verdict) -> list[str]:
        """Until nothing is open and nothing differs, twice in a row; what is left when patience ends."""
        deadline = time.monotonic() + self.scale.patience
        calm = 0
        left: list[str] = []
        while calm < 2:
            time.sleep(1.0)
            waiting = verdict.open_work()
            left = [f"{number} {name} still wait" for name, number in waiting.items()]
            if not waiting:
                left = verdict.differences()
            calm = calm + 1 if not left else 0
            if left and time.monotonic() > deadline:
                return left + (verdict.differences() if waiting else [])
        return []

    def _figures(
        self, world: World, programs: list[Program], database: str, seconds: float, budget: Budget
    ) -> str:
        sent = {(delivery.webhook_id, delivery.event["triggerUuid"]) for delivery in world.postman.deliveries}
        lost = sum(delivery.state == "lost" for delivery in world.postman.deliveries)
        attempts = sum(len(delivery.attempts) for delivery in world.postman.deliveries)
        kills = ", ".join(f"{program.name} {program.kills}" for program in programs)
        tries = db.session.scalar(select(func.count()).select_from(DeliveryAttempt))
        inbox = db.session.scalar(select(func.count()).select_from(WebhookEvent))
        return (
            f"seed {self.seed}: {database}, {seconds:.0f} s, {budget}, "
            f"{sum(1 for call in world.calls if call.trouble)} troubled, kills: {kills}; "
            f"webhooks: {len(sent)} sent, {len(world.postman.deliveries) - len(sent)} doubled, {lost} lost, "
            f"{attempts} attempts, {inbox} in the inbox; {tries} attempts at deliveries"
        )


def _stand_in() -> SandboxServer:
    """A stand-in whose minute is two seconds long, and whose limits are in proportion."""
    limits = Limits(minute=400, concurrency=8, daily=100_000)
    return SandboxServer(seed="demo", speed=MONDAYS_SPEED, limits=limits)


def _counted() -> Decimal:
    """All calls that our own count knows of."""
    days = [clock.now().date() - timedelta(days=1), clock.now().date()]
    counted = db.session.scalars(select(ApiCallDay.calls).where(ApiCallDay.day.in_(days))).all()
    return sum(counted, start=Decimal(0))


def seeds_of(text: str) -> Iterator[int]:
    """The seeds in `1 2 3`, or in `1-20`."""
    for part in text.replace(",", " ").split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
