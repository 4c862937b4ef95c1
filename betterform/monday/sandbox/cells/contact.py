"""Link, e-mail, phone and country."""

from __future__ import annotations

import re
from typing import Any

from betterform.monday.sandbox.cells.calling_codes import CALLING_CODES
from betterform.monday.sandbox.cells.cell import Cell, Pen, stamped
from betterform.monday.sandbox.records import Column

LONGEST_E164 = 16  # the plus and fifteen digits


class LinkCell(Cell):
    webhook_type = "link"
    graphql_type = "LinkValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, str):
            return self.write_simple(column, given, pen)
        if not isinstance(given, dict):
            raise self.refuse(column, given)
        url, text = given.get("url"), given.get("text", "")
        if not url and not text:
            return None
        if not isinstance(url, str) or not isinstance(text, str) or not re.match(r"[a-z][a-z0-9+.-]*:", url):
            raise self.refuse(column, given)
        return {"url": url, "text": text or url, "changed_at": pen.now}

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        if not given:
            return None
        url, _, text = given.partition(" ")
        if not text:
            raise self.refuse(column, given)
        return self.write(column, {"url": url, "text": text}, pen)

    def text(self, column: Column, raw: Any) -> str | None:
        if not raw:
            return ""
        return raw["url"] if raw["text"] == raw["url"] else f"{raw['text']} - {raw['url']}"

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        raw = raw or {}
        return {"url": raw.get("url"), "url_text": raw.get("text"), "updated_at": stamped(raw)}


class EmailCell(Cell):
    """Both keys are required, also in the simple form: `a@b.c label`."""

    webhook_type = "email"
    graphql_type = "EmailValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, str):
            return self.write_simple(column, given, pen)
        if not isinstance(given, dict) or "email" not in given or "text" not in given:
            raise self.refuse(column, given)
        email, text = given["email"], given["text"]
        if email == "" and text == "":
            return None
        if not isinstance(text, str) or not text or not self._is_address(email):
            raise self.refuse(column, given)
        return {"email": email, "text": text, "changed_at": pen.now}

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        if not given:
            return None
        email, _, text = given.partition(" ")
        return self.write(column, {"email": email, "text": text or None}, pen)

    @staticmethod
    def _is_address(email: object) -> bool:
        return isinstance(email, str) and bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email))

    def text(self, column: Column, raw: Any) -> str | None:
        if not raw:
            return ""
        return raw["email"] if raw["text"] == raw["email"] else f"{raw['text']} - {raw['email']}"

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        raw = raw or {}
        return {"email": raw.get("email"), "label": raw.get("text"), "updated_at": stamped(raw)}


class PhoneCell(Cell):
    """Monday asks libphonenumber; this asks for the shape of E.164 and for the calling code of the country.

    The country is an upper-case ISO code. A number without `+` is taken for a national one, as libphonenumber does.
    """

    webhook_type = "phone"
    graphql_type = "PhoneValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if isinstance(given, str):
            return self.write_simple(column, given, pen)
        if not isinstance(given, dict):
            raise self.refuse(column, given)
        phone, country = given.get("phone"), given.get("countryShortName")
        if phone == "" and not country:
            return None
        if not self._is_number(phone, country):
            raise self.refuse(column, given, "invalid value, the phone number does not fit the country")
        return {"phone": phone, "countryShortName": country, "changed_at": pen.now}

    def write_simple(self, column: Column, given: str, pen: Pen) -> Any:
        if not given:
            return None
        phone, _, country = given.rpartition(" ")
        return self.write(column, {"phone": phone, "countryShortName": country}, pen)

    @staticmethod
    def _is_number(phone: object, country: object) -> bool:
        digits = re.sub(r"[\s().-]", "", str(phone or ""))
        code = CALLING_CODES.get(str(country))
        if code is None:
            return False
        if not digits.startswith("+"):
            return bool(re.fullmatch(r"\d{4,14}", digits))
        return bool(re.fullmatch(rf"\+{code}\d{{4,14}}", digits)) and len(digits) <= LONGEST_E164

    def text(self, column: Column, raw: Any) -> str | None:
        return str(raw["phone"]) if raw else ""

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        raw = raw or {}
        return {
            "phone": raw.get("phone"),
            "country_short_name": raw.get("countryShortName"),
            "updated_at": stamped(raw),
        }


class CountryCell(Cell):
    webhook_type = "country"
    graphql_type = "CountryValue"

    def write(self, column: Column, given: Any, pen: Pen) -> Any:
        if not isinstance(given, dict):
            raise self.refuse(column, given)
        code, name = given.get("countryCode"), given.get("countryName")
        if not code and not name:
            return None
        if not re.fullmatch(r"[A-Z]{2}", str(code)) or not isinstance(name, str) or not name:
            raise self.refuse(column, given)
        return {"countryCode": code, "countryName": name, "changed_at": pen.now}

    def text(self, column: Column, raw: Any) -> str | None:
        return str(raw["countryName"]) if raw else ""

    def fields(self, column: Column, raw: Any) -> dict[str, Any]:
        country = {"code": raw["countryCode"], "name": raw["countryName"]} if raw else None
        return {"country": country, "updated_at": stamped(raw)}
