"""A browser without scripts: fetches pages of the app, proofreads each one, and sends their forms."""

from __future__ import annotations

from contextvars import Context
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SPACE = "{http://www.w3.org/1999/xhtml}"
CONTROLS = ("input", "select", "textarea")


class FreshClient(FlaskClient):
    """Each request begins with nothing, as on a server.

    Inside the app context of a fixture, requests would share `flask.g`, and with it who is signed in.
    """

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        # Read to the end, so that a file that was sent is closed.
        return Context().run(super().open, *arguments, **{"buffered": True, **options})


class Page:
    """What came back: its status, its text and, where it is HTML, its elements."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.get_data(as_text=True) if (response.mimetype or "").startswith("text/") else ""
        self.address = response.request.path
        parser = html5lib.HTMLParser(namespaceHTMLElements=True)
        self.tree: Element = parser.parse(self.html)
        self.mistakes = [str(mistake[1]) for mistake in parser.errors]

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Every element of that name whose attributes have these values (`class_` for class)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        found = self.tree.iter(SPACE + tag)
        return [element for element in found if wanted.items() <= element.attrib.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only such element."""
        (element,) = self.all(tag, **attributes)
        return element

    @property
    def text(self) -> str:
        """The words a person reads, with single spaces."""
        body = self.tree.find(f"{SPACE}body")
        return words_of(body) if body is not None else ""

    @property
    def heading(self) -> str:
        return words_of(self.one("h1"))

    def form(self, action: str) -> dict[str, str]:
        """The values that the form with this action would send."""
        return {
            name: value
            for element in self.one("form", action=action).iter()
            if (name := element.get("name", "")) and (value := value_of(element)) is not None
        }

    def error_at(self, control_id: str) -> str:
        """The message beside a control; it must be tied to it for screen readers."""
        control = next(element for tag in CONTROLS for element in self.all(tag, id=control_id))
        assert control.get("aria-invalid") == "true"
        assert f"{control_id}-error" in control.get("aria-describedby", "").split()
        return words_of(self.one("p", id=f"{control_id}-error"))


@dataclass
class Browser:
    """One person's browser, with their cookies."""

    client: FlaskClient

    @classmethod
    def on(cls, app: Flask) -> Browser:
        """A new browser that reaches `app`."""
        return cls(FreshClient(app, app.response_class, use_cookies=True))

    def get(self, address: str, *, status: int = 200, **options: Any) -> Page:
        """The page at `address`, after redirects, proofread."""
        page = Page(self.client.get(address, follow_redirects=True, **options))
        assert page.status == status, f"{address} answered {page.status}: {page.text[:500]}"
        return proofread(page)

    def send(
        self, page: Page, action: str, /, *, status: int = 200, follow: bool = True, **typed: Any
    ) -> Page:
        """Fill the form with this action and send it. The token is the one on the page."""
        values = {**page.form(action), **typed}
        sent = Page(self.client.post(action, data=values, follow_redirects=follow))
        assert sent.status == status, f"{action} answered {sent.status}: {sent.text[:800]}"
        return proofread(sent) if sent.status != 302 else sent

    def sign_in(self, email: str, password: str) -> Page:
        """Through the real form."""
        return self.send(self.get("/login"), "/login", email=email, password=password)


def proofread(page: Page) -> Page:
    """Every page is valid, has one title that is its heading, unique ids, and names for all controls."""
    if page.response.mimetype != "text/html":
        return page
    where = f"{page.address} ({page.status})"
    assert page.mistakes == [], f"{where}: {page.mistakes}"
    assert page.one("html").get("lang"), f"{where}: no language"
    assert words_of(page.one("title")) == f"{page.heading} · betterform", (
        f"{where}: the title is not the heading"
    )
    ids = [element.get("id", "") for element in page.tree.iter() if element.get("id")]
    twice = sorted({found for found in ids if ids.count(found) > 1})
    assert twice == [], f"{where}: these ids are there twice: {twice}"
    for element in page.tree.iter():
        for name in ("aria-describedby", "aria-labelledby", "for"):
            assert set(element.get(name, "").split()) <= set(ids), (
                f"{where}: {name} leads nowhere: {element.attrib}"
            )
        assert "style" not in element.attrib, f"{where}: inline style"
    nameless = [
        element.attrib for tag in CONTROLS for element in page.all(tag) if not has_name(page, element)
    ]
    assert nameless == [], f"{where}: nobody can tell what these are: {nameless}"
    silent = [
        b.attrib for b in (*page.all("button"), *page.all("a")) if not (words_of(b) or b.get("aria-label"))
    ]
    assert silent == [], f"{where}: buttons or links without words: {silent}"
    assert all("alt" in picture.attrib for picture in page.all("img")), f"{where}: a picture without alt"
    return page


def has_name(page: Page, control: Element) -> bool:
    """Whether a screen reader can say what the control is."""
    if (
        control.get("type") in ("hidden", "submit")
        or control.get("aria-label")
        or control.get("aria-labelledby")
    ):
        return True
    wrapped = any(control in label.iter() for label in page.all("label"))
    return wrapped or bool(control.get("id") and page.all("label", for_=control.get("id", "")))


def value_of(element: Element) -> str | None:
    """What a control would send; None for nothing."""
    tag = element.tag.removeprefix(SPACE)
    if tag == "input":
        kind = element.get("type", "text")
        if kind in ("submit", "button", "file"):
            return None
        if kind in ("checkbox", "radio"):
            return element.get("value", "on") if "checked" in element.attrib else None
        return element.get("value", "")
    if tag == "textarea":
        return (element.text or "").replace("\n", "\r\n")
    if tag == "select":
        options = list(element.iter(f"{SPACE}option"))
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        return chosen[0].get("value", words_of(chosen[0])) if chosen else None
    return None


def words_of(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())
