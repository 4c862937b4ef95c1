"""Countries and languages as boards name them, and as we keep them (ISO codes)."""

from __future__ import annotations

from functools import cache

from babel import Locale

LANGUAGES = ("en", "de", "fr", "it")

# Enough to find the country of a number that is written internationally, longest code first.
CALLING_CODES = {
    "+423": "LI",
    "+420": "CZ",
    "+421": "SK",
    "+351": "PT",
    "+352": "LU",
    "+353": "IE",
    "+354": "IS",
    "+358": "FI",
    "+385": "HR",
    "+386": "SI",
    "+971": "AE",
    "+972": "IL",
    "+41": "CH",
    "+49": "DE",
    "+43": "AT",
    "+33": "FR",
    "+39": "IT",
    "+44": "GB",
    "+34": "ES",
    "+31": "NL",
    "+32": "BE",
    "+45": "DK",
    "+46": "SE",
    "+47": "NO",
    "+48": "PL",
    "+30": "GR",
    "+36": "HU",
    "+40": "RO",
    "+61": "AU",
    "+64": "NZ",
    "+65": "SG",
    "+81": "JP",
    "+82": "KR",
    "+86": "CN",
    "+91": "IN",
    "+90": "TR",
    "+27": "ZA",
    "+52": "MX",
    "+55": "BR",
    "+1": "US",
}


@cache
def _countries() -> dict[str, str]:
    """Codes by name, in the languages of the office, casefolded."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(str(name).casefold(), str(code))
    return found | {"usa": "US", "uk": "GB", "england": "GB"}


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for own in LANGUAGES:
        for code, name in Locale(own).languages.items():
            if len(code) == 2:
                found.setdefault(str(name).casefold(), str(code))
    return found


def country_name(code: str) -> str:
    """The English name of a country; what is no known code is given back."""
    return str(Locale("en").territories.get(code.upper(), code))


def country_code(text: str) -> str:
    """ISO 3166-1 alpha-2 for a code or a name; empty for what is neither."""
    text = text.strip()
    if len(text) == 2 and text.upper() in Locale("en").territories:
        return text.upper()
    return _countries().get(text.casefold(), "")


def language_name(code: str) -> str:
    """The English name of a language; what is no known code is given back."""
    return str(Locale("en").languages.get(code.lower(), code))


def language_code(text: str) -> str:
    """ISO 639-1 for a code or a name; empty for what is neither."""
    text = text.strip()
    if len(text) == 2 and text.lower() in Locale("en").languages:
        return text.lower()
    return _languages().get(text.casefold(), "")


def calling_country(number: str) -> str:
    """The country of a telephone number that begins with +, or "" where it is not known."""
    digits = "".join(char for char in number if char in "+0123456789")
    return next((country for code, country in CALLING_CODES.items() if digits.startswith(code)), "")
