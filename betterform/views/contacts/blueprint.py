"""The room that the views of this folder belong to."""

from flask import Blueprint

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")
