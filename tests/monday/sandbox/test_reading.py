"""Reading boards, items and the account over HTTP."""

from __future__ import annotations

import requests

from tests.monday.sandbox.caller import Caller


def test_the_token_acts_as_the_integration_user(monday: Caller) -> None:
    data = monday.ask("{ me { id name email account { id name } } account { slug } }")
    assert data["me"]["id"] == monday.world.me.id
    assert data["me"]["account"]["name"] == "Tinkerlab"


def test_a_wrong_token_is_not_authenticated(monday: Caller) -> None:
    for wrong in ("nonsense", f"Bearer {monday.server.token}", ""):
        answer = monday.post("{ me { id } }", headers={"Authorization": wrong})
        assert answer.status_code == 401
        assert answer.json()["errors"] == [
            {"message": "Not authenticated", "extensions": {"code": "NOT_AUTHENTICATED"}}
        ]
        assert answer.json()["extensions"]["request_id"] == answer.headers["x-request-id"]


def test_every_answer_carries_monday_s_headers(monday: Caller) -> None:
    answers = [
        monday.post("{ me { id } }"),
        monday.post("{ nothing }"),
        monday.post("{ me { id } }", headers={"Authorization": "wrong"}),
        requests.post(monday.server.api_url, data="no JSON", timeout=5),
    ]
    for answer in answers:
        assert answer.headers["api-version"] == "2026-10"
        assert '"minuteRate";q=' in answer.headers["RateLimit-Policy"]
        assert '"complexityMinute";r=' in answer.headers["RateLimit"]
        assert answer.json()["extensions"]["request_id"] == answer.headers["x-request-id"]


