"""Contacts are found by what people type, on every database."""

from __future__ import annotations

from sqlalchemy.orm import Session

from betterform.actions import contacts
from betterform.db import transaction
from tests.databases import everywhere
from tests.quotes import NOW, a_contact


@everywhere
def test_contacts_are_found_whatever_the_case_and_the_letters(session: Session) -> None:
    with transaction():
        a_contact(session, last_name="MÜLLER", first_name="Änne", company="Éclair SA")
        a_contact(session, last_name="100%_!", first_name="\\o/", company="")
    for typed in (
        "müller",
        "MÜLLER",
        "Müller",
        "änne mül",
        "ÄNNE",
        "éclair",
        "ÉCLAIR",
        "  müller  ",
        "u\u0308lle".replace("u\u0308", "ü"),
    ):
        assert [found.last_name for found in contacts.search(session, typed)] == ["MÜLLER"], typed
    for typed in ("100%", "%_!", "\\o", "_!"):
        assert [found.last_name for found in contacts.search(session, typed)] == ["100%_!"], typed
    for typed in ("m%r", "_üller", "nobody", "\0", "müller nobody", "%%"):
        assert [found.last_name for found in contacts.search(session, typed) if typed.strip("\0")] == [], (
            typed
        )


def test_archived_contacts_are_not_offered(session: Session) -> None:
    with transaction():
        a_contact(session, last_name="Gone").archived_at = NOW
    assert contacts.search(session, "gone") == []
