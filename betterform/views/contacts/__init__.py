"""Contacts: the list and one contact (pages), those that share an address (merging)."""

from betterform.views.contacts import merging, pages
from betterform.views.contacts.blueprint import blueprint

__all__ = ["blueprint", "merging", "pages"]
