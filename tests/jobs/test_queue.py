"""A worker is nudged when the rows can be seen, not before, and not for what was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import deliveries
from betterform.db import transaction
from betterform.documents import storage
from betterform.jobs import printing, queue
from betterform.models.company import Company
from betterform.models.delivery import Target
from tests.quotes import a_draft, issue


def waiting(app: Flask) -> int:
    """How many jobs lie in the queue."""
    return int(queue.of(app).huey.pending_count())


def want(session: Session, record_id: int) -> None:
    deliveries.want(session, Target.CONTACT, record_type="contact", record_id=record_id, at=clock.now())


def test_a_released_savepoint_nudges_nobody_before_the_commit(app: Flask, session: Session) -> None:
    with transaction() as session:
        with session.begin_nested():
            want(session, 1)
        assert waiting(app) == 0
    assert waiting(app) == 1


def test_a_savepoint_that_is_taken_back_does_not_forget_the_rest(app: Flask, session: Session) -> None:
    with transaction() as session:
        want(session, 1)
        savepoint = session.begin_nested()
        want(session, 2)
        savepoint.rollback()
    assert waiting(app) == 1


def test_a_transaction_that_is_taken_back_nudges_nobody(app: Flask, session: Session) -> None:
    def taken_back() -> None:
        with transaction() as session:
            want(session, 1)
            raise RuntimeError("taken back")

    with pytest.raises(RuntimeError):
        taken_back()
    with transaction():
        pass
    assert waiting(app) == 0


def test_what_no_request_printed_the_worker_prints(app: Flask, session: Session, company: Company) -> None:
    with transaction() as session:
        document = issue(session, a_draft(session, company), company, at=clock.now())
    printing.print_waiting()
    assert not document.is_printed  # the request that issued it may still be at it
    assert storage.print_waiting(issued_before=clock.now() + timedelta(seconds=1)) == 1
    session.expire_all()
    assert document.is_printed
    assert storage.print_waiting(issued_before=clock.now() + timedelta(seconds=1)) == 0


def test_a_look_around_that_fails_still_finds_what_was_left_behind(app: Flask) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        queue._look_around(app, broken)
    assert waiting(app) == len(queue.JOBS)
