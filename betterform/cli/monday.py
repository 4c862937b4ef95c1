"""flask monday: choose and map boards, check them, fetch catalogues, find deals whose webhook never came."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from betterform.actions import account_health, board_readings, deliveries, reading_results
from betterform.actions.catalogue import Outcome
from betterform.cli.plain_errors import plain_errors
from betterform.clock import now
from betterform.db import db, transaction
from betterform.documents import storage
from betterform.models.board import BoardRole, WritePolicy
from betterform.models.board_reading import BoardReading, ReadingKind, ReadingState
from betterform.models.history import Author, AuthorKind
from betterform.monday import check as checking
from betterform.monday import connect as connecting
from betterform.monday import readings, webhooks
from betterform.monday.client import API_VERSION
from betterform.monday.connect import Plan
from betterform.monday.office import Office

group = AppGroup("monday", help="The boards on monday.com.")

OPERATOR = Author(AuthorKind.SYSTEM, "command line")
# What a reading looks at.
KINDS = {
    ReadingKind.CHANGES: "what changed",
    ReadingKind.LISTING: "what is gone",
    ReadingKind.PULL: "all items",
}
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
@click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="The column that holds a field.")
@click.option(
    "--policy", "policies", multiple=True, metavar="FIELD=POLICY", help="overwrite, if_empty or never."
)
@click.option("--create-missing", is_flag=True, help="Have monday make the columns that are missing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def connect(
    deals: str | None,
    contacts: str | None,
    products: str | None,
    with_webhooks: bool,
    maps: tuple[str, ...],
    policies: tuple[str, ...],
    create_missing: bool,
    yes: bool,
) -> None:
    """Choose the boards, map their columns, register the webhooks.

    What was mapped before stays, unless --map names another column. FIELD is a name in brackets, as this
    command lists them; a price in CHF is price_CHF.
    """
    named = {BoardRole.DEALS: deals, BoardRole.CONTACTS: contacts, BoardRole.PRODUCTS: products}
    office = _office()
    with plain_errors(), office.client() as client:
        columns, written = _pairs("--map", maps), _policies(policies)
        identity = connecting.who_am_i(client)
        click.echo(f"Signed in to {identity.account_name} as {identity.user_name}.")
        if not identity.is_current:
            kind = identity.version_kind.replace("_", " ")
            click.echo(
                f"Note: betterform asks for API version {API_VERSION}, monday serves {identity.version} ({kind}): "
                "update betterform soon."
            )
        plans = connecting.plan(client, {role: board for role, board in named.items() if board})
        plans = connecting.remapped(plans, columns)
        connecting.check_policies(plans, written, made=create_missing)
        for planned in plans:
            _show(planned, "is made" if create_missing else "-")
        if not yes:
            click.confirm("Keep this?", default=True, abort=True)
        if create_missing:
            plans = connecting.with_missing(client, plans)
        for planned in plans:
            webhooks.leave(client, planned.role, planned.board_id)
        connecting.store(identity, plans, policies=written)
        with transaction() as session:
            deliveries.retry_parked(session, at=now())
        if with_webhooks:
            _register(webhooks.register(client, office))


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    """FIELD=VALUE, as often as given."""
    found = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"{pair!r} is not FIELD=VALUE.", param_hint=option)
        found[name.strip()] = value.strip()
    return found


def _policies(given: tuple[str, ...]) -> dict[str, WritePolicy]:
    found = {}
    for name, value in _pairs("--policy", given).items():
        if value not in set(WritePolicy):
            raise click.BadParameter(f"{value!r} is not overwrite, if_empty or never.", param_hint="--policy")
        found[name] = WritePolicy(value)
    return found


def _show(planned: Plan, missing: str) -> None:
    click.echo(f"\n{planned.role.value.upper()}: {planned.name} ({planned.board_id})")
    for board_id, name in planned.rivals:
        click.echo(f"  {name} ({board_id}) fits as well: choose it with --{planned.role.value} {board_id}")
    for guess in planned.guesses:
        title = f"{guess.field.title} [{guess.field.name}]"
        click.echo(f"  {title:<36} {guess.column.title:<24} {guess.column.type:<15} {guess.column.id}")
    for name in planned.missing:
        click.echo(f"  {f'{connecting.title_of(planned.role, name)} [{name}]':<36} {missing}")


def _register(results: list[webhooks.Registered]) -> None:
    click.echo("\nWebhooks")
    for result in results:
        event = f"{result.event} ({result.words})" if result.column_id else result.event
        click.echo(f"  {result.role:<10} {event:<60} {result.outcome} {result.reason}".rstrip())
    if any(result.outcome == "not possible" for result in results):
        raise click.ClickException("Not all webhooks could be registered.")


@group.command("check")
def check() -> None:
    """Say in plain words whether everything is set up. Ends with 1 when something is wrong."""
    office = _office()
    with plain_errors(), office.client() as client:
        groups = checking.everything(client, office)
    for group_ in groups:
        click.echo(f"\n{group_.title}")
        for finding in group_.findings:
            click.echo(f"  {SIGNS[finding.level]} {finding.about:<20} {finding.message}")
    click.echo(f"\n{checking.summary(groups)}")
    if checking.counts(groups)["wrong"]:
        raise click.exceptions.Exit(1)


@group.command("pull")
def pull() -> None:
    """Fetch the CONTACTS and PRODUCTS boards whole."""
    with plain_errors():
        for role in board_readings.CATALOGUES:
            _read(role, ReadingKind.PULL)


@group.command("reconcile")
@click.option("--whole", is_flag=True, help="All items, not only what changed since the last time.")
def reconcile(whole: bool) -> None:
    """Find what no webhook told us of.

    That is deals without a quote, and what changed or is gone.
    """
    wanted = [(role, ReadingKind.CHANGES) for role in board_readings.READ]
    if whole:
        # All deals with what they are linked to, so that older ones get their quotes too; that is all there
        # is to know of them. Of the others the list alone tells what is gone.
        wanted = [(BoardRole.DEALS, ReadingKind.PULL)]
        for role in board_readings.CATALOGUES:
            wanted += [(role, ReadingKind.CHANGES), (role, ReadingKind.LISTING)]
    with plain_errors():
        found = [_read(role, kind) for role, kind in wanted]
    deals = sum(
        reading_results.count_of(reading, Outcome.ADDED)
        for reading in found
        if reading is not None and reading.role == BoardRole.DEALS
    )
    click.echo("1 deal had no quote." if deals == 1 else f"{deals} deals had no quote.")


def _read(role: BoardRole, kind: ReadingKind) -> BoardReading | None:
    """Read a board here and now, and say what came of it. Raises ClickException when it failed."""
    with transaction() as session:
        reading = board_readings.start(session, role, kind, by=OPERATOR, at=now())
    reading_id = reading.id
    told = [-1]

    def progress(reading: BoardReading) -> None:
        if reading.items_read != told[0] and kind is not ReadingKind.CHANGES:
            told[0] = reading.items_read
            of = f" of {reading.items_expected}" if reading.items_expected else ""
            click.echo(f"  {role.value}: {reading.items_read}{of} {_items(reading.items_read)} read")

    readings.run(_office(), reading_id, progress=progress)
    done = db.session.get(BoardReading, reading_id)
    if done is None:  # one that had begun by itself, and found nothing
        click.echo(f"{role.value}, {KINDS[kind]}: nothing new")
        return None
    if done.state == ReadingState.RUNNING and account_health.problem_of(db.session()):
        raise click.ClickException(f"{done.reason} What was asked for goes on by itself after that.")
    click.echo(summary_of(done))
    if done.state == ReadingState.FAILED:
        raise click.ClickException(f"The {role.value.upper()} board could not be read.")
    return done


def _items(count: int) -> str:
    return "item" if count == 1 else "items"


def summary_of(reading: BoardReading) -> str:
    """What a reading did, for a terminal."""
    counts = ", ".join(f"{reading_results.count_of(reading, outcome)} {outcome}" for outcome in Outcome)
    lines = [f"{reading.role}, {KINDS[ReadingKind(reading.kind)]}: {counts}"]
    for outcome in (Outcome.ADDED, Outcome.CHANGED, Outcome.ARCHIVED, Outcome.RESTORED):
        lines += [f"  {outcome.value}: {name}" for _item, name in reading_results.names_of(reading, outcome)]
    lines += [
        f"  refused: item {one['item']} {one['name']}: {one['reason']}".replace(" : ", ": ")
        for one in reading.refused
    ]
    if reading.state == ReadingState.RUNNING:
        lines.append(f"  waits: {reading.reason} The worker goes on with it.")
    elif reading.reason:
        lines.append(f"  {reading.reason}")
    return "\n".join(lines)


@group.command("disconnect")
def disconnect() -> None:
    """Take our webhooks away."""
    with plain_errors(), _office().client() as client:
        count = webhooks.remove(client)
    click.echo("1 webhook removed." if count == 1 else f"{count} webhooks removed.")
