"""flask users: the people who may sign in."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from betterform import clock
from betterform.actions import users
from betterform.cli.plain_errors import plain_errors
from betterform.db import db, transaction
from betterform.models.history import Author, AuthorKind
from betterform.models.user import Role

group = AppGroup("users", help="The people who may sign in.")

OPERATOR = Author(AuthorKind.SYSTEM, "command line")


@group.command("create")
@click.option("--email", required=True, help="What they sign in with.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do."
)
@click.option("--name", default="", help="How they are shown.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
def create(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Make a user. The password is asked for twice."""
    with plain_errors():
        # What can be refused is refused before anybody has to think of a password.
        address = users.normalise_email(email)
        if users.find_by_email(db.session(), address) is not None:
            raise click.ClickException(f"There is already a user {address}.")
        password = _password(address, password_stdin)
        with transaction() as session:
            users.create(
                session,
                email=address,
                name=name,
                role=Role(role),
                password=password,
                at=clock.now(),
                by=OPERATOR,
            )
    click.echo(f"{address} may sign in now, as {role}.")


@group.command("password")
@click.option("--email", required=True, help="Whose password it is.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
def password(email: str, password_stdin: bool) -> None:
    """Give a user a new password; they are signed out everywhere."""
    with plain_errors():
        address = users.named(db.session(), email).email
        new = _password(address, password_stdin)
        with transaction() as session:
            users.set_password(session, users.named(session, address), new, at=clock.now(), by=OPERATOR)
    click.echo(f"{address} has a new password and is signed out everywhere.")


@group.command("disable")
@click.option("--email", required=True, help="Who shall not sign in any more.")
def disable(email: str) -> None:
    """Shut a user out, at once and everywhere. Their name stays on what they did."""
    with plain_errors(), transaction() as session:
        users.disable(session, users.named(session, email), at=clock.now(), by=OPERATOR)
    click.echo(f"{email} cannot sign in any more.")


@group.command("enable")
@click.option("--email", required=True, help="Who may sign in again.")
def enable(email: str) -> None:
    """Let a disabled user sign in again."""
    with plain_errors(), transaction() as session:
        users.enable(session, users.named(session, email), at=clock.now(), by=OPERATOR)
    click.echo(f"{email} may sign in again.")


@group.command("list")
def show() -> None:
    """Show everybody: address, role, name, last sign-in."""
    for user in users.everyone(db.session()):
        seen = user.last_login_at.strftime("%Y-%m-%d %H:%M UTC") if user.last_login_at else "never signed in"
        state = "" if user.is_active else "  disabled"
        click.echo(f"{user.email:<40} {user.role:<7} {seen:<21} {user.name}{state}".rstrip())


def _password(email: str, from_stdin: bool) -> str:
    """The new password, typed twice or read from standard input."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        typed = str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more"))
    users.check_password(typed, email=email)
    return typed
