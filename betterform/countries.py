"""Countries by their ISO 3166-1 alpha-2 code, named by CLDR."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata


@lru_cache(maxsize=32)
def _names(language: str) -> dict[str, str]:
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        territories = Locale("en").territories
    # CLDR also names continents (numbers) and a few codes that are no countries.
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    }


def country_name(code: str, language: str) -> str:
    """The country's name in `language`; an unknown code as it stands, nothing for nothing."""
    return _names(language).get(code, code)


def is_country(code: str) -> bool:
    """Whether `code` is a country's code in capitals."""
    return code in _names("en")


def choices(language: str) -> list[tuple[str, str]]:
    """(code, name) sorted by name, for a select."""
    return sorted(_names(language).items(), key=lambda item: item[1].casefold())


def regional_locale(language: str, country: str) -> str:
    """`language` as it is written in `country` (de + CH: de_CH), or plain where CLDR has no such locale."""
    regional = f"{language}_{country}"
    return regional if country and localedata.exists(regional) else language
