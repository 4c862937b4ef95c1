"""Answers that come late, twice or not at all: nothing typed is lost and nothing older is shown."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Dialog, Page, Route, expect

from tests.journeys.conftest import Running, sign_in
from tests.journeys.test_from_deal_to_paper import start_quote

SAVES = re.compile(r"/quotes/\d+/edit$")


class Held:
    """POST requests to an address, held back until they are let go."""

    def __init__(self, page: Page, address: re.Pattern[str]) -> None:
        self.page, self.routes = page, list[Route]()
        page.route(address, self.hold)

    def hold(self, route: Route) -> None:
        if route.request.method == "POST":
            self.routes.append(route)
        else:
            route.continue_()

    def wait(self, count: int = 1) -> None:
        wait_until(self.page, lambda: len(self.routes) >= count)

    def let_go(self) -> None:
        self.routes.pop(0).continue_()

    def end(self) -> None:
        """Hold nothing any more; what is held goes on its way."""
        self.page.unroute_all()


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen within five seconds")


def test_what_is_typed_while_a_product_is_filled_in_stays(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Fast fingers")
    line = page.locator("[data-line]").first
    item = line.get_by_role("combobox", name="Item")
    item.fill("micro")
    expect(line.get_by_role("option").first).to_be_visible()
    page.wait_for_timeout(1_200)
    saves = Held(page, SAVES)
    item.press("ArrowDown")
    item.press("Enter")
    saves.wait()
    line.get_by_label("Quantity").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    saves.let_go()
    expect(line.get_by_label("Unit price")).not_to_have_value("")
    expect(line.get_by_label("Quantity")).to_have_value("7")
    page.keyboard.type("5")  # the caret is still behind the 7
    expect(line.get_by_label("Quantity")).to_have_value("75")
    saves.wait()
    saves.end()
    expect(page.locator("#saved")).to_contain_text("Saved", timeout=10_000)
    page.reload()
    expect(page.locator("[data-line]").first.get_by_label("Quantity")).to_have_value("75")


def test_a_late_answer_shows_no_older_total_and_stores_no_older_word(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Slow line")
    price = page.locator("[data-line]").first.get_by_label("Unit price")
    saves = Held(page, SAVES)
    price.fill("50")
    saves.wait()
    price.fill("90")
    expect(page.locator("#bar-total")).to_contain_text("9")
    newer = page.locator("#bar-total").inner_text()
    saves.let_go()
    saves.wait()
    assert page.locator("#bar-total").inner_text() == newer
    expect(page.locator("#saved")).to_contain_text("Saving…")
    saves.end()
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()
    expect(price).to_have_value(re.compile("90"))


def test_a_save_that_failed_is_made_up_for(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Bad gateway")
    page.route(SAVES, lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.get_by_label("Notes").fill("Through the storm")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    page.unroute_all()
    expect(page.locator("#saved")).to_contain_text(re.compile("^ *Saved"), timeout=15_000)
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("Through the storm")


def test_leaving_asks_where_a_save_was_refused(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Refused")
    answers: list[int] = []

    def refuse(route: Route) -> None:
        answers.append(409)
        route.fulfill(status=409, body="")

    page.route(SAVES, refuse)
    page.get_by_label("Notes").fill("Not wanted")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    page.get_by_label("Notes").blur()
    page.wait_for_timeout(1_000)
    count = len(answers)
    page.wait_for_timeout(6_000)
    assert len(answers) == count, "nobody tries again where somebody must decide"
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_role("link", name="Contacts").first.click()
    page.wait_for_url("**/contacts")
    assert asked == ["beforeunload"]


def test_typing_outlives_the_session(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Signed out")
    page.context.clear_cookies()
    page.get_by_label("Notes").fill("Typed after the end")
    expect(page.locator("#toasts")).to_contain_text("You have been signed out.")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="sign in in a new tab").click()
    other = opened.value
    sign_in(other, running, then="/login")
    other.close()
    expect(page.locator("#saved")).to_contain_text(re.compile("^ *Saved"), timeout=15_000)
    expect(page.locator("#toasts")).not_to_contain_text("signed out")
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("Typed after the end")


def test_a_contact_is_added_once_however_often_the_button_is_pressed(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Double click")
    page.locator("#contact").get_by_role("link", name="New").click()
    dialog = page.locator("#side-dialog")
    dialog.get_by_label("Last name").fill("Zweimal")
    additions = Held(page, re.compile("/contact/new$"))
    dialog.get_by_role("button", name="Add the contact").dblclick()
    additions.wait()
    expect(dialog.get_by_role("button", name="Add the contact")).to_be_disabled()
    page.wait_for_timeout(300)
    assert len(additions.routes) == 1
    additions.let_go()
    expect(page.locator("#contact")).to_contain_text("Zweimal")
    assert additions.routes == []


def test_a_slip_does_not_throw_away_what_was_typed_in_a_dialog(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Slips")
    page.locator("#contact").get_by_role("link", name="New").click()
    dialog = page.locator("#side-dialog")
    name = dialog.get_by_label("Last name")
    name.fill("Langer Name")
    box = name.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(5, box["y"] + 8, steps=4)
    page.mouse.up()
    expect(dialog).to_be_visible()
    asked: list[str] = []

    def stay(question: Dialog) -> None:
        asked.append(question.message)
        question.dismiss()

    page.on("dialog", stay)
    page.mouse.click(5, 500)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert len(asked) == 3
    expect(name).to_have_value("Langer Name")
    page.remove_listener("dialog", stay)
    page.on("dialog", lambda question: question.accept())
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_new_product_starts_with_what_was_typed_a_moment_ago(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "At once")
    line = page.locator("[data-line]").first
    saves = Held(page, SAVES)
    line.get_by_role("combobox", name="Item").fill("Brand new")
    page.keyboard.press("Escape")
    line.get_by_label("Unit price").fill("12.5")
    line.get_by_role("link", name="Add to the catalogue").click()
    dialog = page.locator("#side-dialog")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Brand new")
    expect(dialog.get_by_label("CHF")).to_have_value("12.5")
    saves.end()
