"""Contacts: the list and one contact (pages), its form (editing), files (exchange), shared addresses (merging)."""

from betterform.views.contacts import editing, exchange, merging, pages
from betterform.views.contacts.blueprint import blueprint

__all__ = ["blueprint", "editing", "exchange", "merging", "pages"]
