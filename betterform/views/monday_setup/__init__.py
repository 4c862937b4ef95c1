"""/settings/monday: the token, the boards and their columns, the webhooks, whole boards read. For admins."""

from betterform.views.monday_setup import (  # noqa: F401
    account,
    checking,
    choosing,
    mapping,
    overview,
    readings,
    trial,
    webhooks,
)
from betterform.views.monday_setup.room import blueprint

__all__ = ["blueprint"]
