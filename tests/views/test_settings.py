"""The company's pages, for admins."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from betterform.actions.company import get_company
from betterform.models.company import Company
from betterform.models.history import HistoryEntry
from betterform.models.tax_rate import TaxRate
from tests.browser import Browser


def picture(kind: str = "PNG", size: tuple[int, int] = (1600, 400), mode: str = "RGBA") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size).save(written, kind)
    return written.getvalue()


def upload(browser: Browser, content: bytes, name: str = "logo.png", *, status: int = 200) -> str:
    page = browser.get("/settings")
    return browser.send(page, "/settings/logo", status=status, logo=(io.BytesIO(content), name)).text


def test_an_admin_changes_the_letterhead(admin: Browser, company: Company, session: Session) -> None:
    page = admin.get("/settings")
    assert page.form("/settings")["name"] == "Helvetia Instruments AG"
    saved = admin.send(
        page, "/settings", name="Zürcher & Söhne <AG>", city="Zürich", iban="CH93 0076 2011 6238 5295 7"
    )
    assert "The company's data are saved." in saved.text
    assert saved.form("/settings")["name"] == "Zürcher & Söhne <AG>"
    session.rollback()
    assert get_company(session).iban == "CH9300762011623852957"


def test_saving_without_a_change_changes_nothing(admin: Browser, company: Company, session: Session) -> None:
    before = {column.key: getattr(company, column.key) for column in Company.__table__.columns}
    admin.send(admin.get("/settings"), "/settings")
    session.rollback()
    after = {column.key: getattr(company, column.key) for column in Company.__table__.columns}
    assert {key for key in before if before[key] != after[key]} <= {"updated_at"}
    assert session.query(HistoryEntry).filter_by(record_type="company").count() == 0


def test_what_changed_is_in_the_history(admin: Browser, company: Company, session: Session) -> None:
    admin.send(admin.get("/settings"), "/settings", phone="+41 52 000 00 00")
    session.rollback()
    entry = session.query(HistoryEntry).filter_by(record_type="company").one()
    assert (entry.author_name, entry.details) == ("Admin", {"fields": ["phone"]})


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("name", "", "Enter the name"),
        ("name", "x" * 201, "At most 200 characters"),
        ("email", "not an address", "not an e-mail address"),
        ("default_currency", "XXZ", "three letters of a currency"),
        ("default_validity_days", "soon", "not a number"),
        ("default_validity_days", "-1", "negative"),
        ("default_validity_days", "1.5", "Whole numbers only"),
        ("default_validity_days", "", "Enter a number of days"),
        ("default_validity_days", "9" * 30, "too large"),
        ("iban", "CH93 0076 2011 6238 5295 8", "check digits"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field_and_kept(
    admin: Browser, company: Company, name: str, typed: str, message: str
) -> None:
    given: dict[str, Any] = {"street": "Kept Street 1", name: typed}
    page = admin.send(admin.get("/settings"), "/settings", status=422, **given)
    assert message in page.error_at(name)
    assert page.form("/settings")[name] == typed
    assert page.form("/settings")["street"] == "Kept Street 1"


def test_a_logo_is_made_small_and_flat(admin: Browser, company: Company, session: Session) -> None:
    assert "The logo is saved" in upload(admin, picture())
    shown = admin.client.get("/settings/logo")
    with Image.open(io.BytesIO(shown.get_data())) as kept:
        assert (kept.format, kept.size, kept.mode) == ("PNG", (800, 200), "RGB")
        assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_a_jpeg_is_welcome(admin: Browser, company: Company) -> None:
    assert "The logo is saved" in upload(admin, picture("JPEG", (300, 200), "RGB"), "logo.jpg")


def test_what_is_no_picture_is_refused_at_the_field(
    admin: Browser, company: Company, session: Session
) -> None:
    for content in (b"", b"GIF89a...", b"\x89PNG\r\n\x1a\nbroken", b"<html></html>", b"<svg", b"%PDF-1.7"):
        page = admin.send(
            admin.get("/settings"), "/settings/logo", status=422, logo=(io.BytesIO(content), "logo.png")
        )
        assert page.error_at("logo")
    assert get_company(session).logo is None


def test_the_logo_can_be_taken_away(admin: Browser, company: Company) -> None:
    upload(admin, picture())
    page = admin.send(admin.get("/settings"), "/settings/logo/removal")
    assert "The logo is removed." in page.text
    assert admin.client.get("/settings/logo").status_code == 404


def test_a_tax_rate_is_added_archived_and_restored(
    admin: Browser, company: Company, session: Session
) -> None:
    page = admin.send(admin.get("/settings/tax-rates"), "/settings/tax-rates", name="MWST", percent="3,8")
    assert "3.8%" in page.text
    rate = session.query(TaxRate).filter_by(percent="3.8").one()
    page = admin.send(page, f"/settings/tax-rates/{rate.id}/archive")
    assert "Archived" in page.text
    page = admin.send(page, f"/settings/tax-rates/{rate.id}/restore")
    assert "can be chosen again" in page.text


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": "", "percent": "8"}, "name", "Enter a name"),
        ({"name": "VAT", "percent": ""}, "percent", "Enter a percentage"),
        ({"name": "VAT", "percent": "abc"}, "percent", "not a number"),
        ({"name": "VAT", "percent": "101"}, "percent", "At most 100"),
        ({"name": "VAT", "percent": "-8"}, "percent", "negative"),
        ({"name": "VAT", "percent": "0"}, "percent", "above zero"),
        ({"name": "VAT", "percent": "8", "category": "G"}, "percent", "Only the standard category"),
        ({"name": "VAT", "percent": "0", "category": "AE"}, "exemption", "Say why no tax is taken"),
        ({"name": "VAT", "percent": "8", "category": "Q"}, "category", "Not a valid choice"),
    ],
)
def test_an_impossible_tax_rate_is_refused_at_the_field(
    admin: Browser, company: Company, typed: dict[str, Any], field: str, message: str
) -> None:
    page = admin.send(admin.get("/settings/tax-rates"), "/settings/tax-rates", status=422, **typed)
    assert message in page.error_at(field)
    assert page.form("/settings/tax-rates")["percent"] == typed["percent"]


def test_the_default_rate_stays(admin: Browser, company: Company) -> None:
    page = admin.get("/settings/tax-rates")
    token = page.form("/settings/tax-rates")["csrf_token"]
    address = f"/settings/tax-rates/{company.default_tax_rate_id}/archive"
    refused = admin.client.post(address, data={"csrf_token": token})
    assert refused.status_code == 409
    assert "choose another default first" in refused.get_data(as_text=True)
