"""The quote form in a browser without scripts: plain posts, every page proofread."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import history
from betterform.models.company import Company
from betterform.models.delivery import Delivery
from betterform.models.document import Document
from betterform.models.product import Product
from betterform.models.quote import Quote
from tests.browser import Browser, Page, words_of
from tests.views.quotes.conftest import Form

Fresh = Callable[[], Quote]


def total_on(page: Page) -> str:
    return words_of(page.one("dd", id="total")).replace("\xa0", " ")


def test_from_nothing_to_an_issued_quote(
    session: Session, staff: Browser, company: Company, quote: Quote, probe: Product
) -> None:
    page = staff.send(staff.get("/quotes/new"), "/quotes/new", subject="Lenses for Bern")
    assert page.heading == "Lenses for Bern"
    made = session.scalars(select(Quote).order_by(Quote.id.desc())).first()
    assert made is not None
    form = Form(staff, made.id)
    line = made.lines[0].key

    page = form.press("find-contact", contact_query="müll")
    assert "Bea Müller" in page.text
    (option,) = page.all("button", value=f"choose-contact:{quote.contact_id}")
    page = form.press(option.get("value", ""))
    assert "bea@alpenwerk.example" in page.text

    page = form.press(f"find-product:{line}", **{f"lines__{line}__name": "hi-90"})
    (option,) = page.all("button", value=f"choose-product:{line}:{probe.id}")
    page = form.press(option.get("value", ""))
    assert page.one("input", name=f"lines-{line}-unit_price").get("value") == "12.50"

    page = form.press(**{f"lines__{line}__quantity": "4"}, shipping="10")
    assert total_on(page) == "CHF 64.86"

    page = form.press("issue")
    assert page.heading == "Issue this quote?"
    page = staff.send(page, f"/quotes/{made.id}/issue")
    assert page.heading == "Quote Q-2026-0001"
    session.rollback()
    assert (made.state, made.number, made.total) == ("sent", "Q-2026-0001", Decimal("64.86"))
    assert (made.owner_name, made.owner_email) == ("Staff", "staff@example.org")
    assert session.scalars(select(Document)).one().is_printed
    assert list(session.scalars(select(Delivery.target))) == ["contact"]
    assert {entry.author_name for entry in history.of(session, made)} == {"Staff"}


def test_lines_are_added_moved_and_removed(form: Form, fresh: Fresh, key: str) -> None:
    page = form.press("add-line")
    second = fresh().lines[1].key
    page = form.press(f"move-up:{second}", **{f"lines__{second}__name": "Second"})
    assert [line.name for line in fresh().lines] == ["Second", "Fibre probe"]
    rows = [row.get("data-line") for row in page.all("li", class_="line")]
    assert rows == [second, key]
    form.press(f"move-down:{second}")
    assert [line.name for line in fresh().lines] == ["Fibre probe", "Second"]
    page = form.press(f"remove-line:{key}")
    assert [line.name for line in fresh().lines] == ["Second"]


def test_a_removed_line_stays_away_whatever_was_typed_into_it(form: Form, fresh: Fresh, key: str) -> None:
    form.press(**{f"lines__{key}__quantity": "two"})
    page = form.press(f"remove-line:{key}")
    assert page.all("li", class_="line") == []
    assert (fresh().lines, fresh().unparsed) == ([], {})


def test_a_button_makes_older_forms_old(form: Form, fresh: Fresh, key: str) -> None:
    """Else a form that was opened before would silently take the new line away again."""
    before = form.open()
    form.press("add-line")
    page = form.press(page=before, status=409, subject="Typed meanwhile")
    assert len(fresh().lines) == 2
    assert page.one("input", id="subject").get("value") == "Typed meanwhile"


def test_what_cannot_be_read_stays_with_its_message(form: Form, fresh: Fresh, key: str) -> None:
    typed = {
        f"lines-{key}-quantity": "two",
        f"lines-{key}-unit_price": "9" * 30,
        "shipping": "-3",
        "validity_days": "soon",
    }
    page = form.press(**{name.replace("-", "__"): text for name, text in typed.items()}, date="31.02.2026")
    again = form.open()
    for shown in (page, again):
        values = shown.form(form.address)
        assert {name: values[name] for name in typed} == typed
        assert values["date"] == "31.02.2026"
        words = {name: words_of(shown.one("p", id=f"error-{name}")) for name in typed}
        assert words == {
            f"lines-{key}-quantity": "This is not a number.",
            f"lines-{key}-unit_price": "This number is too large.",
            "shipping": "This cannot be negative.",
            "validity_days": "This is not a number.",
        }
        assert words_of(shown.one("p", id="error-date")) == "This is not a date."
    assert set(fresh().unparsed) == {*typed, "date"}
    page = form.press("issue", status=422)
    assert "could not be read" in page.text


def test_everything_missing_is_listed_before_issuing(form: Form, fresh: Fresh, key: str) -> None:
    form.press("remove-contact")
    page = form.press(
        "issue", status=422, **{f"lines__{key}__name": "", f"lines__{key}__unit_price": ""}, notes="x"
    )
    problems = words_of(page.one("div", id="problems"))
    assert "Choose a contact" in problems
    page = form.press("issue", status=422, **{f"lines__{key}__description": "Something"})
    problems = words_of(page.one("div", id="problems"))
    assert "Say what this line is for" in problems
    assert "Enter a price" in problems
    assert fresh().is_draft
    assert fresh().notes == "x"


def test_another_currency_keeps_prices_and_offers_the_catalogues(
    form: Form, fresh: Fresh, key: str, probe: Product
) -> None:
    form.press(f"choose-product:{key}:{probe.id}")
    page = form.press(currency="EUR")
    assert "were not converted" in page.text
    assert fresh().lines[0].unit_price == Decimal("12.5")
    form.press("catalogue-prices", page=page)
    assert (fresh().currency, fresh().lines[0].unit_price) == ("EUR", 11)
    page = form.press(currency="JPY")
    assert fresh().lines[0].unit_price == 11
    assert "No JPY price in the catalogue" in page.text


@pytest.mark.parametrize(
    "name",
    [
        "🧪 Probe 👩🏽‍🔬",
        "שלום עליכם",
        "<script>alert(1)</script>",
        "<b>Müller</b> & Söhne",
        '"><img src=x onerror=1>',
    ],
)
def test_names_are_text_on_the_paper(form: Form, key: str, name: str) -> None:
    page = form.press(
        subject=name, **{f"lines__{key}__name": name, f"lines__{key}__description": name}, notes=name
    )
    paper = words_of(page.one("div", id="paper"))
    assert paper.count(name) >= 3
    assert page.all("img", src="x") == []


def test_a_currency_nobody_knows_is_asked_for(form: Form, fresh: Fresh) -> None:
    form.press(currency="<b>")
    assert fresh().currency == "CHF"


@pytest.mark.parametrize(
    "button",
    ["nonsense", "", "add-line2", "keep-mine", "keep-mine:x", "remove-line", "remove-line:1", "move-up", "move-up:x",
     "choose-product:1", "choose-product:1:1", "choose-product:1:99999999999999999999999", "choose-contact",
     "choose-contact:999", "choose-contact:-1", "choose-contact:9" + "9" * 5000, "find-product", "find-product:1",
     "catalogue-prices:1:2:3", ":::::", "keep-mine:99999999999999999999"],
)  # fmt: skip
def test_a_button_nobody_knows_is_refused(form: Form, button: str, fresh: Fresh) -> None:
    page = form.open()
    sent = form.browser.client.post(form.address, data={**page.form(form.address), "action": button})
    assert sent.status_code in (302, 404, 409, 422)
    # With nothing typed there is nothing of mine to keep, whatever was seen.
    assert sent.status_code != 302 or button == "catalogue-prices:1:2:3" or button.startswith("keep-mine:")
    assert [line.name for line in fresh().lines] == ["Fibre probe"]


def test_an_issued_quote_is_no_form_any_more(form: Form, staff: Browser, fresh: Fresh) -> None:
    page = form.open()
    staff.send(form.press("issue"), f"/quotes/{form.quote_id}/issue")
    assert form.browser.get(form.address).heading == "Quote Q-2026-0001"
    form.press(page=page, status=409, subject="Other")
    for button in ("add-line", "remove-contact", "issue"):
        form.press(button, page=page, status=409)
    assert fresh().subject == "Probes for Bern"
    issued_again = staff.client.post(f"/quotes/{form.quote_id}/issue", data=page.form(form.address))
    assert issued_again.status_code == 302
    assert fresh().number == "Q-2026-0001"


def test_what_is_not_complete_is_not_issued_by_a_post_of_its_own(form: Form, fresh: Fresh, key: str) -> None:
    page = form.press(**{f"lines__{key}__quantity": "0"})
    sent = form.browser.client.post(
        f"/quotes/{form.quote_id}/issue", data=page.form(form.address), follow_redirects=True
    )
    assert "The quantity must be more than zero." in sent.get_data(as_text=True)
    assert fresh().is_draft


def test_more_lines_than_fit_are_refused_and_none_is_lost(form: Form, fresh: Fresh) -> None:
    values = form.open().form(form.address)
    more = {f"lines-{number}-name": f"N{number}" for number in range(1, 5001)}
    sent = form.browser.client.post(
        form.address, data={**values, **more}, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert sent.status_code == 422
    assert "at most 5000 lines" in sent.get_data(as_text=True)
    assert len(fresh().lines) == 1


@pytest.mark.parametrize("subject", ["\0a\x07b", "x" * 300, "  two   words ", "🧪" * 255])
def test_a_quote_may_be_called_anything(
    staff: Browser, session: Session, company: Company, subject: str
) -> None:
    page = staff.send(staff.get("/quotes/new"), "/quotes/new", subject=subject)
    made = session.scalars(select(Quote)).one()
    assert "\0" not in made.subject
    assert page.heading == (made.subject or "New quote")
