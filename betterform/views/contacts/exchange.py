"""Contacts as a file: out as the list shows them, in with a preview."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from betterform.actions import catalogue_export, contact_search, csv_files
from betterform.actions.catalogue_import import Noun
from betterform.db import db
from betterform.models.user import Role
from betterform.views import access, csv_import, csv_upload, office
from betterform.views.contacts.blueprint import blueprint
from betterform.views.contacts.pages import sought

blueprint.url_value_preprocessor(csv_upload.let_in)


@blueprint.get("/export.csv")
@access.may(Role.VIEWER)
def export() -> ResponseReturnValue:
    """What the list shows with the same search and filters, on all of its pages."""
    rows = catalogue_export.contact_rows(db.session(), contact_search.contacts(sought()))
    delimiter = csv_files.delimiter_for(office.company().locale)
    lines = csv_files.write(catalogue_export.contact_header(), rows, delimiter=delimiter)
    answer = Response("".join(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=contacts-{office.today()}.csv"
    return answer


@blueprint.get("/import")
@access.may(Role.STAFF)
def import_form() -> ResponseReturnValue:
    """Choose a file."""
    return csv_import.upload_page(Noun.CONTACTS)


@blueprint.post("/import")
@access.may(Role.STAFF)
def import_file() -> ResponseReturnValue:
    """Show what a file would do, or do it."""
    return csv_import.next_step(Noun.CONTACTS)
