"""The room that the views of this folder belong to."""

from flask import Blueprint

blueprint = Blueprint("products", __name__, url_prefix="/products")
