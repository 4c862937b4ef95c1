"""What can go wrong, named by what the program means. Nothing in here knows about HTTP."""

from __future__ import annotations


class BetterformError(Exception):
    """Anything the program refuses to do. `message` is a sentence for the person in front of it."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(BetterformError):
    """No such record, or not one this person may know of."""


class NotAllowed(BetterformError):
    """The person's role does not permit it."""


class WrongState(BetterformError):
    """The record is in a state that does not allow the move."""


class OutOfDate(BetterformError):
    """Somebody changed the record after the person read it."""


class InvalidInput(BetterformError):
    """A value does not fit. `fields` names each one: {"lines.2.quantity": "Not a number."}."""

    def __init__(self, message: str = "", fields: dict[str, str] | None = None) -> None:
        super().__init__(message or "; ".join((fields or {}).values()))
        self.fields = fields or {}


class ConfigurationError(BetterformError):
    """The settings do not let the program start or do this."""


class PrintingError(BetterformError):
    """The paper could not be made."""


class MondayError(BetterformError):
    """monday.com did not do what was asked; the subclasses say what happens next (see monday.errors)."""
