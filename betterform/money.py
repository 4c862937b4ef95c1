"""Amounts: the decimals of a currency, rounding, writing for people and reading what they type.

Pure. Everything about currencies and languages is the CLDR's, by way of Babel. Amounts are `Decimal`,
never float, and nothing here depends on the decimal context of the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from betterform.errors import InvalidInput

DIGITS = 60
ROUNDING = Context(DIGITS, ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
"""For the operations that may lose digits: rounding and division."""
EXACT = Context(DIGITS, ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
"""For everything else: an operation that would lose a digit raises `decimal.Inexact` instead."""

WHOLE_DIGITS = 12
DECIMAL_DIGITS = 6
"""What a figure that is typed, stored or priced may have before and after its decimal mark."""
TOO_LARGE = Decimal(10) ** WHOLE_DIGITS
LONGEST_TYPED = 40


def is_currency(code: str) -> bool:
    """Whether `code` is a currency of ISO 4217, in capitals, as the CLDR lists them ("CHF")."""
    return code in get_global("all_currencies")


@lru_cache(maxsize=512)
def decimals_of(currency: str) -> int:
    """How many decimals amounts in `currency` have: CHF 2, JPY 0, KWD 3. InvalidInput for an unknown code."""
    if not is_currency(currency):
        raise InvalidInput(f"“{currency[:10]}” is not a currency.", {"currency": "Choose a currency."})
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


@lru_cache(maxsize=512)
def unit_of(currency: str) -> Decimal:
    """The smallest amount in `currency`: CHF 0.01, JPY 1, KWD 0.001."""
    return Decimal((0, (1,), -decimals_of(currency)))


def round_half_up(value: Decimal, unit: Decimal) -> Decimal:
    """`value` with the decimals of `unit` (a power of ten); a half goes away from zero, and zero has no sign.

    Halves go away from zero on both sides so that a credit note mirrors its invoice. All rounding of
    amounts in the program happens in this function. decimal.InvalidOperation for more than 60 digits.
    """
    return ROUNDING.plus(ROUNDING.quantize(value, unit))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """`amount` with exactly the decimals of `currency`, half-up: 0.125 CHF is 0.13, -0.125 CHF is -0.13."""
    try:
        return round_half_up(amount, unit_of(currency))
    except InvalidOperation:
        raise InvalidInput("This amount is too large.") from None


def round_to_step(amount: Decimal, step: Decimal) -> Decimal:
    """The multiple of `step` (above zero) nearest to `amount`, half-up: 12.375 to 0.05 is 12.40."""
    if not (step.is_finite() and step > 0):
        raise InvalidInput("The rounding step must be more than zero.")
    try:
        steps = round_half_up(ROUNDING.divide(amount, step), Decimal(1))
        return EXACT.multiply(steps, step)
    except (InvalidOperation, Inexact):
        raise InvalidInput("This amount is too large.") from None


def plain(value: Decimal) -> str:
    """`value` for machines: a point, no exponent, no trailing zeros: "8.1", "10", "0"."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def format_money(amount: Decimal, currency: str, locale: str) -> str:
    """An amount with its currency, rounded to it: "CHF 1’234.50" for de-CH, "1.234,50 €" for de."""
    shape = _money_shape(locale, currency)
    return shape.write(round_money(amount, currency))


def format_amount(amount: Decimal, currency: str, locale: str) -> str:
    """An amount for a column whose head names the currency: "1’234.50"."""
    shape = _money_shape(locale, None)
    return shape.write(round_money(amount, currency))


def format_price(unit_price: Decimal, currency: str, locale: str) -> str:
    """A unit price, which may have more decimals than its currency, and never fewer: "0.0088", "12.50"."""
    shape = _money_shape(locale, None)
    return shape.write(_with_decimals(unit_price, at_least=decimals_of(currency)))


def format_number(value: Decimal, locale: str, *, decimals: int | None = None) -> str:
    """Any figure, rounded half-up to `decimals`; without them as it is, trailing zeros dropped."""
    if decimals is None:
        return _number_shape(locale).write(_with_decimals(value, at_least=0))
    return _number_shape(locale).write(round_half_up(value, Decimal((0, (1,), -decimals))))


def format_quantity(quantity: Decimal, locale: str) -> str:
    """A quantity with the decimals it has and no more: "3", "0.25", "1’000"."""
    return format_number(quantity, locale)


def format_percent(rate: Decimal, locale: str) -> str:
    """A rate given in percent, trailing zeros dropped: Decimal("8.10") is "8.1%", "8,1 %" in German."""
    return _percent_shape(locale).write(_with_decimals(rate, at_least=0))


def format_for_editing(value: Decimal, locale: str, *, decimals: int = 0) -> str:
    """`value` as a field shows it: not grouped, with at least `decimals`; `parse_decimal` reads it."""
    text = f"{_with_decimals(value, at_least=decimals):f}"
    return text.replace(".", _number_shape(locale).decimal)


