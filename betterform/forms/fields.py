"""Fields that read what people type, and keep it where it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import DateField, FieldList, StringField, TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import ValidationError

from betterform import money
from betterform.errors import InvalidInput

# Characters that no document may hold: controls other than tab and line ends, and lone surrogates.
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)))


def clean(text: str | None) -> str:
    """`text` without control characters and outer blanks, line ends as "\\n"."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").translate(_UNPRINTABLE).strip()


class TextLine(StringField):
    """One line of plain text of at most `longest` characters."""

    def __init__(self, label: str = "", *, longest: int = 255, **options: Any) -> None:
        super().__init__(label, **options)
        self.longest = longest

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = " ".join(clean(valuelist[0]).split("\n")) if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.longest:
            raise ValidationError(
                f"At most {self.longest} characters fit here; these are {len(self.data or '')}."
            )


class TextBlock(TextAreaField):
    """Plain text over several lines, of at most `longest` characters."""

    def __init__(self, label: str = "", *, longest: int = 10_000, **options: Any) -> None:
        super().__init__(label, **options)
        self.longest = longest

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.longest:
            raise ValidationError(
                f"At most {self.longest} characters fit here; these are {len(self.data or '')}."
            )


class NumberField(StringField):
    """A number as people write it: 1'234.50, 1.234,50, 1 234,50. `data` is a Decimal or None.

    Typed text that is no number stays in the field with a message beside it.
    """

    def __init__(
        self,
        label: str = "",
        *,
        lowest: Decimal | None = None,
        highest: Decimal | None = None,
        decimals: int = 6,
        locale: str = "en",
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.lowest, self.highest, self.decimals, self.locale = lowest, highest, decimals, locale
        self.typed = ""

    def process_data(self, value: Decimal | None) -> None:
        self.data = value
        self.typed = "" if value is None else money.format_for_editing(value, self.locale)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed; it is read when the form is validated, once the locale is known."""
        self.typed = " ".join(clean(valuelist[0]).split("\n")) if valuelist else ""
        self.data = None

    def pre_validate(self, form: Any) -> None:
        if not self.typed:
            return
        try:
            number = money.parse_decimal(self.typed, self.locale)
        except InvalidInput as error:
            raise ValidationError(error.message) from error
        if self.lowest is not None and number < self.lowest:
            raise ValidationError(
                "This cannot be negative." if self.lowest == 0 else f"At least {self.lowest}."
            )
        if self.highest is not None and number > self.highest:
            raise ValidationError(f"At most {money.format_number(self.highest, self.locale)}.")
        if -number.normalize().as_tuple().exponent > self.decimals:  # type: ignore[operator]
            raise ValidationError(
                f"At most {self.decimals} decimals." if self.decimals else "Whole numbers only."
            )
        self.data = number

    def _value(self) -> str:
        return self.typed


class DayField(DateField):
    """A calendar date, YYYY-MM-DD. `data` is a date or None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.raw_data = valuelist = [clean(valuelist[0]) if valuelist else ""]
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("This is not a date.") from error
        day: date | None = self.data
        if day is not None and not 1990 <= day.year <= 2200:
            self.data = None
            raise ValueError("This date is too far away.")


class OrderedFieldList(FieldList):
    """A list of sub-forms in the order in which the page shows them, whatever their numbers.

    A browser sends the fields in the order of the document, so rows that were dragged need not
    be numbered anew. Rows past `most` are left out.
    """

    def __init__(self, unbound_field: Any, *, most: int, **options: Any) -> None:
        super().__init__(unbound_field, **options)
        self.most = most

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.last_index = -1
        self.entries: list[Any] = []
        self.object_data = ()
        for index in self._indices(formdata or {}):
            self._add_entry(formdata, index=index)

    def _indices(self, formdata: Any) -> list[int]:
        """The rows' numbers as they first appear; each at most twelve digits."""
        seen: dict[int, None] = {}
        start = len(self.name) + 1
        for name in formdata:
            if name.startswith(f"{self.name}-"):
                index = name[start:].split("-", 1)[0]
                if index.isascii() and index.isdigit() and len(index) <= 12:
                    seen[int(index)] = None
        return list(seen)[: self.most]
