"""flask monday: choose and map boards, check them, fetch catalogues, find deals whose webhook never came."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from betterform.actions import deliveries
from betterform.cli.plain_errors import plain_errors
from betterform.clock import now
from betterform.db import transaction
from betterform.documents import storage
from betterform.models.board import BoardRole
from betterform.monday import check as checking
from betterform.monday import connect as connecting
from betterform.monday import pull as pulling
from betterform.monday import webhooks
from betterform.monday.connect import Plan
from betterform.monday.office import Office

group = AppGroup("monday", help="The boards on monday.com.")

SIGNS = {"fine": "ok   ", "note": "note ", "wrong": "WRONG"}


def _office() -> Office:
    return Office.from_config(current_app.config, printed=storage.ensure_printed)


@group.command("connect")
@click.option("--deals", metavar="ID", help="The DEALS board; guessed by name if not given.")
@click.option("--contacts", metavar="ID", help="The CONTACTS board.")
@click.option("--products", metavar="ID", help="The PRODUCTS board.")
@click.option(
    "--webhooks/--no-webhooks", "with_webhooks", default=True, help="Have monday tell us of changes."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def connect(
    deals: str | None, contacts: str | None, products: str | None, with_webhooks: bool, yes: bool
) -> None:
    """Choose the boards, map their columns, register the webhooks."""
    named = {BoardRole.DEALS: deals, BoardRole.CONTACTS: contacts, BoardRole.PRODUCTS: products}
    office = _office()
    with plain_errors(), office.client() as client:
        identity = connecting.who_am_i(client)
        click.echo(f"Signed in to {identity.account_name} as {identity.user_name}.")
        if not identity.is_current:
            click.echo(f"Note: monday serves API version {identity.version} ({identity.version_kind}).")
        plans = connecting.plan(client, {role: board for role, board in named.items() if board})
        for planned in plans:
            _show(planned)
        if not yes:
            click.confirm("Keep this?", default=True, abort=True)
        connecting.store(identity, plans)
        with transaction() as session:
            deliveries.retry_parked(session, at=now())
        if with_webhooks:
            _register(webhooks.register(client, office))


def _show(planned: Plan) -> None:
    click.echo(f"\n{planned.role.value.upper()}: {planned.name} ({planned.board_id})")
    for guess in planned.guesses:
        click.echo(
            f"  {guess.field.title:<20} {guess.column.title:<24} {guess.column.type:<15} {guess.column.id}"
        )
    for title in planned.unmapped:
        click.echo(f"  {title:<20} -")


def _register(results: list[webhooks.Registered]) -> None:
    click.echo("\nWebhooks")
    for result in results:
        click.echo(f"  {result.role:<10} {result.event:<30} {result.outcome} {result.reason}".rstrip())
    if any(result.outcome == "not possible" for result in results):
        raise click.ClickException("Not all webhooks could be registered.")


@group.command("check")
def check() -> None:
    """Say in plain words whether everything is set up. Ends with 1 when something is wrong."""
    office = _office()
    with plain_errors(), office.client() as client:
        findings = checking.everything(client, office)
    for finding in findings:
        click.echo(f"{SIGNS[finding.level]} {finding.about:<28} {finding.message}")
    if any(finding.level == "wrong" for finding in findings):
        raise click.exceptions.Exit(1)


@group.command("pull")
def pull() -> None:
    """Fetch the CONTACTS and PRODUCTS boards whole."""
    with plain_errors(), _office().client() as client:
        for role in (BoardRole.CONTACTS, BoardRole.PRODUCTS):
            summary = pulling.pull(client, role)
            click.echo(str(summary))
            for refused in summary.refused:
                click.echo(f"  refused: {refused}")


@group.command("reconcile")
def reconcile() -> None:
    """Give a quote to every deal that has none."""
    with plain_errors(), _office().client() as client:
        found = pulling.reconcile(client)
    for name in found:
        click.echo(f"  {name}")
    click.echo(f"{len(found)} deals had no quote.")


@group.command("disconnect")
def disconnect() -> None:
    """Take our webhooks away."""
    with plain_errors(), _office().client() as client:
        click.echo(f"{webhooks.remove(client)} webhooks removed.")
