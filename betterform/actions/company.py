"""The company's own record: letterhead, defaults and texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, joinedload

from betterform.actions import history
from betterform.models.company import Company
from betterform.models.history import Author

FIELDS = (
    "name",
    "street",
    "postal_code",
    "city",
    "country_code",
    "email",
    "phone",
    "website",
    "vat_number",
    "registration",
    "bank_name",
    "iban",
    "bic",
    "footer",
    "time_zone",
    "locale",
    "default_currency",
    "default_validity_days",
    "default_payment_days",
    "default_tax_rate_id",
    "prices_include_tax",
    "chf_rounding_step",
    "quote_terms",
    "invoice_terms",
)


def get_company(session: Session) -> Company:
    """The company, for reading. Where nobody has entered it yet, one with every default, not stored."""
    company = session.get(Company, 1, options=[joinedload(Company.default_tax_rate)])
    return company if company is not None else _with_defaults()


def ensure(session: Session) -> Company:
    """The company, for writing: its row is made if there is none."""
    company = session.get(Company, 1)
    if company is None:
        company = _with_defaults()
        session.add(company)
        session.flush()
    return company


def change(session: Session, values: Mapping[str, Any], *, by: Author, at: datetime) -> list[str]:
    """Write `values`, by the names in FIELDS. Returns the names of the fields that changed."""
    company = ensure(session)
    changed = [name for name in FIELDS if name in values and getattr(company, name) != values[name]]
    for name in changed:
        setattr(company, name, values[name])
    if changed:
        history.record(session, company, "edited", by=by, at=at, fields=changed)
    return changed


def set_logo(session: Session, logo: bytes | None, media_type: str, *, by: Author, at: datetime) -> None:
    """Put a logo that was prepared for print on the letterhead, or take it away with None."""
    company = ensure(session)
    company.logo = logo
    company.logo_type = media_type if logo is not None else ""
    history.record(session, company, "logo_changed" if logo is not None else "logo_removed", by=by, at=at)


def _with_defaults() -> Company:
    """A company whose columns hold what the table would give them."""
    given = {
        column.key: column.default.arg
        for column in Company.__table__.columns
        if column.default is not None and column.default.is_scalar
    }
    return Company(**given)
