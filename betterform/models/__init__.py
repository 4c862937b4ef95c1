"""The nouns, one a file. Importing this room makes every table known to the metadata."""

from betterform.models import (  # noqa: F401
    api_answer,
    api_token,
    board,
    board_item,
    board_reading,
    company,
    contact,
    delivery,
    document,
    form_key,
    history,
    imported_record,
    invoice,
    issued_quote,
    monday_account,
    number_series,
    product,
    quote,
    share_link,
    tax_rate,
    user,
    webhook_event,
)
from betterform.models.base import Base

__all__ = ["Base"]
