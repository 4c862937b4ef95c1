"""The seeded account: people, the three boards and, in the demo, what is on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from betterform.monday.sandbox.records import Board, User
from betterform.monday.sandbox.seed.contacts import CONTACTS, LANGUAGES
from betterform.monday.sandbox.seed.deals import DEALS
from betterform.monday.sandbox.seed.products import KINDS, PRODUCTS, TAX_RATE

if TYPE_CHECKING:
    from betterform.monday.sandbox.world import World

FIRST_BOARD = 1_905_512_000
PEOPLE = (
    User("67214742", "Nora Aebischer", "nora@tinkerlab.example", "Sales"),
    User("67214743", "Tomás Ferreira", "tomas@tinkerlab.example", "Sales"),
    User("67219901", "betterform", "betterform@tinkerlab.example", "Integration"),
)
QUOTE_STATES = (
    ("Draft", 5, False), ("Sent", 7, False), ("Accepted", 1, True), ("Declined", 2, True), ("Expired", 8, True),
    ("Cancelled", 4, True), ("Invoiced", 6, True), ("Paid", 3, True),
)  # fmt: skip
CURRENCIES = ("CHF", "EUR", "USD", "GBP")


def sow_empty(world: World) -> None:
    """People and three boards without items."""
    world.name, world.slug = "Tinkerlab", "tinkerlab"
    world.users = {user.id: user for user in PEOPLE}
    world.tokens = {world.token: PEOPLE[-1].id}
    contacts = _board(world, "CONTACTS", "People and companies we deal with", _contact_columns())
    products = _board(world, "PRODUCTS", "Everything we sell", _product_columns())
    deals = _board(world, "DEALS", "From first talk to paid invoice", _deal_columns(contacts.id))
    contacts.groups[0].title = "All contacts"
    products.groups[0].title = "Catalogue"
    deals.groups[0].title = "Open deals"
    world.create_group(deals.id, "Closed", color="#00c875")
    # Monday lists boards newest first; people expect the deals on top.
    world.boards = {
        board.id: board for board in (deals, *(b for b in world.boards.values() if b is not deals))
    }


def sow_demo(world: World) -> None:
    """The boards of a small company: 54 contacts, 40 products, a handful of deals."""
    sow_empty(world)
    for name, values in CONTACTS:
        world.create_item("CONTACTS", name, values)
    for name, values in PRODUCTS:
        world.create_item("PRODUCTS", name, values)
    for name, contact, owner, group, values in DEALS:
        deal = dict(values)
        if contact:
            deal["Contact"] = {"item_ids": [world.item_named("CONTACTS", contact).id]}
        if owner is not None:
            deal["Owner"] = {"personsAndTeams": [{"id": int(PEOPLE[owner].id), "kind": "person"}]}
        world.create_item("DEALS", name, deal, group_id=world.board("DEALS").groups[group].id)


def _board(
    world: World, name: str, description: str, columns: list[tuple[str, str, dict[str, Any]]]
) -> Board:
    board = world.create_board(name, description=description)
    # Boards have a row of numbers of their own, far from the items'.
    del world.boards[board.id]
    board.id = str(FIRST_BOARD + 17 * (len(world.boards) + 1))
    world.boards[board.id] = board
    for title, column_type, settings in columns:
        world.create_column(board.id, title, column_type, settings=settings)
    return board


def _deal_columns(contacts_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    states = [
        {"label": name, "color": color, "is_done": done, "index": i}
        for i, (name, color, done) in enumerate(QUOTE_STATES)
    ]
    kinds = ["New business", "Repeat order", "Tender", "Service"]
    return [
        ("Contact", "board_relation", {"boardIds": [int(contacts_id)], "allowMultipleItems": False}),
        ("Owner", "people", {"max_people_allowed": 1}),
        ("Quote form", "link", {}),
        ("Quote status", "status", {"labels": states}),
        ("Quote number", "text", {}),
        ("Total", "numbers", {}),
        ("Currency", "dropdown", {"labels": list(CURRENCIES), "limit_select": True, "label_limit_count": 1}),
        ("Quote PDF", "file", {}),
        ("Quote date", "date", {}),
        ("Valid until", "date", {}),
        ("Customer link", "link", {}),
        ("Deal type", "dropdown", {"labels": kinds, "limit_select": True, "label_limit_count": 1}),
        ("Invoice number", "text", {}),
        ("Invoice PDF", "file", {}),
        ("PO number", "text", {}),
        ("Notes", "long_text", {}),
    ]


def _contact_columns() -> list[tuple[str, str, dict[str, Any]]]:
    one_language = {"labels": list(LANGUAGES), "limit_select": True, "label_limit_count": 1}
    return [
        ("Email", "email", {}),
        ("First name", "text", {}),
        ("Last name", "text", {}),
        ("Title", "text", {}),
        ("Company", "text", {}),
        ("Phone", "phone", {}),
        ("Street", "text", {}),
        ("Postcode", "text", {}),
        ("City", "text", {}),
        ("Country", "country", {}),
        ("VAT number", "text", {}),
        ("Language", "dropdown", one_language),
    ]


def _product_columns() -> list[tuple[str, str, dict[str, Any]]]:
    prices = [
        (f"Price {currency}", "numbers", {"unit": {"symbol": currency, "direction": "left"}})
        for currency in CURRENCIES
    ]
    kinds = [{"label": kind, "color": color, "index": i} for i, (kind, color) in enumerate(KINDS)]
    return [
        ("Catalogue number", "text", {}),
        ("Type", "status", {"labels": kinds}),
        *prices,
        ("Unit", "text", {}),
        (TAX_RATE, "numbers", {"unit": {"symbol": "%", "direction": "right"}}),
        ("Description", "long_text", {}),
    ]
