"""The main job: a deal on the board becomes a quote on paper, in a real browser."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.journeys.conftest import Running, sign_in, until


def test_a_deal_on_the_board_becomes_a_quote_on_paper(running: Running, page: Page) -> None:
    """From the stand-in's board to the uploaded PDF; number and total agree everywhere."""
    make_deal(page, running, "Ten microscopes")
    mid = running.deal("Ten microscopes")
    until(lambda: running.cells(mid).get("Quote form"), what="the link to the form", within=30)

    follow_form_link(page, "Ten microscopes")
    sign_in_here(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ten microscopes")
    expect(page.locator("#contact")).to_contain_text("Jürg Müller")

    first = page.locator("[data-line]").first
    choose_product(page, first, "micro")
    page.keyboard.type("10")
    add_free_line(page, "On-site training", price="1'250.50")
    page.locator("#discount").fill("5")
    page.locator("#shipping").fill("80")
    expect(page.locator("#saved")).to_contain_text("Saved")
    total = until(lambda: settled_total(page), what="the total")
    assert total in page.locator("#paper").inner_text().replace("’", "'").replace("'", ",")

    page.get_by_role("button", name="Issue…").click()
    page.wait_for_url("**/issue")
    page.get_by_role("button", name="Issue the quote").click()
    page.wait_for_url(re.compile(r"/quotes/\d+$"))
    number = page.get_by_role("heading", level=1).inner_text().removeprefix("Quote ")
    assert re.fullmatch(r"Q-\d{4}-\d{4}", number)

    pdf = until(lambda: running.uploaded(mid), what="the PDF on the board")
    assert len(pdf) == 1
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf[0])).pages)
    assert number in text
    assert total in text.replace("’", ",").replace("'", ",")

    cells = until(lambda: written(running, mid), what="the values on the board")
    assert cells["Quote number"] == number
    assert Decimal(str(cells["Total"])) == Decimal(total.replace(",", ""))
    assert "Sent" in str(cells["Quote status"])
    assert "CHF" in str(cells["Currency"])
    expect(page.locator("#deliveries")).to_contain_text("Done", timeout=10_000)


def test_the_customer_reads_the_quote_on_a_phone_without_an_account(
    running: Running, page: Page, chromium: Browser
) -> None:
    sign_in(page, running)
    start_quote(page, running, "Phone reader")
    page.locator("summary", has_text="Quote to someone else").click()
    page.get_by_label("Quote to (instead of the contact's address)").fill("Ørsted & Søn\nKøbenhavn")
    line = page.locator("[data-line]").first
    line.get_by_role("combobox", name="Item").fill("A lamp <b>")
    line.get_by_label("Unit price").fill("99.95")
    page.get_by_role("button", name="Issue…").click()
    page.wait_for_url("**/issue")
    page.get_by_role("button", name="Issue the quote").click()
    link = page.locator(".link-line a").get_attribute("href")
    assert link is not None

    phone = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    reader = phone.new_page()
    reader.goto(link)
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Quote Q-")
    expect(reader.locator("body")).to_contain_text("Ørsted & Søn")
    expect(reader.locator("body")).to_contain_text("A lamp <b>")
    assert reader.evaluate("document.documentElement.scrollWidth") <= 390
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Download PDF").click()
    assert download.value.suggested_filename.startswith("Q-")
    phone.close()

    page.reload()
    expect(page.locator("body")).to_contain_text("First opened")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Close the link").click()
    expect(page.locator("body")).to_contain_text("The link is closed")
    answer = page.request.get(link)
    unknown = page.request.get(link[:-1] + ("A" if link[-1] != "A" else "B"))
    assert answer.status == unknown.status == 404
    assert answer.text() == unknown.text()


