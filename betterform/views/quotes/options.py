"""What the search fields of the form offer while someone types."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from betterform.actions import contacts, products, quotes
from betterform.actions.matching import LONGEST
from betterform.db import db
from betterform.forms.fields import clean
from betterform.models.user import Role
from betterform.views import access, office
from betterform.views.quotes.blueprint import blueprint


@blueprint.get("/quotes/<int:quote_id>/contact-options")
@access.may(Role.STAFF)
def contact_options(quote_id: int) -> ResponseReturnValue:
    """Contacts whose name, company or e-mail fits what is typed."""
    typed = clean(request.args.get("contact_query"))[:LONGEST]
    found = contacts.search(db.session(), typed)
    return render_template("quotes/_contact_options.html", contacts=found, typed=typed, quote_id=quote_id)


@blueprint.get("/quotes/<int:quote_id>/lines/<key>/product-options")
@access.may(Role.STAFF)
def product_options(quote_id: int, key: str) -> ResponseReturnValue:
    """Products whose name or catalogue number fits what is typed, with their price in the quote's currency."""
    typed = clean(request.args.get(f"lines-{key}-name"))[:LONGEST]
    quote = quotes.find(db.session(), quote_id)
    found = products.search(db.session(), typed) if typed else []
    return render_template(
        "quotes/_product_options.html",
        products=found,
        typed=typed,
        key=key,
        currency=request.args.get("currency", quote.currency),
        locale=office.company().locale,
    )
