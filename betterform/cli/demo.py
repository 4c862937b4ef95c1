"""flask demo: the demo company, its people and catalogue, connected to the stand-in for monday.com."""

from __future__ import annotations

from decimal import Decimal

import click
from flask import current_app
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import board_readings, company, tax_rates, users
from betterform.cli.plain_errors import plain_errors
from betterform.db import db, transaction
from betterform.documents import storage
from betterform.models.board_reading import ReadingKind
from betterform.models.history import SYSTEM
from betterform.models.tax_rate import TaxCategory
from betterform.models.user import Role
from betterform.monday import connect, readings, webhooks
from betterform.monday.office import Office

PASSWORD = "betterform-demo"  # noqa: S105 - it opens nothing but the demo
PEOPLE = (
    ("anna@demo.example", "Anna Keller", Role.ADMIN),
    ("marco@demo.example", "Marco Bianchi", Role.STAFF),
)
COMPANY = {
    "name": "Helvetia Instruments AG",
    "street": "Technikumstrasse 9",
    "postal_code": "8400",
    "city": "Winterthur",
    "country_code": "CH",
    "email": "sales@helvetia-instruments.example",
    "phone": "+41 52 555 01 20",
    "website": "helvetia-instruments.example",
    "vat_number": "CHE-123.456.788 MWST",
    "bank_name": "Demo Bank",
    "iban": "CH93 0076 2011 6238 5295 7",
    "time_zone": "Europe/Zurich",
    "locale": "en",
    "default_currency": "CHF",
    "chf_rounding_step": Decimal("0.05"),
    "quote_terms": "Delivery within four weeks of your order. Payment within 30 days, net.",
}
RATES = (
    ("VAT", Decimal("8.1"), TaxCategory.STANDARD, ""),
    ("VAT reduced", Decimal("2.6"), TaxCategory.STANDARD, ""),
    ("Export", Decimal(0), TaxCategory.EXPORT, "Export of goods, exempt from Swiss VAT (Art. 23 MWSTG)."),
    ("Reverse charge", Decimal(0), TaxCategory.REVERSE_CHARGE, "Reverse charge: the recipient owes the tax."),
)
LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" width="240" height="56" viewBox="0 0 240 56">
<circle cx="28" cy="28" r="24" fill="#1f4e79"/><circle cx="28" cy="28" r="13" fill="none" stroke="#ffffff"
 stroke-width="4"/><path d="M37 37 L49 49" stroke="#ffffff" stroke-width="5" stroke-linecap="round"/>
<path d="M76 16 V40 M92 16 V40 M76 28 H92" stroke="#1f4e79" stroke-width="5" fill="none"/>
<path d="M108 16 V40" stroke="#1f4e79" stroke-width="5" fill="none"/></svg>"""


@click.command("demo")
def command() -> None:
    """Make the demo company, its people and catalogue. Doing it twice changes nothing."""
    if current_app.config["ENV"] == "production":
        raise click.ClickException("The demo is not for production.")
    with plain_errors():
        with transaction() as session:
            _make_company(session)
            _make_people(session)
        _connect()
    for email, name, role in PEOPLE:
        click.echo(f"{email}  {PASSWORD}  ({name}, {role.value})")


def _make_company(session: Session) -> None:
    if company.get_company(session).name:
        return
    company.change(session, COMPANY, by=SYSTEM, at=clock.now())
    company.set_logo(session, LOGO, "image/svg+xml", by=SYSTEM, at=clock.now())
    rates = [
        tax_rates.add(
            session,
            name=name,
            percent=percent,
            category=category,
            exemption=exemption,
            by=SYSTEM,
            at=clock.now(),
        )
        for name, percent, category, exemption in RATES
    ]
    company.change(session, {"default_tax_rate_id": rates[0].id}, by=SYSTEM, at=clock.now())


def _make_people(session: Session) -> None:
    for email, name, role in PEOPLE:
        if users.find_by_email(session, email) is None:
            users.create(
                session, email=email, password=PASSWORD, role=role, name=name, by=SYSTEM, at=clock.now()
            )


def _connect() -> None:
    """Map the stand-in's boards, register the webhooks, fetch the catalogue."""
    office = Office.from_config(current_app.config, printed=storage.ensure_printed)
    with office.client() as client:
        identity = connect.who_am_i(client)
        connect.store(identity, connect.plan(client, {}))
        webhooks.register(client, office)
    for role in board_readings.CATALOGUES:
        with transaction() as session:
            reading = board_readings.start(session, role, ReadingKind.PULL, by=SYSTEM, at=clock.now())
        readings.run(office, reading.id)
    db.session.rollback()
