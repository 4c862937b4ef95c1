"""Products: the list and one product (pages), its form with all prices (editing), files (exchange)."""

from betterform.views.products import editing, exchange, pages
from betterform.views.products.blueprint import blueprint

__all__ = ["blueprint", "editing", "exchange", "pages"]