def parse_decimal(text: str, locale: str = "en") -> Decimal:
    """The number a person typed, decimals as typed. InvalidInput with a sentence for them if it is none.

    Reads 1234.5, 1'234.50, 1,234.50, 1.234,50, 1 234,50 and a leading minus, whatever the language. Where
    both a comma and a point stand, the last is the decimal mark. Only one reading is ambiguous, a single
    comma or point before exactly three digits as in "1,234": it is what `locale` uses that mark for, and
    refused where it uses it for neither. At most 12 digits before and 6 after the decimal mark.
    """
    typed = text.strip()
    if not typed:
        raise InvalidInput("Enter a number.")
    if len(typed) > LONGEST_TYPED:
        raise InvalidInput("This number is too long.")
    typed = typed.translate(_SAME_MARKS)
    whole, decimals = _split_at_decimal_mark(typed.removeprefix("-"), locale)
    if not _GROUPED.fullmatch(whole) or not _DECIMALS.fullmatch(decimals) or not whole + decimals:
        raise InvalidInput("This is not a number.")
    digits = _GROUP_MARKS.sub("", whole)
    if len(digits.lstrip("0")) > WHOLE_DIGITS:
        raise InvalidInput("This number is too large.")
    if len(decimals.rstrip("0")) > DECIMAL_DIGITS:
        raise InvalidInput(f"At most {DECIMAL_DIGITS} decimals fit here.")
    sign = "-" if typed.startswith("-") else ""
    number = Decimal(f"{sign}{digits or '0'}.{decimals}")
    return number or abs(number)


# Spaces, apostrophes and minus signs as keyboards, spreadsheets and this module's own formats write them.
_SAME_MARKS = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "‘": "'", "´": "'", "`": "'", "\u2212": "-"}
)
_GROUPED = re.compile(r"[0-9]*|[0-9]{1,3}(?P<mark>[ ',.])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
_DECIMALS = re.compile(r"[0-9]*")
_GROUP_MARKS = re.compile(r"[ ',.]")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def _split_at_decimal_mark(typed: str, locale: str) -> tuple[str, str]:
    """What stands before and after the decimal mark; all of it before where there is none."""
    at = max(typed.rfind("."), typed.rfind(","))
    if at < 0 or typed.count(typed[at]) > 1:
        return typed, ""
    if _AMBIGUOUS.fullmatch(typed):
        shapes = (_number_shape(locale), _money_shape(locale, None))
        if all(typed[at] != shape.decimal for shape in shapes):
            if all(typed[at] != shape.group for shape in shapes):
                grouped, fraction = typed.replace(typed[at], ""), typed.replace(typed[at], shapes[0].decimal)
                raise InvalidInput(f"Write {grouped} or {fraction}: this may be either.")
            return typed, ""
    return typed[:at], typed[at + 1 :]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a language writes a kind of figure; what stands (before, after) a positive and a negative one."""

    positive: tuple[str, str]
    negative: tuple[str, str]
    decimal: str
    group: str
    group_sizes: tuple[int, int]

    def write(self, value: Decimal) -> str:
        # Babel's own formatting takes ten times as long, and every figure is written on every keystroke.
        before, after = self.negative if value < 0 else self.positive
        whole, _, decimals = f"{value.copy_abs():f}".partition(".")
        return before + self._grouped(whole) + (self.decimal + decimals if decimals else "") + after

    def _grouped(self, whole: str) -> str:
        size, following = self.group_sizes
        if len(whole) <= size:
            return whole
        groups = [whole[-size:]]
        whole = whole[:-size]
        while whole:
            groups.append(whole[-following:])
            whole = whole[:-following]
        return self.group.join(reversed(groups))


@lru_cache(maxsize=256)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise InvalidInput(f"“{name[:20]}” is not a language.") from None


@lru_cache(maxsize=256)
def _number_shape(name: str) -> _Shape:
    locale = _locale(name)
    return _shape(locale, locale.decimal_formats[None], money=False)


@lru_cache(maxsize=256)
def _percent_shape(name: str) -> _Shape:
    locale = _locale(name)
    return _shape(locale, locale.percent_formats[None], money=False)


@lru_cache(maxsize=1024)
def _money_shape(name: str, currency: str | None) -> _Shape:
    """The shape of amounts: with the symbol of `currency`, or bare for None."""
    locale = _locale(name)
    if currency is None:
        return _shape(locale, locale.decimal_formats[None], money=True)
    return _shape(locale, locale.currency_formats["standard"], money=True, symbol=_symbol(locale, currency))


def _symbol(locale: Locale, currency: str) -> str:
    return str(locale.currency_symbols.get(currency, currency))


def _shape(locale: Locale, pattern: object, *, money: bool, symbol: str = "") -> _Shape:
    """A shape from a CLDR pattern; some languages have marks of their own for money (Swiss French)."""
    symbols = locale.number_symbols["latn"]
    positive, negative = zip(pattern.prefix, pattern.suffix, strict=True)  # type: ignore[attr-defined]
    return _Shape(
        positive=_affixes(positive, symbol, symbols["minusSign"]),
        negative=_affixes(negative, symbol, symbols["minusSign"]),
        decimal=symbols.get("currencyDecimal", symbols["decimal"]) if money else symbols["decimal"],
        group=symbols.get("currencyGroup", symbols["group"]) if money else symbols["group"],
        group_sizes=pattern.grouping,  # type: ignore[attr-defined]
    )


def _affixes(pair: tuple[str, str], symbol: str, minus: str) -> tuple[str, str]:
    """Symbol and sign put in; as the CLDR has it, a letter never touches a digit ("CHF 5", "$5")."""
    before, after = (affix.replace("-", minus) for affix in pair)
    if before.endswith("¤") and symbol[-1:].isalpha():
        before += "\u00a0"
    if after.startswith("¤") and symbol[:1].isalpha():
        after = "\u00a0" + after
    return before.replace("¤", symbol), after.replace("¤", symbol)


def _with_decimals(value: Decimal, *, at_least: int) -> Decimal:
    """`value` without trailing zeros beyond `at_least` decimals."""
    shortest = Decimal(plain(value))
    if -_exponent(shortest) >= at_least:
        return shortest
    return round_half_up(shortest, Decimal((0, (1,), -at_least)))


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
