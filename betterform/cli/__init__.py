"""The command line: one file a group of commands. A new group is made in its file and named here."""

from __future__ import annotations

from flask import Flask

from betterform.cli import demo, monday, tokens, users, worker

# Add backup, ... here: a click group or a single command each.
COMMANDS = (
    demo.command,
    monday.group,
    tokens.group,
    users.group,
    worker.command,
)


def register(app: Flask) -> None:
    """Make every command known to `flask --app wsgi`."""
    for command in COMMANDS:
        app.cli.add_command(command)
