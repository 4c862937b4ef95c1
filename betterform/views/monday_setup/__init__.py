"""/settings/monday: the token, the boards and their columns, the webhooks, whole boards read. For admins."""

from betterform.views.monday_setup import checking, mapping, overview, readings, webhooks  # noqa: F401
from betterform.views.monday_setup.room import blueprint

__all__ = ["blueprint"]
