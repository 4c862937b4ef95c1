"""Uploads to `/v2/file`, and what file columns hold."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.monday.sandbox.caller import CHANGE, Caller

FILES = """... on FileValue { files { __typename
  ... on FileAssetValue { asset_id name asset { id file_size public_url } }
  ... on FileLinkValue { file_id name url } } }"""


def files(monday: Caller, deal: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = monday.value(deal, monday.column("DEALS", "Quote PDF"), FILES)["files"]
    return found


@pytest.mark.parametrize("form", ["A", "A list", "B"])
def test_a_file_is_appended_in_every_form_in_use(monday: Caller, deal: str, form: str) -> None:
    column = monday.column("DEALS", "Quote PDF")
    first = monday.upload(deal, column, "Q-1.pdf", b"%PDF one", form=form).json()["data"][
        "add_file_to_column"
    ]
    assert (first["name"], first["file_size"], first["file_extension"]) == ("Q-1.pdf", 8, ".pdf")
    monday.upload(deal, column, "Q-2.pdf", b"%PDF two!", form=form)
    held = files(monday, deal)
    assert [file["name"] for file in held] == ["Q-1.pdf", "Q-2.pdf"]
    assert requests.get(held[1]["asset"]["public_url"], timeout=5).content == b"%PDF two!"


def test_assets_can_be_asked_for_by_id(monday: Caller, deal: str) -> None:
    asset = monday.upload(deal, monday.column("DEALS", "Quote PDF")).json()["data"]["add_file_to_column"]
    data = monday.ask(f"{{ assets(ids: [{asset['id']}, 1]) {{ name file_size uploaded_by {{ id }} }} }}")
    assert data["assets"] == [{"name": "Q-1.pdf", "file_size": 8, "uploaded_by": {"id": monday.world.me.id}}]


def test_a_path_in_the_file_name_is_dropped(monday: Caller, deal: str) -> None:
    asset = monday.upload(deal, monday.column("DEALS", "Quote PDF"), "/tmp/secret/Q-1.pdf").json()
    assert asset["data"]["add_file_to_column"]["name"] == "Q-1.pdf"


def test_a_file_for_a_column_of_another_type_is_refused(monday: Caller, deal: str) -> None:
    body = monday.upload(deal, monday.column("DEALS", "Total")).json()
    assert body["errors"][0]["extensions"]["code"] == "ColumnValueException"


def test_a_file_for_a_missing_column_looks_fine_and_vanishes(monday: Caller, deal: str) -> None:
    body = monday.upload(deal, "file_gone").json()
    assert body["data"]["add_file_to_column"]["id"]
    assert files(monday, deal) == []
    assert len(monday.world.orphans()) == 1


def test_other_variables_than_files_are_refused(monday: Caller, deal: str) -> None:
    query = 'mutation ($file: File!, $i: ID!) { add_file_to_column(item_id: $i, column_id: "x", file: $file) { id } }'
    answer = requests.post(
        monday.server.api_url + "/file",
        data={"query": query, "variables": f'{{"i": "{deal}"}}', "map": '{"image": "variables.file"}'},
        files={"image": ("a.pdf", b"x")},
        headers={"Authorization": monday.server.token},
        timeout=5,
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "InvalidArgumentException"


def test_an_upload_without_a_file_is_refused(monday: Caller) -> None:
    answer = requests.post(
        monday.server.api_url + "/file",
        data={"query": "mutation { x }"},
        headers={"Authorization": monday.server.token},
        timeout=5,
    )
    assert answer.status_code == 400


def test_a_chosen_list_of_assets_replaces_what_the_column_holds(monday: Caller, deal: str) -> None:
    column = monday.column("DEALS", "Quote PDF")
    ids = [
        monday.upload(deal, column, f"Q-{i}.pdf").json()["data"]["add_file_to_column"]["id"] for i in (1, 2)
    ]
    query = """mutation ($b: ID!, $i: ID!, $c: String!, $f: [FileInput!]!) {
      update_assets_on_item(board_id: $b, item_id: $i, column_id: $c, files: $f) { id } }"""
    kept: list[dict[str, str]] = [{"fileType": "asset", "assetId": ids[1], "name": "Q-2.pdf"}]
    link = {"fileType": "link", "name": "Terms", "linkToFile": "https://x.example/terms"}
    variables = {"b": monday.board_id("DEALS"), "i": deal, "c": column, "f": [*kept, link]}
    monday.ask(query, variables)
    assert [(file["__typename"], file["name"]) for file in files(monday, deal)] == [
        ("FileAssetValue", "Q-2.pdf"),
        ("FileLinkValue", "Terms"),
    ]
    unknown = [{"fileType": "asset", "assetId": "1", "name": "x"}]
    assert (
        monday.refused(query, variables | {"f": unknown})["extensions"]["code"] == "ResourceNotFoundException"
    )


def test_clear_all_empties_the_column(monday: Caller, deal: str) -> None:
    column = monday.column("DEALS", "Quote PDF")
    monday.upload(deal, column)
    values = f'{{"{column}": {{"clear_all": true}}}}'
    monday.ask(CHANGE, {"board": monday.board_id("DEALS"), "item": deal, "values": values})
    assert files(monday, deal) == []


def test_an_idempotency_key_does_not_help_uploads(monday: Caller, deal: str) -> None:
    """Monday does not document it for /v2/file, so a client must not rely on it."""
    column = monday.column("DEALS", "Quote PDF")
    field = f'add_file_to_column(item_id: {deal}, column_id: "{column}", file: $file) {{ id }}'
    for _ in range(2):
        requests.post(
            monday.server.api_url + "/file",
            data={"query": f"mutation ($file: File!) {{ {field} }}"},
            files={"variables[file]": ("Q-1.pdf", b"x")},
            headers={"Authorization": monday.server.token, "Idempotency-Key": "same"},
            timeout=5,
        )
    assert len(files(monday, deal)) == 2
