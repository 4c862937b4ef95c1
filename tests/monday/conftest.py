"""The stand-in as a real server, betterform as another, the two connected: nothing is patched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from betterform import clock
from betterform.db import db, transaction
from betterform.jobs import deliveries, inbox, queue
from betterform.models.company import Company
from betterform.models.delivery import Delivery, DeliveryState
from betterform.models.monday_account import MondayAccount
from betterform.models.webhook_event import InboxState, WebhookEvent
from betterform.monday import connect, webhooks
from betterform.monday.client import Client
from betterform.monday.office import Office
from betterform.monday.sandbox import SandboxServer, World


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@pytest.fixture
def monday() -> Iterator[SandboxServer]:
    """A stand-in of its own for each test, with the demo's boards."""
    with SandboxServer(seed="demo") as server:
        yield server


@pytest.fixture
def world(monday: SandboxServer) -> World:
    return monday.world


@pytest.fixture
def app(app: Flask, monday: SandboxServer) -> Iterator[Flask]:
    """betterform on a port of its own, so that webhooks reach it."""
    app.config |= {
        "MONDAY_API_URL": monday.api_url,
        "MONDAY_API_TOKEN": monday.token,
        "MONDAY_SECONDS": 2,
        "MONDAY_SIGNING_SECRET": "",
    }
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    app.config["PUBLIC_URL"] = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield app
    server.shutdown()
    server.server_close()
    thread.join()
    queue.of(app).close()


def never_printed(_document_id: int) -> Any:
    raise AssertionError("nothing is printed here")


@pytest.fixture
def office(app: Flask) -> Office:
    return Office.from_config(app.config, printed=never_printed)


@pytest.fixture
def client(office: Office) -> Iterator[Client]:
    """A client that tells nobody of its calls."""
    with Client(office.api_url, office.api_token, read_seconds=2) as client:
        yield client


@dataclass
class Connected:
    """betterform and the stand-in, connected."""

    app: Flask
    world: World
    office: Office
    session: Session

    def receive_webhooks(self) -> None:
        """Wait until the stand-in's postman has nothing more to carry."""
        assert self.world.postman.wait_until_quiet(10)

    def work(self, *, hurry: bool = True) -> None:
        """Do what a worker does until nothing is due. `hurry`: what waits for later is due now."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            self.receive_webhooks()
            if hurry:
                self.make_due()
            if not (inbox.read() | deliveries.deliver()):
                self.receive_webhooks()
                if not (inbox.read() | deliveries.deliver()):
                    return
        raise AssertionError("the work does not come to an end")

    def step(self, job: Callable[[], bool]) -> None:
        """One job, whatever comes of it."""
        self.receive_webhooks()
        job()

    def make_due(self) -> None:
        """Let the time that deliveries and webhooks wait for be over."""
        with transaction() as session:
            now = clock.now()
            session.execute(update(MondayAccount).values(used_up_until=None))
            session.execute(
                update(Delivery)
                .where(Delivery.state == DeliveryState.WAITING.value)
                .values(next_attempt_at=now)
            )
            session.execute(
                update(WebhookEvent)
                .where(WebhookEvent.state == InboxState.WAITING.value)
                .values(next_attempt_at=now)
            )

    def deliveries(self, target: str | None = None) -> list[Delivery]:
        rows = db.session.query(Delivery).order_by(Delivery.id).all()
        return [row for row in rows if target in (None, row.target)]

    def events(self) -> list[WebhookEvent]:
        return db.session.query(WebhookEvent).order_by(WebhookEvent.id).all()


@pytest.fixture
def connected(app: Flask, world: World, office: Office, session: Session, company: Company) -> Connected:
    """Boards chosen and mapped, webhooks registered, as `flask monday connect --yes` does."""
    patient = replace(office, read_seconds=20)  # a busy machine is not what these tests are about
    with patient.client() as client:
        identity = connect.who_am_i(client)
        connect.store(identity, connect.plan(client, {}))
        results = webhooks.register(client, patient)
    assert {result.outcome for result in results} == {"made"}, results
    world.calls.clear()
    return Connected(app, world, office, session)


@pytest.fixture
def quiet(app: Flask, world: World, office: Office, session: Session, company: Company) -> Connected:
    """Boards chosen and mapped, and no webhooks: monday tells us of nothing."""
    with office.client() as client:
        connect.store(connect.who_am_i(client), connect.plan(client, {}))
    world.calls.clear()
    return Connected(app, world, office, session)


def issue(connected: Connected, quote_mid: str, *, amount: str = "1250.00") -> Any:
    """Fill in one line of the item's quote and issue it. Returns the quote."""
    from decimal import Decimal

    from betterform.actions import quotes
    from betterform.models.history import SYSTEM
    from betterform.models.tax_rate import TaxRate

    with transaction() as session:
        quote = quotes.find_by_item(session, quote_mid)
        assert quote is not None
        company = session.get_one(Company, 1)
        rates = {rate.id: rate for rate in session.query(TaxRate)}
        line = quote.lines[0]
        line.name, line.unit, line.unit_price = "Microscope", "pcs", Decimal(amount)
        if quote.contact is None:
            quote.custom_quote_to = "Example Ltd\nLondon"
        quotes.issue(
            session,
            quote,
            company,
            rates,
            link_secret=connected.app.config["SECRET_KEY"],
            by=SYSTEM,
            at=clock.now(),
            today=clock.today(company.time_zone),
        )
    return quote
