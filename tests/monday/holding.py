"""What the tests of being held back by monday share."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import account_health, contacts
from betterform.db import transaction
from betterform.models.delivery import Delivery
from betterform.models.history import SYSTEM
from tests.monday.conftest import Connected


def add_contacts(connected: Connected, how_many: int) -> None:
    with transaction() as session:
        for number in range(how_many):
            contacts.add(
                session,
                {"first_name": "Ada", "last_name": f"No {number}", "email": f"ada{number}@example.org"},
                by=SYSTEM,
                at=clock.now(),
            )


def add_contacts_named(connected: Connected, names: list[str]) -> None:
    with transaction() as session:
        for name in names:
            known = {"first_name": name, "email": f"{name}@example.org"}
            contacts.add(session, known, by=SYSTEM, at=clock.now())


def problem(session: Session) -> str:
    session.rollback()
    return account_health.problem_of(session)


def fresh(connected: Connected) -> list[Delivery]:
    connected.session.rollback()
    return connected.deliveries()


def wait_for(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)
