"""`/_sandbox`: people at the boards, and what was recorded."""

from __future__ import annotations

import requests

from tests.monday.sandbox.caller import CREATE, Caller


def test_the_state_tells_the_columns_by_title(monday: Caller) -> None:
    state = monday.control("GET", "/state")
    assert state["token"] == "sandbox-token"
    assert state["boards"]["DEALS"]["columns"]["Total"] == monday.column("DEALS", "Total")


def test_people_make_edit_rename_and_retire_items(monday: Caller) -> None:
    contact = monday.world.items_of("CONTACTS")[0].id
    item = monday.control(
        "POST", "/boards/DEALS/items", name="By hand", values={"Contact": {"item_ids": [contact]}}
    )
    assert item["values"]["Contact"] == [contact]
    path = f"/items/{item['id']}"
    assert monday.control("POST", f"{path}/values", values={"Total": "3"})["values"]["Total"] == "3"
    assert monday.control("POST", f"{path}/name", name="Renamed")["name"] == "Renamed"
    assert monday.control("POST", f"{path}/archive")["state"] == "archived"
    assert monday.control("POST", f"{path}/restore")["state"] == "active"
    assert monday.control("POST", f"{path}/delete")["state"] == "deleted"
    names = [entry["name"] for entry in monday.control("GET", "/boards/DEALS/items")["items"]]
    assert "Renamed" not in names
    gone = monday.control("GET", "/boards/DEALS/items?state=all")["items"]
    assert "Renamed" in [entry["name"] for entry in gone]


def test_mistakes_are_explained(monday: Caller) -> None:
    for path, body in (
        ("/boards/DEALS/items", {}),
        ("/boards/NOWHERE/items", {"name": "x"}),
        ("/boards/DEALS/items", {"name": "x", "values": {"Total": "many"}}),
        ("/trouble", {"kind": "cut", "colour": "red"}),
        ("/items/1/archive", {}),
    ):
        answer = requests.post(f"{monday.server.url}/_sandbox{path}", json=body, timeout=5)
        assert answer.status_code == 422, path
        assert answer.json()["error"]


def test_every_call_is_recorded_without_the_token(monday: Caller) -> None:
    monday.post(CREATE, {"board": monday.board_id("DEALS"), "name": "x"}, headers={"Idempotency-Key": "key"})
    monday.post("query Who { me { id } }")
    recorded = monday.control("GET", "/calls")
    first, second = recorded["calls"]
    assert (first["operations"], first["kind"], first["status"]) == (["create_item"], "mutation", 200)
    assert first["variables"]["name"] == "x"
    assert first["headers"]["Idempotency-Key"] == "key"
    assert second["name"] == "Who"
    assert "sandbox-token" not in str(recorded)
    assert len(monday.control("GET", "/calls?operation=create_item")["calls"]) == 1
    assert monday.control("GET", f"/calls?since={recorded['total']}")["calls"] == []
    monday.control("DELETE", "/calls")
    assert len(monday.world.calls) == 0


def test_uploads_are_recorded_by_name_and_size(monday: Caller, deal: str) -> None:
    monday.upload(deal, monday.column("DEALS", "Quote PDF"), content=b"12345")
    call = monday.world.calls[-1]
    assert (call.path, call.operations) == ("/v2/file", ("add_file_to_column",))
    assert call.variables == {"file": "<Q-1.pdf, 5 bytes>"}


def test_a_reset_brings_back_the_first_day(monday: Caller, deal: str) -> None:
    ids = monday.control("GET", "/state")["boards"]
    monday.world.trouble.order("cut", "nothing")
    monday.control("POST", "/reset")
    assert monday.control("GET", "/state")["boards"] == ids
    assert deal not in [item.id for item in monday.world.items_of("DEALS") if item.name == "A deal"]
    assert monday.world.trouble.waiting() == []


def test_the_seeds_hold_what_they_promise(monday: Caller) -> None:
    contacts = [monday.world.shown(item.id)["values"] for item in monday.world.items_of("CONTACTS")]
    products = [monday.world.shown(item.id)["values"] for item in monday.world.items_of("PRODUCTS")]
    assert len(contacts) >= 50
    assert len([contact for contact in contacts if not contact["Email"]]) == 1
    assert len([contact for contact in contacts if not contact["Company"]]) == 1
    assert len({contact["Country"] for contact in contacts}) >= 30
    assert len(products) >= 36
    assert len({product["Catalogue number"] for product in products}) == len(products)
    assert [product for product in products if not product["Price USD"]]
    monday.control("POST", "/reset", seed="empty")
    assert [len(monday.world.items_of(name)) for name in ("DEALS", "CONTACTS", "PRODUCTS")] == [0, 0, 0]


def test_the_seeds_are_the_same_every_time(monday: Caller) -> None:
    before = [(board.id, [column.id for column in board.columns]) for board in monday.world.boards.values()]
    monday.world.reset()
    assert before == [(board.id, [c.id for c in board.columns]) for board in monday.world.boards.values()]