def test_what_is_typed_is_there_after_closing_the_lid(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Closed lid")
    line = page.locator("[data-line]").first
    line.get_by_label("Unit price").fill("twelve")
    expect(line.get_by_label("Unit price")).to_have_attribute("aria-invalid", "true")
    line.get_by_role("combobox", name="Item").fill("Half a thought")
    page.keyboard.press("Escape")
    expect(page.locator("#saved")).to_contain_text("Saved", timeout=5_000)
    page.wait_for_timeout(900)
    address = page.url
    page.goto(running.url + "/quotes")
    page.goto(address)
    line = page.locator("[data-line]").first
    expect(line.get_by_role("combobox", name="Item")).to_have_value("Half a thought")
    expect(line.get_by_label("Unit price")).to_have_value("twelve")
    expect(line).to_contain_text("This is not a number.")


def test_the_last_word_is_saved_when_the_person_leaves_at_once(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "In a hurry")
    address = page.url
    page.get_by_label("Notes").fill("Typed and gone")
    page.get_by_role("link", name="Contacts").first.click()
    page.wait_for_url("**/contacts")
    page.goto(address)
    expect(page.get_by_label("Notes")).to_have_value("Typed and gone")


def test_the_list_of_what_is_missing_follows_what_is_put_right(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Not complete")
    line = page.locator("[data-line]").first
    line.get_by_role("combobox", name="Item").fill("Half a line")
    page.keyboard.press("Escape")
    line.get_by_label("Quantity").fill("many")
    page.get_by_role("button", name="Issue…").click()
    expect(page.locator("#problems")).to_contain_text("“many” could not be read.")
    expect(page.locator("#problems")).to_contain_text("Enter a price.")
    line.get_by_label("Unit price").fill("5")
    expect(page.locator("#problems")).not_to_contain_text("Enter a price.", timeout=5_000)
    expect(page.locator("#problems")).to_contain_text("“many” could not be read.")


def test_two_windows_on_one_quote_do_not_overwrite_each_other(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Two windows")
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_label("Deal type").fill("renewal")
    expect(page.locator("#saved")).to_contain_text("Saved", timeout=5_000)
    page.wait_for_timeout(1_200)
    other.get_by_label("Notes").fill("Call before delivery")
    expect(other.locator("#conflict")).to_be_visible(timeout=5_000)
    expect(other.get_by_label("Notes")).to_have_value("Call before delivery")
    page.reload()
    expect(page.get_by_label("Deal type")).to_have_value("renewal")
    expect(page.get_by_label("Notes")).to_have_value("")


def test_lines_are_reordered_with_the_keyboard_and_stay_so(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Order of lines")
    page.locator("[data-line]").first.get_by_role("combobox", name="Item").fill("First")
    page.keyboard.press("Escape")
    add_free_line(page, "Second", price="2")
    page.locator("[data-line]").nth(1).get_by_role("button", name="Move up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#paper")).to_contain_text(re.compile("Second.*First", re.DOTALL), timeout=5_000)
    page.reload()
    expect(page.locator("[data-line]").first.get_by_role("combobox", name="Item")).to_have_value("Second")


def test_a_lost_connection_is_said_and_made_up_for(running: Running, page: Page) -> None:
    sign_in(page, running)
    start_quote(page, running, "Tunnel")
    page.context.set_offline(True)
    page.get_by_label("Notes").fill("Written in a tunnel")
    expect(page.locator("#saved")).to_contain_text("Not saved: no connection", timeout=5_000)
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text(re.compile("^ *Saved"), timeout=10_000)
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("Written in a tunnel")


def test_every_step_works_without_javascript(running: Running, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    sign_in(page, running)
    start_quote(page, running, "Plain HTML")
    page.get_by_label("Contact", exact=True).fill("Giulia")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("option", name=re.compile("Giulia")).click()
    expect(page.locator("#contact")).to_contain_text("Giulia")
    page.get_by_role("combobox", name="Item").first.fill("micro")
    page.get_by_role("button", name="Find in the catalogue").first.click()
    page.locator("[data-line]").first.get_by_role("option").first.click()
    page.get_by_label("Quantity").first.fill("3")
    page.get_by_role("button", name="Add a line").click()
    page.get_by_role("combobox", name="Item").nth(1).fill("Free line")
    page.get_by_label("Unit price").nth(1).fill("10")
    page.get_by_role("button", name="Recalculate").click()
    before = page.locator("#total").inner_text()
    assert re.fullmatch(r"CHF\s[\d,]+\.\d\d", before)
    page.get_by_role("button", name="Move up").nth(1).click()
    expect(page.get_by_role("combobox", name="Item").first).to_have_value("Free line")
    assert page.locator("#total").inner_text() == before
    page.get_by_role("button", name="Issue…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Issue this quote?")
    page.get_by_role("button", name="Issue the quote").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quote Q-")
    answer = page.request.get(page.url + "/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    context.close()


def make_deal(page: Page, running: Running, name: str) -> None:
    """As a person does it on the board."""
    page.goto(running.monday.url)
    page.get_by_label("Name", exact=True).fill(name)
    page.locator("label", has_text="Contact").locator("select").select_option(label="Jürg Müller")
    page.get_by_role("button", name="Make the deal").click()


def follow_form_link(page: Page, name: str) -> None:
    """Click the link that arrived in the deal's row."""
    page.reload()
    row = page.get_by_role("row").filter(has_text=name)
    address = (
        row.get_by_role("link")
        .filter(has_text=re.compile("form|quote", re.IGNORECASE))
        .first.get_attribute("href")
    )
    assert address is not None
    page.goto(address)


def sign_in_here(page: Page) -> None:
    """Sign in on the page the link led to; the person then lands where the link pointed."""
    page.get_by_label("E-mail address").fill("marco@demo.example")
    page.get_by_label("Password").fill("betterform-demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/edit")


def start_quote(page: Page, running: Running, subject: str) -> None:
    page.goto(running.url + "/quotes/new")
    page.get_by_label("What it is about").fill(subject)
    page.get_by_role("button", name="Start the quote").click()
    page.wait_for_url("**/edit")


def choose_product(page: Page, line: Any, typed: str) -> None:
    """Type a name, take the first that is offered; the quantity is selected afterwards."""
    item = line.get_by_role("combobox", name="Item")
    item.fill(typed)
    expect(line.get_by_role("option").first).to_be_visible()
    item.press("ArrowDown")
    item.press("Enter")
    expect(line.get_by_label("Unit price")).not_to_have_value("")
    expect(line.get_by_label("Quantity")).to_be_focused()


def add_free_line(page: Page, name: str, *, price: str) -> None:
    lines = page.locator("[data-line]")
    count = lines.count()
    page.get_by_role("button", name="Add a line").click()
    expect(lines).to_have_count(count + 1)
    line = lines.nth(count)
    line.get_by_role("combobox", name="Item").fill(name)
    page.keyboard.press("Escape")
    line.get_by_label("Unit price").fill(price)


def settled_total(page: Page) -> str | None:
    """The figure of the total once it has stopped moving."""
    before = page.locator("#total").inner_text()
    page.wait_for_timeout(1_200)
    after = page.locator("#total").inner_text()
    return re.sub(r"[^\d,.]", "", after) if before == after and "0.00" not in after[-7:-4] else None


def written(running: Running, mid: str) -> dict[str, Any] | None:
    cells = running.cells(mid)
    return cells if cells.get("Quote number") and cells.get("Customer link") else None