def test_old_versions_are_served_as_maintenance_and_unknown_ones_as_current(monday: Caller) -> None:
    served = {"2026-10": "2026-10", "2026-07": "2026-07", "2024-10": "2026-07", "2031-01": "2026-10"}
    for asked, given in served.items():
        answer = monday.post("{ version { kind value } }", headers={"API-Version": asked})
        assert answer.headers["api-version"] == given
        assert answer.json()["data"]["version"]["value"] == given
    answer = monday.post("{ me { id } }", headers={"API-Version": "tomorrow"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "InvalidVersionException"


def test_what_cannot_be_read_is_a_bad_request(monday: Caller) -> None:
    for body in (
        "no JSON",
        '{"query": 5}',
        '{"query": "{ me { id }"}',
        '{"query": "{me{id}}", "variables": "{}"}',
    ):
        answer = requests.post(
            monday.server.api_url, data=body, headers={"Authorization": monday.server.token}, timeout=5
        )
        assert answer.status_code == 400, body
        assert answer.json()["errors"][0]["extensions"]["code"] == "JsonParseException"
    assert monday.refused("{ me { shoe_size } }")["extensions"]["code"] == "undefinedField"


def test_boards_tell_columns_with_settings_in_both_forms(monday: Caller) -> None:
    boards = monday.ask(
        "{ boards { id name groups { id title } columns { id title type settings settings_str } } }"
    )
    by_name = {board["name"]: board for board in boards["boards"]}
    assert list(by_name) == ["DEALS", "CONTACTS", "PRODUCTS"]
    columns = {column["title"]: column for column in by_name["DEALS"]["columns"]}
    assert columns["Name"]["type"] == "name"
    labels = columns["Quote status"]["settings"]["labels"]
    assert {"id", "label", "index", "is_deactivated"} <= set(labels[0])
    assert '"labels": {"0": "Draft"' in columns["Quote status"]["settings_str"]
    assert columns["Contact"]["settings"]["boardIds"] == [int(by_name["CONTACTS"]["id"])]
    assert columns["Quote number"]["id"].startswith("text_mk")


def test_items_come_by_page_until_the_cursor_is_null(monday: Caller) -> None:
    board = monday.board_id("CONTACTS")
    page = monday.ask(
        "query ($b: [ID!]) { boards(ids: $b) { items_page(limit: 20) { cursor items { id } } } }",
        {"b": [board]},
    )["boards"][0]["items_page"]
    seen = [item["id"] for item in page["items"]]
    while page["cursor"]:
        page = monday.ask(
            "query ($c: String!) { next_items_page(limit: 20, cursor: $c) { cursor items { id } } }",
            {"c": page["cursor"]},
        )["next_items_page"]
        seen += [item["id"] for item in page["items"]]
    assert seen == [item.id for item in monday.world.items_of("CONTACTS")]


def test_a_cursor_lives_an_hour_from_the_first_page(monday: Caller) -> None:
    board = monday.board_id("CONTACTS")
    query = "query ($b: [ID!]) { boards(ids: $b) { items_page(limit: 5) { cursor } } }"
    cursor = monday.ask(query, {"b": [board]})["boards"][0]["items_page"]["cursor"]
    monday.world.clock.advance(3_500)
    again = "query ($c: String!) { next_items_page(limit: 5, cursor: $c) { cursor } }"
    cursor = monday.ask(again, {"c": cursor})["next_items_page"]["cursor"]
    monday.world.clock.advance(200)
    body = monday.post(again, {"c": cursor}).json()
    assert body["data"] is None
    assert body["errors"][0]["extensions"]["code"] == "CursorExpiredError"


def test_pages_larger_than_500_are_refused(monday: Caller) -> None:
    query = "{ boards { items_page(limit: 501) { cursor } } }"
    assert monday.refused(query)["extensions"]["code"] == "InvalidArgumentException"


def test_items_are_cut_at_25_unless_told_and_at_100_anyway(monday: Caller) -> None:
    ids = [item.id for item in monday.world.items.values()]
    ids += [monday.world.create_item("DEALS", f"Deal {i}").id for i in range(110 - len(ids))]
    query = "query ($ids: [ID!], $limit: Int) { items(ids: $ids, limit: $limit) { id } }"
    assert len(monday.ask("query ($ids: [ID!]) { items(ids: $ids) { id } }", {"ids": ids})["items"]) == 25
    assert len(monday.ask(query, {"ids": ids, "limit": 100})["items"]) == 100
    assert len(monday.ask(query, {"ids": ids, "limit": 300})["items"]) == 100


def test_archived_items_are_shown_with_their_state_and_deleted_ones_not_at_all(
    monday: Caller, deal: str
) -> None:
    query = "query ($ids: [ID!], $x: Boolean) { items(ids: $ids, exclude_nonactive: $x) { id state } }"
    monday.world.archive_item(deal)
    assert monday.ask(query, {"ids": [deal]})["items"] == [{"id": deal, "state": "archived"}]
    assert monday.ask(query, {"ids": [deal], "x": True})["items"] == []
    monday.world.restore_item(deal)
    monday.world.delete_item(deal)
    assert monday.ask(query, {"ids": [deal]})["items"] == []


def filtered(monday: Caller, board: str, query_params: str) -> list[str]:
    page = f"items_page(query_params: {query_params}) {{ items {{ name }} }}"
    query = f"{{ boards(ids: [{monday.board_id(board)}]) {{ {page} }} }}"
    return [item["name"] for item in monday.ask(query)["boards"][0]["items_page"]["items"]]


def test_items_can_be_filtered_and_ordered(monday: Caller) -> None:
    city, country = monday.column("CONTACTS", "City"), monday.column("CONTACTS", "Email")
    rule = f'{{rules: [{{column_id: "{city}", compare_value: ["zür"], operator: contains_text}}]}}'
    assert filtered(monday, "CONTACTS", rule) == ["Jürg Müller"]
    empty = f'{{rules: [{{column_id: "{country}", compare_value: [], operator: is_empty}}]}}'
    assert filtered(monday, "CONTACTS", empty) == ["Anke Petersen"]
    price = monday.column("PRODUCTS", "Price CHF")
    above = f'{{column_id: "{price}", compare_value: [3000], operator: greater_than}}'
    dear = f'{{rules: [{above}], order_by: [{{column_id: "{price}", direction: desc}}]}}'
    assert filtered(monday, "PRODUCTS", dear) == ["UV-Vis spectrophotometer", "Laminar flow hood"]


def test_items_can_be_found_by_when_they_changed(monday: Caller) -> None:
    today = monday.world.now()[:10]
    rule = '{{rules: [{{column_id: "__last_updated__", compare_value: ["{}"], operator: {}}}]}}'
    assert len(filtered(monday, "DEALS", rule.format(today, "greater_than_or_equals"))) == 6
    assert filtered(monday, "DEALS", rule.format("2999-01-01", "greater_than")) == []


def test_items_are_found_by_the_text_of_their_columns(monday: Caller) -> None:
    number = monday.column("PRODUCTS", "Catalogue number")
    query = """query ($b: ID!, $c: [ItemsPageByColumnValuesQuery!]) {
      items_page_by_column_values(board_id: $b, columns: $c) { items { name } cursor }
    }"""
    columns = [{"column_id": number, "column_values": ["KT-1001", "SV-6002"]}]
    page = monday.ask(query, {"b": monday.board_id("PRODUCTS"), "c": columns})["items_page_by_column_values"]
    assert [item["name"] for item in page["items"]] == ["Incubator starter kit", "Remote training"]
    assert page["cursor"] is None


def test_complexity_is_told_and_spent(monday: Caller) -> None:
    first = monday.ask("{ me { id } complexity { before query after reset_in_x_seconds } }")["complexity"]
    assert first["query"] > 0
    assert first["after"] == first["before"] - first["query"]
    second = monday.ask("{ complexity { before } }")["complexity"]
    assert second["before"] == first["after"]


def test_the_daily_limit_and_what_was_used_can_be_read(monday: Caller) -> None:
    query = "{ platform_api { daily_limit { base total } daily_analytics { by_day { day usage } } } }"
    found = monday.ask(query)["platform_api"]
    assert found["daily_limit"] == {"base": 25_000, "total": 25_000}
    assert found["daily_analytics"]["by_day"][0]["usage"] == 1
