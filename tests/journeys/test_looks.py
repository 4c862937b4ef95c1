"""How pages stand on screens of several widths: nothing cut, nothing beside its line."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Running
from tests.journeys.test_interface import sign_in

PHONE = {"width": 390, "height": 844}
# The words of fields that are wider than their room: hints, and what is chosen.
CUT = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  const cut = [];
  for (const field of document.querySelectorAll("input[placeholder], select")) {
    if (!field.offsetParent) continue;
    const style = getComputedStyle(field);
    pen.font = style.font;
    const words = field.matches("select") ? field.selectedOptions[0]?.text ?? "" : field.placeholder;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (pen.measureText(words).width > room + 1) cut.push(`${field.id}: ${words}`);
  }
  return cut;
}"""


def start_a_quote(page: Page, running: Running) -> str:
    """The address of a new draft's page."""
    page.goto(f"{running.url}/quotes/new")
    page.get_by_label("What it is about").fill("Looks")
    page.get_by_role("button", name="Start the quote").click()
    page.wait_for_url("**/edit**")
    return page.url.split("/edit")[0]


def left_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("element => element.getBoundingClientRect().left"))


def test_on_a_phone_no_hint_and_no_choice_is_cut(page: Page, running: Running) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, running)
    draft = start_a_quote(page, running)
    for address in ("/quotes", "/contacts", "/products", draft.removeprefix(running.url) + "/edit"):
        page.goto(running.url + address)
        assert page.evaluate(CUT) == [], address


@pytest.mark.parametrize("width", [390, 820, 1100, 1440])
def test_no_page_is_wider_than_its_window_and_the_bar_reaches_the_edge(
    page: Page, running: Running, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, running)
    draft = start_a_quote(page, running)
    for address in ("/", "/quotes", "/contacts/1", "/products", draft.removeprefix(running.url) + "/edit"):
        page.goto(running.url + address)
        inside, wanted = page.evaluate(
            "[document.documentElement.clientWidth, document.documentElement.scrollWidth]"
        )
        assert wanted <= inside, address
        bar = page.locator(".topbar").evaluate("bar => bar.getBoundingClientRect().right")
        assert bar == inside == width, address  # this browser hides its scrollbars


@pytest.mark.parametrize("width", [820, 1100, 1440, 1920])
def test_a_quotes_title_begins_where_its_paper_and_the_logo_begin(
    page: Page, running: Running, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, running)
    page.goto(start_a_quote(page, running))
    title = left_of(page, "h1")
    assert left_of(page, ".paper .paper-sheet") == pytest.approx(title, abs=1)
    assert left_of(page, ".topbar .brand") == pytest.approx(title, abs=1)
