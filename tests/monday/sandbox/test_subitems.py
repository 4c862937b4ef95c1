"""Subitems: told at the parent's board, twice."""

from __future__ import annotations

from tests.monday.sandbox.caller import Caller, Listener


def test_a_subitem_is_told_as_itself_and_as_a_change_of_its_parent(
    monday: Caller, listener: Listener, deal: str
) -> None:
    for event in ("create_subitem", "change_column_value", "create_item"):
        monday.world.create_webhook("DEALS", listener.url, event)
    made = monday.control("POST", f"/items/{deal}/subitems", name="Part")
    (born,) = listener.wait_for(1, "create_pulse")
    (changed,) = listener.wait_for(1, "update_column_value")
    assert (born["pulseId"], born["itemId"]) == (int(made["id"]), int(made["id"]))
    assert (born["parentItemId"], born["parentItemBoardId"]) == (deal, monday.board_id("DEALS"))
    assert born["boardId"] != int(monday.board_id("DEALS"))
    assert (changed["pulseId"], changed["columnType"]) == (int(deal), "subtasks")
    assert changed["value"] == {"linkedPulseIds": [{"linkedPulseId": int(made["id"])}]}
    assert changed["previousValue"] is None
    assert monday.world.postman.wait_until_quiet()
    assert len(listener.events()) == 2  # nobody who listens for items hears of it


def test_subitems_live_on_a_board_of_their_own(monday: Caller, deal: str) -> None:
    first, second = (monday.world.create_subitem(deal, name) for name in ("One", "Two"))
    assert first.board_id == second.board_id != monday.board_id("DEALS")
    data = monday.ask(
        f"{{ items(ids: [{deal}, {first.id}]) {{ id board {{ type name }} parent_item {{ id }} subitems {{ id }} }} }}"
    )
    parent, child = data["items"]
    assert [entry["id"] for entry in parent["subitems"]] == [first.id, second.id]
    assert (parent["board"]["type"], parent["parent_item"]) == ("board", None)
    assert child["board"] == {"type": "sub_items_board", "name": "Subitems of DEALS"}
    assert child["parent_item"] == {"id": deal}


def test_changes_of_a_subitem_go_to_those_who_listen_for_subitems(
    monday: Caller, listener: Listener, deal: str
) -> None:
    part = monday.world.create_subitem(deal, "Part")
    for event in ("change_subitem_name", "subitem_archived", "change_name", "item_archived"):
        monday.world.create_webhook("DEALS", listener.url, event)
    monday.world.rename(part.id, "Better part")
    monday.world.archive_item(part.id)
    (renamed,) = listener.wait_for(1, "update_name")
    (archived,) = listener.wait_for(1, "archive_pulse")
    assert renamed["parentItemId"] == archived["parentItemId"] == deal
    assert archived["pulseId"] == archived["itemId"] == int(part.id)
