"""What monday.com's refusals mean, sorted by what happens next.

Every class carries a sentence for a person, monday's code, and the request id that monday's support asks
for. `may_have_happened` says whether a write could have been carried out although no answer came.
"""

from __future__ import annotations

from collections.abc import Mapping

from betterform.errors import MondayError
from betterform.monday.blanking import blanked


class Refusal(MondayError):
    """Anything but a clean answer. `whole_account`: monday does not let us in at all, whatever we ask for."""

    outcome = "refused"
    whole_account = False

    def __init__(
        self, message: str, *, code: str = "", request_id: str = "", may_have_happened: bool = False
    ) -> None:
        # monday repeats what we sent, so its words may hold the key of a customer's link.
        super().__init__(sentence(blanked(message)))
        self.code = code
        self.request_id = request_id
        self.may_have_happened = may_have_happened


def sentence(words: str) -> str:
    """monday's words with a full stop at the end, where they have none."""
    words = words.rstrip()
    ends = words.rstrip("”\"')").endswith((".", "!", "?", "…"))
    return words if ends or not words else f"{words}."


class TryAgain(Refusal):
    """Busy, locked, over a short limit, or not reachable: the same call may succeed later.

    `after_seconds` is monday's own hint, None where it gave none. `answered` is False when nobody
    answered at all. `may_be_data`: what we sent may be why it failed, so it is not tried for ever.
    """

    outcome = "try again"

    def __init__(
        self,
        message: str,
        *,
        after_seconds: float | None = None,
        answered: bool = True,
        limited: bool = False,
        may_be_data: bool = False,
        code: str = "",
        request_id: str = "",
        may_have_happened: bool = False,
    ) -> None:
        super().__init__(message, code=code, request_id=request_id, may_have_happened=may_have_happened)
        self.after_seconds = after_seconds
        self.answered = answered
        self.limited = limited
        self.may_be_data = may_be_data


class WaitUntilTomorrow(Refusal):
    """The day's calls are used up; monday counts anew at midnight UTC."""

    outcome = "wait until tomorrow"


class FixSettings(Refusal):
    """Token, rights or network rules: an admin must act, trying again is useless."""

    outcome = "fix settings"

    def __init__(
        self, message: str, *, code: str = "", request_id: str = "", whole_account: bool = False
    ) -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.whole_account = whole_account


class FixData(Refusal):
    """monday does not take a value. `columns` holds its own words by column id."""

    outcome = "fix data"

    def __init__(
        self,
        message: str,
        *,
        columns: Mapping[str, str] | None = None,
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.columns = {column: str(blanked(said)) for column, said in (columns or {}).items()}


class Gone(Refusal):
    """The item is deleted, archived or never was."""

    outcome = "gone"


class OurMistake(Refusal):
    """A call that monday cannot understand: a fault of this program."""

    outcome = "our mistake"
