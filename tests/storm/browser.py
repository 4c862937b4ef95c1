"""A browser without JavaScript, and a person at it who tries again when the page does not come."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import requests

TRIES = 150
PAUSE_SECONDS = 0.4


class NoAnswer(Exception):
    """The server did not come back within a minute."""


@dataclass
class Page:
    """What came: `path` is where the redirects ended."""

    path: str
    status: int
    text: str

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form whose action ends so, as a browser would send them. Raises KeyError."""
        reader = _Forms()
        reader.feed(self.text)
        for found in reader.forms:
            if urlsplit(found.action or self.path).path.endswith(action):
                return dict(found.fields)
        raise KeyError(f"no form to {action} on {self.path} ({self.status})")

    def problems(self) -> str:
        """What the page's list of problems says."""
        listed = re.search(r'id="problems".*?</(?:ul|ol)>', self.text, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", listed[0]).split()) if listed else ""


@dataclass
class _Form:
    action: str
    id: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[_Form] = []
        self._open: _Form | None = None
        self._select = self._textarea = ""
        self._home: _Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = _Form(found.get("action", ""), found.get("id", ""))
            self.forms.append(self._open)
            return
        home = self._owner(found)
        name = found.get("name", "")
        if home is None:
            return
        if tag == "option" and self._select:
            if "selected" in found or self._select not in home.fields:
                home.fields[self._select] = found.get("value", "")
        elif not name or "disabled" in found:
            return
        elif tag == "input":
            kind = found.get("type", "text")
            if kind in ("submit", "button", "file", "image"):
                return
            if kind in ("checkbox", "radio") and "checked" not in found:
                return
            home.fields[name] = found.get("value", "on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select, self._home = name, home
        elif tag == "textarea":
            self._textarea, self._home = name, home
            home.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self._home is not None:
            text = self._home.fields[self._textarea] + data
            self._home.fields[self._textarea] = text.removeprefix("\r").removeprefix("\n")  # as HTML says

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag in ("select", "textarea"):
            self._select = self._textarea = ""
            self._home = None

    def _owner(self, found: Mapping[str, str]) -> _Form | None:
        if self._home is not None:
            return self._home
        if named := found.get("form"):
            return next((form for form in self.forms if form.id == named), None)
        return self._open


class Browser:
    """One person's browser at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tries = 0
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        self._session.close()

    def get(self, path: str) -> Page:
        """Open an address, again and again while the server is away. Raises NoAnswer."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        """Send a form; when no answer comes, the same form once more, as a person who presses the button again."""
        return self._ask("POST", path, fields)

    def sign_in(self, email: str, password: str) -> None:
        page = self.get("/login")
        page = self.post("/login", page.form("/login") | {"email": email, "password": password})
        if page.path == "/login":
            raise AssertionError(f"{email} could not sign in: {page.status}")

    def _ask(self, method: str, path: str, fields: Mapping[str, str] | None) -> Page:
        for _ in range(TRIES):
            self.tries += 1
            try:
                answer = self._session.request(method, self.url + path, data=fields, timeout=20)
            except requests.RequestException:
                time.sleep(PAUSE_SECONDS)
                continue
            if answer.status_code < 500:
                return Page(urlsplit(answer.url).path, answer.status_code, answer.text)
            time.sleep(PAUSE_SECONDS)
        raise NoAnswer(f"{method} {path}")


def numbers_in(pattern: str, text: str) -> list[str]:
    """All first groups of `pattern`, each once."""
    return list(dict.fromkeys(re.findall(pattern, text)))
