"""Browsers of people who are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from betterform.db import db
from betterform.models.user import User
from tests.browser import Browser
from tests.conftest import PASSWORD


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser of somebody who is not signed in."""
    return Browser.on(app)


@pytest.fixture
def sign_in(app: Flask, people: dict[str, User]) -> Callable[[str], Browser]:
    """`sign_in("staff")`: a browser of its own for the person with that role."""

    def signed_in(role: str) -> Browser:
        browser = Browser.on(app)
        browser.sign_in(f"{role}@example.org", PASSWORD)
        return browser

    return signed_in


@pytest.fixture
def admin(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("admin")


@pytest.fixture
def staff(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("staff")


@pytest.fixture
def viewer(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("viewer")


@pytest.fixture
def queries(session: Session) -> Iterator[list[str]]:
    """Every statement that the app sends to the database from here on."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)
