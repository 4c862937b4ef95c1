"""Products with their prices as a file: out as the list shows them, in with a preview."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from betterform.actions import catalogue_export, csv_files, product_search
from betterform.actions.catalogue_import import Noun
from betterform.db import db
from betterform.models.user import Role
from betterform.views import access, csv_import, csv_upload, office
from betterform.views.products.blueprint import blueprint
from betterform.views.products.pages import sought

blueprint.url_value_preprocessor(csv_upload.let_in)


@blueprint.get("/export.csv")
@access.may(Role.VIEWER)
def export() -> ResponseReturnValue:
    """What the list shows with the same search and filters, on all of its pages, with the prices in every currency."""
    session, locale = db.session(), office.company().locale
    currencies = product_search.currencies_in_use(session)
    wanted = product_search.products(sought(currencies))
    rows = catalogue_export.product_rows(session, wanted, currencies, locale)
    header = catalogue_export.product_header(currencies)
    lines = csv_files.write(header, rows, delimiter=csv_files.delimiter_for(locale))
    answer = Response("".join(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=products-{office.today()}.csv"
    return answer


@blueprint.get("/import")
@access.may(Role.STAFF)
def import_form() -> ResponseReturnValue:
    """Choose a file."""
    return csv_import.upload_page(Noun.PRODUCTS)


@blueprint.post("/import")
@access.may(Role.STAFF)
def import_file() -> ResponseReturnValue:
    """Show what a file would do, or do it."""
    return csv_import.next_step(Noun.PRODUCTS)
