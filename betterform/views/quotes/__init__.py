"""The staff's pages of quotes. Each file of this room adds its addresses to the one blueprint."""

from betterform.views.quotes import editing, issuing, options, pages, paper, side_forms
from betterform.views.quotes.blueprint import blueprint

__all__ = ["blueprint", "editing", "issuing", "options", "pages", "paper", "side_forms"]
