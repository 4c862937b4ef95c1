"""flask worker: deliver what waits, act on what came."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from betterform.jobs import worker


@click.command("worker")
@with_appcontext
def command() -> None:
    """Work until stopped with Ctrl-C or SIGTERM.

    Running jobs are finished first.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    click.echo("The worker runs. Ctrl-C stops it.")
    worker.run(app)
