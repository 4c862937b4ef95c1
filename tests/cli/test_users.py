"""flask users and flask tokens, as an operator types them."""

from __future__ import annotations

from contextvars import Context

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import tokens, users
from betterform.models.user import Role

PASSWORD = "a-long-enough-password"


def flask(app: Flask, *words: str, typed: str = "") -> Result:
    """The command in an app context of its own, as in a shell."""
    return Context().run(app.test_cli_runner().invoke, args=list(words), input=typed)


def create(app: Flask, email: str = "ada@example.org", role: str = "staff", typed: str = PASSWORD) -> Result:
    return flask(
        app, "users", "create", "--email", email, "--role", role, "--password-stdin", typed=typed + "\n"
    )


def test_a_user_is_made_with_a_password_from_standard_input(app: Flask, session: Session) -> None:
    done = create(app, "Ada@Example.org", "admin")
    assert (done.exit_code, done.output) == (0, "ada@example.org may sign in now, as admin.\n")
    user = users.who_is(session, "ada@example.org", PASSWORD)
    assert user is not None
    assert user.role == Role.ADMIN


def test_the_password_is_asked_for_twice(app: Flask, session: Session) -> None:
    words = ("users", "create", "--email", "ada@example.org", "--role", "viewer", "--name", "Ada")
    done = flask(app, *words, typed=f"{PASSWORD}\nanother-password\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    assert users.who_is(session, "ada@example.org", PASSWORD) is not None


@pytest.mark.parametrize(
    ("email", "role", "typed", "message"),
    [
        ("ada", "staff", PASSWORD, "is not an e-mail address"),
        ("ada@example.org", "staff", "short", "at least 12 characters"),
        ("ada@example.org", "staff", "", "at least 12 characters"),
        ("ada@example.org", "boss", PASSWORD, "'boss' is not one of"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    app: Flask, email: str, role: str, typed: str, message: str
) -> None:
    done = create(app, email, role, typed)
    assert done.exit_code != 0
    assert message in done.output
    assert "Traceback" not in done.output


def test_the_same_address_twice_is_refused(app: Flask) -> None:
    create(app)
    again = create(app, "ADA@example.org")
    assert (again.exit_code, again.output) == (1, "Error: There is already a user ada@example.org.\n")


def test_users_are_listed_disabled_and_let_in_again(app: Flask, session: Session) -> None:
    create(app)
    assert "never signed in" in flask(app, "users", "list").output
    assert flask(app, "users", "disable", "--email", "ada@example.org").exit_code == 0
    assert "disabled" in flask(app, "users", "list").output
    assert flask(app, "users", "enable", "--email", "ada@example.org").exit_code == 0
    assert users.who_is(session, "ada@example.org", PASSWORD) is not None


def test_the_last_admin_is_not_shut_out(app: Flask) -> None:
    create(app, role="admin")
    refused = flask(app, "users", "disable", "--email", "ada@example.org")
    assert refused.exit_code == 1
    assert "last admin" in refused.output


def test_a_new_password_replaces_the_old_one(app: Flask, session: Session) -> None:
    create(app)
    done = flask(
        app, "users", "password", "--email", "ada@example.org", "--password-stdin", typed="the-new-password\n"
    )
    assert done.exit_code == 0
    assert users.who_is(session, "ada@example.org", PASSWORD) is None
    assert users.who_is(session, "ada@example.org", "the-new-password") is not None


def test_an_unknown_user_is_said_to_be_unknown(app: Flask) -> None:
    refused = flask(app, "users", "password", "--email", "no@example.org", "--password-stdin", typed=PASSWORD)
    assert (refused.exit_code, refused.output) == (1, "Error: There is no user no@example.org.\n")


def test_a_token_stands_alone_on_the_last_line(app: Flask, session: Session) -> None:
    done = flask(app, "tokens", "create", "--name", "till", "--scopes", "pricing", "--expires-days", "30")
    plain = done.output.splitlines()[-1]
    token = tokens.find(session, plain, at=clock.now())
    assert done.exit_code == 0
    assert token is not None
    assert token.scopes == "pricing"
    assert token.expires_at is not None


def test_tokens_are_listed_without_the_key_and_revoked_by_number(app: Flask, session: Session) -> None:
    plain = flask(app, "tokens", "create", "--name", "till").output.splitlines()[-1]
    listed = flask(app, "tokens", "list").output
    assert "till (a program; all)" in listed
    assert plain not in listed
    assert flask(app, "tokens", "revoke", "1").exit_code == 0
    assert tokens.find(session, plain, at=clock.now()) is None
    assert "revoked" in flask(app, "tokens", "list").output


def test_a_token_that_cannot_be_is_refused(app: Flask) -> None:
    for words in (
        ("--name", ""),
        ("--name", "x", "--scopes", "A!"),
        ("--name", "x", "--user", "no@example.org"),
    ):
        refused = flask(app, "tokens", "create", *words)
        assert refused.exit_code == 1
        assert refused.output.startswith("Error: ")
    assert flask(app, "tokens", "revoke", "999").exit_code == 1
