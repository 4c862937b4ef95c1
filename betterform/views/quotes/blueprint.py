"""The blueprint that the pages of quotes share."""

from flask import Blueprint

blueprint = Blueprint("quotes", __name__)
