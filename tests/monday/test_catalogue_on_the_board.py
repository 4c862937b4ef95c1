"""Contacts and products added or corrected here, on their boards; and how fields are written."""

from __future__ import annotations

from decimal import Decimal

from betterform import clock
from betterform.actions import boards, contacts, products
from betterform.db import transaction
from betterform.jobs import inbox
from betterform.models.board import BoardRole, WritePolicy
from betterform.models.contact import Contact
from betterform.models.delivery import DeliveryState
from betterform.models.history import SYSTEM
from betterform.models.product import Product
from tests.monday.conftest import Connected

ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.org",
    "company": "Analytical Engines",
    "country_code": "GB",
    "phone": "+442071234567",
    "language": "de",
}


def add_ada(**values: str) -> None:
    with transaction() as session:
        contacts.add(session, {**ADA, **values}, by=SYSTEM, at=clock.now())


def change_ada(**values: str) -> None:
    with transaction() as session:
        contacts.change(session, session.query(Contact).one(), values, by=SYSTEM, at=clock.now())


def shown(connected: Connected) -> dict[str, object]:
    contact = connected.session.query(Contact).one()
    values: dict[str, object] = connected.world.shown(str(contact.mid))["values"]
    return values


def test_a_new_contact_stands_on_its_board(connected: Connected) -> None:
    add_ada()
    connected.work()
    values = shown(connected)
    assert values["Company"] == "Analytical Engines"
    assert values["Country"] == "GB"
    assert "+442071234567" in str(values["Phone"])
    assert "ada@example.org" in str(values["Email"])
    assert len(connected.world.calls) == 1


def test_a_language_becomes_the_label_that_the_board_has(connected: Connected) -> None:
    board = connected.world.board("CONTACTS")
    before = len(board.column_titled("Language").labels())
    add_ada()
    connected.work()
    assert str(shown(connected)["Language"])
    assert len(board.column_titled("Language").labels()) == before


def test_a_correction_writes_only_what_changed(connected: Connected) -> None:
    add_ada()
    connected.work()
    connected.world.set_simple(
        str(connected.session.query(Contact).one().mid), "Company", "Changed on the board"
    )
    change_ada(city="London")  # before the webhook is read
    connected.work()
    values = shown(connected)
    assert (values["City"], values["Company"]) == ("London", "Changed on the board")
    assert connected.session.query(Contact).one().company == "Changed on the board"


def test_a_correction_under_way_is_not_undone_by_older_news(connected: Connected) -> None:
    add_ada()
    connected.work()
    connected.world.set_simple(str(connected.session.query(Contact).one().mid), "Street", "Board street 1")
    change_ada(city="London")
    connected.receive_webhooks()
    inbox.read()  # the item still shows the old city
    contact = connected.session.query(Contact).one()
    assert (contact.city, contact.street) == ("London", "Board street 1")
    connected.work()
    assert shown(connected)["City"] == "London"


def test_the_webhook_of_a_contact_being_made_does_not_make_another(connected: Connected) -> None:
    add_ada()
    connected.world.trouble.order("cut", "create_item", after=True)
    from betterform.jobs import deliveries

    deliveries.deliver()
    connected.receive_webhooks()
    inbox.read()  # the item's webhook comes before we know its id
    assert connected.session.query(Contact).one().mid is not None
    connected.work()
    assert connected.session.query(Contact).count() == 1


def test_a_field_that_is_never_written_stays(connected: Connected) -> None:
    set_policy("company", WritePolicy.NEVER)
    add_ada()
    connected.work()
    assert not shown(connected)["Company"]


def test_a_field_written_only_if_empty_keeps_what_people_wrote(connected: Connected) -> None:
    set_policy("company", WritePolicy.IF_EMPTY)
    set_policy("city", WritePolicy.IF_EMPTY)
    add_ada()
    connected.work()
    change_ada(company="Another", city="London")
    connected.work()
    values = shown(connected)
    assert (values["Company"], values["City"]) == ("Analytical Engines", "London")


def set_policy(field: str, policy: WritePolicy) -> None:
    with transaction() as session:
        board = boards.of_role(session, BoardRole.CONTACTS)
        assert board is not None
        column = board.column(field)
        assert column is not None
        column.policy = policy.value


def test_a_product_with_its_prices_stands_on_its_board(connected: Connected) -> None:
    with transaction() as session:
        products.add(
            session,
            {"name": "Balance <b>", "catalogue_number": "B-1", "kind": "Kit", "unit": "pcs"},
            {"CHF": Decimal("1250.50"), "EUR": Decimal(1200)},
            by=SYSTEM,
            at=clock.now(),
        )
    connected.work()
    product = connected.session.query(Product).one()
    item = connected.world.shown(str(product.mid))
    assert item["name"] == "Balance <b>"
    values = item["values"]
    assert (str(values["Price CHF"]), str(values["Price EUR"]), values["Price GBP"]) == ("1250.5", "1200", "")
    assert "Kit" in str(values["Type"])
    assert connected.deliveries()[0].state == DeliveryState.DONE


def test_a_phone_number_of_no_known_country_does_not_hold_up_the_rest(connected: Connected) -> None:
    add_ada(phone="020 7123", country_code="")
    connected.work()
    assert shown(connected)["Company"] == "Analytical Engines"


def test_names_with_emoji_and_right_to_left_text_arrive_as_they_are(connected: Connected) -> None:
    add_ada(first_name="עדה", last_name='O"Neill 🎻', company="<script>alert(1)</script>")
    connected.work()
    contact = connected.session.query(Contact).one()
    assert connected.world.items[str(contact.mid)].name == 'עדה O"Neill 🎻'
    assert shown(connected)["Company"] == "<script>alert(1)</script>"
