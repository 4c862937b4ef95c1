"""flask tokens: keys for programs that use the JSON API."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup

from betterform import clock
from betterform.actions import tokens, users
from betterform.cli.plain_errors import plain_errors
from betterform.db import db, transaction
from betterform.models.api_token import ApiToken
from betterform.models.history import Author, AuthorKind

group = AppGroup("tokens", help="Keys for programs that use the JSON API.")

OPERATOR = Author(AuthorKind.SYSTEM, "command line")
LONGEST_LIFE = 3650  # days


@group.command("create")
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--scopes", default="", help="What it may be used for, words with spaces between; all if not given."
)
@click.option("--user", "email", default="", help="Whose it is: it may do what they may, and ends with them.")
@click.option("--expires-days", type=click.IntRange(1, LONGEST_LIFE), help="After how many days it ends.")
def create(name: str, scopes: str, email: str, expires_days: int | None) -> None:
    """Make a token. It is printed once, alone on the last line, and cannot be shown again."""
    now = clock.now()
    with plain_errors(), transaction() as session:
        token, plain = tokens.create(
            session,
            name=name,
            scopes=scopes,
            user=users.named(session, email) if email else None,
            expires_at=now + timedelta(days=expires_days) if expires_days else None,
            at=now,
            by=OPERATOR,
        )
        number = token.id
    click.echo(f"Token {number} ({name.strip()}) is made. Keep it now, it is not shown again:")
    click.echo(plain)


@group.command("revoke")
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End the token with this NUMBER (see `tokens list`) for good."""
    with plain_errors(), transaction() as session:
        tokens.revoke(session, tokens.get(session, number), at=clock.now(), by=OPERATOR)
    click.echo(f"Token {number} opens nothing any more.")


@group.command("list")
def show() -> None:
    """Show all tokens, never the keys themselves."""
    for token in tokens.everything(db.session()):
        used = token.last_used_at.strftime("%Y-%m-%d %H:%M UTC") if token.last_used_at else "never used"
        owner = token.user.email if token.user else "a program"
        click.echo(
            f"{token.id:>4}  {_state(token):<22} {used:<21} {token.name} ({owner}; {token.scopes or 'all'})"
        )


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if not token.is_valid(at=clock.now()):
        return "expired"
    return f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "open"
