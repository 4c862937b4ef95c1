"""monday's door under a crowd, beside an empty Flask view: python -m bench.bench_door [--quick].

The server runs as in production, by gunicorn.conf.py: two processes of four threads. Each sender asks the
empty view and the door in turn, on one kept connection, so that both meet the same machine in the same
moments; senders and server share it. With twenty senders at eight threads most of either time is waiting for
one's turn, and "alone" is a single sender. A webhook is answered when it is on disk for good, which on its
own takes what the machine's note says a write takes.

Then the same crowd, a tenth of the webhooks sent by two at once, while master and workers are killed with
SIGKILL and started again. Senders repeat what was not answered 200, as monday does. The counts must say:
nothing missing, nothing twice. The command fails otherwise.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from bench.desk import machine, percentile
from betterform.app import create_app
from betterform.db import db
from betterform.models.webhook_event import WebhookEvent
from tests.databases import SQLITE, answering_servers
from tests.storm_door.crowd import SENDERS, Crowd, Webhook, webhooks
from tests.storm_door.server import DOOR, Server

EMPTY = "/empty/"
WARM_UP = 100
DOUBLED = 0.1
KILLS = 3


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """The URLs of empty databases with their tables, by name."""
    with ExitStack() as at_the_end:
        folder = at_the_end.enter_context(TemporaryDirectory(prefix="betterform-bench-"))
        found = {SQLITE: f"sqlite:///{Path(folder) / 'betterform.sqlite'}"}
        for server in answering_servers():
            found[server.name] = at_the_end.enter_context(server.empty_database())
        for url in found.values():
            with _app(url).app_context():
                upgrade()
                _close()
        yield found


def quiet(name: str, server: Server, count: int) -> None:
    """Print the table of a crowd, and of one sender alone, that nobody disturbs."""
    Crowd(server.port, DOOR, beside=EMPTY).send(webhooks(WARM_UP, seed=10))
    for label, senders, events in (
        (f"{SENDERS} senders", SENDERS, webhooks(count, seed=11)),
        ("alone", 1, webhooks(count // 5, seed=12)),
    ):
        report = Crowd(server.port, DOOR, beside=EMPTY, senders=senders).send(events)
        statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(report.statuses.items()))
        print(f"{name:<11} {label:<11} {'door':<6}{_figures(report.door)}  {statuses}")
        print(f"{'':<11} {'':<11} {'empty':<6}{_figures(report.beside)}", flush=True)
        added = [door - empty for door, empty in zip(report.door, report.beside, strict=False)]
        print(f"{'':<11} {'':<11} {'':<6}ratio of p95: {_ratio(report.door, report.beside):.2f}", end="")
        print(f"; a webhook takes {median(added) * 1000:.1f} ms longer" if senders == 1 else "", flush=True)


def disturbed(name: str, server: Server, url: str, events: Sequence[Webhook]) -> bool:
    """Print what became of the webhooks while the server was killed. Whether all is as promised."""
    crowd = Crowd(server.port, DOOR, doubled=DOUBLED, disturb=server.kill_and_start, times=KILLS)
    report = crowd.send(events)
    wanted = {event.key for event in events}
    kept = Counter(key for key in stored(url) if key in wanted)
    missing, twice = wanted - set(kept), [key for key, count in kept.items() if count > 1]
    accepted_but_gone = set(report.accepted) - set(kept)
    print(
        f"{name:<11} {len(wanted):,} webhooks, {report.statuses.total():,} requests, {KILLS} kills: "
        f"{report.statuses[200]:,} answered 200, {report.statuses[0]:,} cut off, "
        f"{report.statuses.total() - report.statuses[200] - report.statuses[0]:,} otherwise; "
        f"in the inbox {kept.total():,}, missing {len(missing)}, twice {len(twice)}, "
        f"answered 200 and gone {len(accepted_but_gone)} ({report.seconds:.1f} s)",
        flush=True,
    )
    return not (missing or twice or accepted_but_gone or report.given_up)


def stored(url: str) -> list[str]:
    """The keys of all webhooks in the inbox."""
    with _app(url).app_context():
        keys = list(db.session.scalars(select(WebhookEvent.dedupe_key)))
        _close()
    return keys


def main() -> None:
    """Print the tables."""
    count = 400 if "--quick" in sys.argv else 2_000
    fine = True
    print(machine())
    with databases() as urls, TemporaryDirectory(prefix="betterform-bench-") as folder:
        print(f"{'':<30}{'p50':>11}{'p95':>11}{'p99':>11}{'longest':>11}")
        for name, url in urls.items():
            place = Path(folder) / name
            place.mkdir()
            server = Server(url, place, app="bench.desk:served()")
            try:
                server.start()
                quiet(name, server, count)
                fine &= disturbed(name, server, url, webhooks(count, seed=13))
            finally:
                server.stop()
    if not fine:
        sys.exit("The promise is broken: what was answered 200 must be in the inbox, once.")


def _figures(seconds: Sequence[float]) -> str:
    told = (median(seconds), percentile(seconds, 0.95), percentile(seconds, 0.99), max(seconds))
    return "".join(f"{value * 1000:>8.1f} ms" for value in told)


def _ratio(door: Sequence[float], empty: Sequence[float]) -> float:
    return percentile(door, 0.95) / percentile(empty, 0.95)


def _app(url: str) -> Flask:
    return create_app(
        {"ENV": "testing", "SQLALCHEMY_DATABASE_URI": url, "DATABASE_URL": url, "WORKER_IN_APP": False}
    )


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


if __name__ == "__main__":
    main()
