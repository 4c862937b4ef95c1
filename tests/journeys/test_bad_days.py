"""monday.com is down, the mouse is a finger, the person presses twice: the quote comes through."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Running, sign_in, until
from tests.journeys.test_from_deal_to_paper import add_free_line, start_quote


def test_a_quote_is_issued_while_monday_is_down_and_arrives_afterwards(running: Running, page: Page) -> None:
    deal = running.monday.world.create_item("DEALS", "Stormy weather").id
    until(lambda: running.cells(deal).get("Quote form"), what="the link to the form", within=30)
    sign_in(page, running, then=f"/form/{deal}")
    page.wait_for_url("**/edit")
    page.locator("summary", has_text="Quote to someone else").click()
    page.get_by_label("Quote to (instead of the contact's address)").fill("Weather Bureau\nBern")
    line = page.locator("[data-line]").first
    line.get_by_role("combobox", name="Item").fill("Barometer")
    page.keyboard.press("Escape")
    line.get_by_label("Unit price").fill("120")

    running.monday.world.trouble.order("server_error", times=None)
    try:
        page.get_by_role("button", name="Issue…").click()
        page.wait_for_url("**/issue")
        page.get_by_role("button", name="Issue the quote").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Quote Q-\d{4}-\d{4}"))
        expect(page.locator("#deliveries")).to_contain_text("Waiting")
        expect(page.locator("#deliveries")).to_contain_text(
            re.compile("monday", re.IGNORECASE), timeout=10_000
        )
        assert running.uploaded(deal) == []
    finally:
        running.monday.world.trouble.clear()
    until(lambda: running.uploaded(deal), what="the PDF after the storm", within=60)
    until(lambda: running.cells(deal).get("Quote number"), what="the number after the storm", within=60)
    assert len(running.uploaded(deal)) == 1


def test_pressing_issue_twice_issues_once(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Twice")
    page.locator("summary", has_text="Quote to someone else").click()
    page.get_by_label("Quote to (instead of the contact's address)").fill("Somebody")
    line = page.locator("[data-line]").first
    line.get_by_role("combobox", name="Item").fill("One thing")
    page.keyboard.press("Escape")
    line.get_by_label("Unit price").fill("10")
    page.get_by_role("button", name="Issue…").click()
    page.wait_for_url("**/issue")
    page.get_by_role("button", name="Issue the quote").dblclick()
    page.wait_for_url(re.compile(r"/quotes/\d+$"))
    number = page.get_by_role("heading", level=1).inner_text()
    expect(page.locator("body")).to_contain_text("Issued as")
    assert page.locator(".history").inner_text().count("Issued as") == 1
    page.go_back()
    page.wait_for_load_state()
    page.goto(page.url.replace("/issue", "").replace("/edit", "") + "/edit")
    expect(page.get_by_role("heading", level=1)).to_have_text(number)


def test_lines_are_dragged_into_their_order(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Dragging")
    page.locator("[data-line]").first.get_by_role("combobox", name="Item").fill("First")
    page.keyboard.press("Escape")
    add_free_line(page, "Second", price="2")
    page.locator("#saved").get_by_text("Saved").wait_for()
    handle = page.locator("[data-grip]").nth(1)
    handle.scroll_into_view_if_needed()
    from_box = handle.bounding_box()
    to_box = page.locator("[data-line]").first.bounding_box()
    assert from_box is not None
    assert to_box is not None
    page.mouse.move(from_box["x"] + 8, from_box["y"] + 8)
    page.mouse.down()
    page.mouse.move(to_box["x"] + 20, to_box["y"] + 60, steps=8)
    page.mouse.move(to_box["x"] + 20, to_box["y"] + 5, steps=8)
    page.mouse.up()
    expect(page.locator("[data-line]").first.get_by_role("combobox", name="Item")).to_have_value("Second")
    expect(page.locator("#paper")).to_contain_text(re.compile("Second.*First", re.DOTALL), timeout=5_000)


def test_a_whole_quote_is_made_with_the_keyboard_alone(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Keys only")
    page.locator("#contact_query").focus()
    page.keyboard.type("Siân")
    # Keys pressed before the answer came must not choose from what was shown before.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#contact-options [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#contact")).to_contain_text("Siân Llewellyn")
    expect(page.locator("#contact .chosen-actions a")).to_be_focused()
    item = page.locator("[data-line]").first.get_by_role("combobox", name="Item")
    item.focus()
    page.keyboard.type("kit")
    expect(page.locator("[data-line]").first.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-line]").first.get_by_label("Quantity")).to_be_focused()
    page.keyboard.type("2")
    page.get_by_role("button", name="Add a line").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-line]")).to_have_count(2)
    expect(page.locator("[data-line]").nth(1).get_by_role("combobox", name="Item")).to_be_focused()
    page.locator("[data-line]").nth(1).get_by_role("button", name="Remove this line").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-line]")).to_have_count(1)
    page.get_by_role("button", name="Issue…").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/issue")
    expect(page.get_by_role("button", name="Issue the quote")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Quote Q-\d{4}-\d{4}"))
