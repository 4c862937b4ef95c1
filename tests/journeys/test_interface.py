"""The shell around every page, in a real browser: themes, menus, the end of a session, no scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT
from tests.journeys.conftest import PASSWORD, Running

ADMIN = "anna@demo.example"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/quotes",
    "/contacts",
    "/contacts?q=nobody-is-called-this",
    "/contacts/1",
    "/products",
    "/products/1",
    "/settings",
    "/settings/tax-rates",
    "/settings/monday",
    "/settings/monday/boards/deals",
    "/settings/monday/boards/products",
    "/settings/monday/boards/contacts/choice",
    "/settings/monday/readings",
    "/contacts/duplicates",
    "/admin/",
    "/admin/inbox",
    "/admin/outbox",
    "/no/such/page",
)


def sign_in(page: Page, running: Running) -> None:
    page.goto(f"{running.url}/login")
    page.get_by_label("E-mail address").fill(ADMIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")


def theme(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.bsTheme"))


def test_the_theme_follows_the_system_until_somebody_chooses(page: Page, running: Running) -> None:
    page.emulate_media(color_scheme="dark")
    sign_in(page, running)
    assert theme(page) == "dark"
    page.get_by_role("button", name="Switch between light and dark").click()
    assert theme(page) == "light"
    page.goto(f"{running.url}/contacts")
    assert theme(page) == "light"


def test_menus_close_by_escape_and_by_a_click_elsewhere(page: Page, running: Running) -> None:
    sign_in(page, running)
    way_out = page.get_by_role("button", name="Sign out")
    menu = page.locator("summary.user-button")
    menu.click()
    expect(way_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(way_out).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    page.get_by_role("heading", level=1).click()
    expect(way_out).to_be_hidden()


def test_the_first_tab_leads_past_the_navigation(page: Page, running: Running) -> None:
    sign_in(page, running)
    page.goto(f"{running.url}/contacts")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_htmx_leads_to_the_sign_in_when_the_session_has_ended(page: Page, running: Running) -> None:
    sign_in(page, running)
    page.goto(f"{running.url}/contacts?q=a")
    page.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', '/contacts', {target: '#content'})")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert page.url.endswith("/login?next=%2Fcontacts%3Fq%3Da")


def test_an_error_of_htmx_is_announced_beside_the_page(page: Page, running: Running) -> None:
    sign_in(page, running)
    page.wait_for_function("window.htmx")
    page.evaluate("htmx.ajax('GET', '/contacts/999999', {target: '#content'})")
    notice = page.get_by_role("status").get_by_text("There is no such contact.")
    expect(notice).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    page.get_by_role("button", name="Close this notice").click()
    expect(notice).to_be_hidden()


@pytest.fixture
def without_scripts(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, color_scheme="dark"
    )
    yield context.new_page()
    context.close()


def test_without_scripts_a_phone_signs_in_walks_around_and_signs_out(
    without_scripts: Page, running: Running
) -> None:
    page = without_scripts
    sign_in(page, running)
    page.locator(".menu-phone > summary").click()
    page.locator(".menu-phone").get_by_role("link", name="Contacts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contacts")
    page.locator("summary.user-button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with `make setup`")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_on_any_page(chromium: Browser, running: Running, scheme: str, width: int) -> None:
    # The policy of our pages would not let axe in.
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(f"{running.url}/login")
    found = violations(page)
    sign_in(page, running)
    for address in PAGES:
        page.goto(running.url + address)
        found += violations(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not too_wide, f"{address} has to be scrolled sideways at {width} pixels"
    context.close()
    assert found == []


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is shown."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    where = re.sub(r"^https?://[^/]+", "", page.url)
    return [f"{where}: {found['id']}: {found['nodes'][0]['html'][:200]}" for found in result["violations"]]
