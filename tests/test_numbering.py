"""Numbers without gaps and without duplicates, whoever issues at the same time and whatever fails."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Mapping
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import quotes
from betterform.app import create_app
from betterform.db import db, transaction
from betterform.errors import InvalidInput, WrongState
from betterform.models.company import Company
from betterform.models.document import Document
from betterform.models.number_series import NumberSeries, Series
from betterform.models.quote import Quote
from betterform.numbering import check_pattern, formatted, next_number
from tests.conftest import close
from tests.databases import everywhere
from tests.quotes import TODAY, a_draft, issue

MARCH = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("Q-{year}-{number:04d}", "Q-2026-0014"),
        ("{yy}{month}/{number}", "2603/14"),
        ("{number:6d}", "000014"),
        ("{number:1d}", "14"),
        ("AN {number:02d} {number}", "AN 14 14"),
        ("plain", "plain"),
    ],
)
def test_patterns(pattern: str, number: str) -> None:
    assert formatted(pattern, 14, on=MARCH) == number


@pytest.mark.parametrize(
    ("pattern", "yearly_reset", "why"),
    [
        ("Q-{year}", True, "needs {number}"),
        ("", False, "needs {number}"),
        ("Q-{number}", True, "needs {year} or {yy}"),
        ("Q-{month}-{number}", True, "needs {year} or {yy}"),
        ("Q-{year}-{number}-{customer}", True, "are known"),
        ("Q-{year}-{number.__class__}-{number}", True, "are known"),
        ("{{year}}-{number}-{year}", True, "are known"),
        ("{year}-{number:99d}", True, "at most 12 digits"),
        ("{year}-{number", True, "needs {number}"),
    ],
)
def test_a_pattern_that_could_repeat_itself_is_refused(pattern: str, yearly_reset: bool, why: str) -> None:
    with pytest.raises(InvalidInput, match=why.replace("{", r"\{")) as refused:
        check_pattern(pattern, yearly_reset=yearly_reset)
    assert "pattern" in refused.value.fields


@pytest.mark.parametrize(
    ("pattern", "yearly_reset"),
    [("Q-{year}-{number:04d}", True), ("{number}", False), ("{yy}{number:03d}", True)],
)
def test_a_sound_pattern_is_taken(pattern: str, yearly_reset: bool) -> None:
    check_pattern(pattern, yearly_reset=yearly_reset)


def take(series: Series = Series.QUOTE, *, on: date = MARCH) -> str:
    with transaction() as session:
        return next_number(session, series, on=on)


@everywhere
def test_each_year_begins_at_one(session: Session) -> None:
    taken = [
        take(),
        take(),
        take(on=date(2026, 12, 31)),
        take(on=date(2027, 1, 1)),
        take(on=date(2027, 5, 1)),
    ]
    assert taken == ["Q-2026-0001", "Q-2026-0002", "Q-2026-0003", "Q-2027-0001", "Q-2027-0002"]


def test_a_date_in_the_year_before_does_not_turn_the_series_back(session: Session) -> None:
    assert [take(on=date(2027, 1, 2)), take(on=MARCH), take(on=date(2027, 1, 3))] == [
        "Q-2027-0001",
        "Q-2027-0002",
        "Q-2027-0003",
    ]


def test_a_series_without_reset_goes_on(session: Session) -> None:
    with transaction():
        series = session.get_one(NumberSeries, "quote")
        series.yearly_reset, series.pattern = False, "{year}/{number}"
    assert [take(), take(on=date(2027, 1, 1))] == ["2026/1", "2027/2"]


def test_a_series_may_go_on_where_an_older_system_ended(session: Session) -> None:
    with transaction():
        session.get_one(NumberSeries, "quote").next_number = 412
    assert [take(), take(), take(on=date(2027, 1, 1))] == ["Q-2026-0412", "Q-2026-0413", "Q-2027-0001"]


def test_the_series_do_not_count_for_one_another(session: Session) -> None:
    assert [take(Series.INVOICE), take(), take(Series.CREDIT_NOTE)] == [
        "INV-2026-0001",
        "Q-2026-0001",
        "CN-2026-0001",
    ]


def test_a_series_that_is_missing_says_so(session: Session) -> None:
    with transaction():
        session.delete(session.get_one(NumberSeries, "invoice"))
    with pytest.raises(InvalidInput, match="no number series for a invoice"):
        take(Series.INVOICE)


@everywhere
def test_an_issue_that_fails_leaves_no_gap(session: Session, company: Company) -> None:
    with transaction():
        first, second = a_draft(session, company), a_draft(session, company)

    def fail_after_issuing() -> None:
        with transaction():
            assert issue(session, first, company).number == "Q-2026-0001"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_issuing()
    with transaction():
        assert issue(session, second, company).number == "Q-2026-0001"
    assert (first.state, first.number) == ("draft", None)


def issue_each(app: Flask, ids: list[int]) -> None:
    """What a member of staff does, with the locks of the page."""
    for quote_id in ids:
        with app.app_context(), transaction() as session:
            quote = quotes.find(session, quote_id, lock=True)
            try:
                issue(session, quote, session.get_one(Company, 1))
            except WrongState:
                continue  # somebody else was first


def issue_each_in_a_process(config: Mapping[str, object], ids: list[int]) -> None:
    app = create_app(config)
    issue_each(app, ids)
    close(app)


def drafts(app: Flask, company: Company, count: int) -> list[int]:
    session = db.session()
    with transaction():
        return [a_draft(session, company).id for _ in range(count)]


def numbers() -> list[str]:
    db.session.rollback()
    return sorted(str(number) for number in db.session.scalars(select(Quote.number)))


def wanted(count: int) -> list[str]:
    return [f"Q-{TODAY.year}-{number:04d}" for number in range(1, count + 1)]


@everywhere
def test_many_threads_at_once_leave_no_gap_and_no_duplicate(app: Flask, company: Company) -> None:
    ids = drafts(app, company, 24)
    db.session.rollback()
    threads = [threading.Thread(target=issue_each, args=(app, ids[start::8])) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers() == wanted(24)
    assert db.session.query(Document).count() == 24


@everywhere
def test_many_processes_at_once_leave_no_gap_and_no_duplicate(
    app: Flask, config: dict[str, object], company: Company
) -> None:
    ids = drafts(app, company, 20)
    close(app)
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=issue_each_in_a_process, args=(config, ids[start::4])) for start in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert numbers() == wanted(20)


@everywhere
def test_issuing_the_same_quote_twice_at_once_issues_it_once(app: Flask, company: Company) -> None:
    ids = drafts(app, company, 3)
    db.session.rollback()
    threads = [threading.Thread(target=issue_each, args=(app, ids)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers() == wanted(3)
    assert db.session.query(Document).count() == 3
