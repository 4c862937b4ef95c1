"""The client against the stand-in, which misbehaves on order."""

from __future__ import annotations

import traceback

import pytest

from betterform.monday import documents, items
from betterform.monday.client import API_VERSION, Client, Exchange, safe_filename
from betterform.monday.errors import FixSettings, Refusal, TryAgain, WaitUntilTomorrow
from betterform.monday.sandbox import SandboxServer, World


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def client(monday: SandboxServer, exchanges: list[Exchange]):
    with Client(monday.api_url, monday.token, notice=exchanges.append, read_seconds=1) as client:
        yield client


def test_who_am_i_asks_with_the_pinned_version_and_the_bare_token(client: Client, world: World) -> None:
    data = client.ask(documents.WHO_AM_I)
    assert data["me"]["id"] == world.me.id
    assert data["version"]["value"] == API_VERSION


@pytest.mark.parametrize(
    ("trouble", "kind", "may_have_happened"),
    [
        ("rate_limited", TryAgain, False),
        ("locked", TryAgain, False),
        ("complexity", TryAgain, False),
        ("complexity_legacy", TryAgain, False),
        ("server_error", TryAgain, True),
        ("internal_error", TryAgain, True),
        ("timeout", TryAgain, True),
        ("cut", TryAgain, True),
        ("daily_limit", WaitUntilTomorrow, False),
        ("revoked_token", FixSettings, False),
    ],
)
def test_trouble_becomes_what_happens_next(
    client: Client, world: World, trouble: str, kind: type[Refusal], may_have_happened: bool
) -> None:
    world.trouble.order(trouble, seconds=3)
    with pytest.raises(kind) as caught:
        client.ask(documents.BOARDS, {"limit": 1, "page": 1})
    assert type(caught.value) is kind
    assert caught.value.may_have_happened is may_have_happened


def test_nobody_at_home_has_surely_done_nothing(exchanges: list[Exchange]) -> None:
    with (
        Client("http://127.0.0.1:9/v2", "token", notice=exchanges.append) as client,
        pytest.raises(TryAgain) as caught,
    ):
        client.ask(documents.WHO_AM_I)
    assert (caught.value.answered, caught.value.may_have_happened) == (False, False)
    assert exchanges[0].cost == 0


def test_the_token_is_in_no_error_and_no_record(monday: SandboxServer, exchanges: list[Exchange]) -> None:
    secret = "a-token-that-nobody-may-see"
    with Client(monday.api_url, secret, notice=exchanges.append) as client:
        try:
            client.ask(documents.WHO_AM_I)
        except FixSettings:
            trace = traceback.format_exc()
    assert secret not in trace
    assert secret not in str(exchanges)


def test_calls_are_counted_as_monday_does(client: Client, world: World, exchanges: list[Exchange]) -> None:
    world.trouble.order("rate_limited")
    with pytest.raises(TryAgain):
        client.ask(documents.WHO_AM_I)
    client.ask(documents.WHO_AM_I)
    assert [str(exchange.cost) for exchange in exchanges] == ["0.1", "1"]


def test_quotes_in_names_stay_in_names(client: Client, world: World) -> None:
    board = world.board("CONTACTS")
    name = 'Robert "); delete_item(item_id: 1) { id } #'
    data = client.ask(
        documents.CREATE_ITEM, {"board": board.id, "name": name, "values": "{}", "labels": False}
    )
    assert world.items[data["create_item"]["id"]].name == name


def test_the_same_key_writes_once(client: Client, world: World) -> None:
    asked = {"board": world.board("CONTACTS").id, "name": "Once", "values": "{}", "labels": False}
    first = client.ask(documents.CREATE_ITEM, asked, idempotency_key="key")
    second = client.ask(documents.CREATE_ITEM, asked, idempotency_key="key")
    assert first == second
    assert sum(item.name == "Once" for item in world.items.values()) == 1


def test_a_pdf_is_uploaded_with_a_plain_name(client: Client, world: World) -> None:
    deals = world.board("DEALS")
    deal = world.create_item("DEALS", "Deal", {})
    column = deals.column_titled("Quote PDF").id
    asset = client.upload(deal.id, column, "../../etc/Q-2026-1.pdf", b"%PDF-1.7 test")
    item = items.fetch(client, deal.id, columns=[column])
    assert item is not None
    (file,) = item.files(column)
    assert (file.asset_id, file.size) == (asset["id"], 13)
    assert "/" not in file.name


@pytest.mark.parametrize(
    ("item", "column"),
    [("1) { id } }", "files"), ("", "files"), ("1", 'files", x: "'), ("1", ""), ("-6", "files")],
)
def test_ids_that_monday_would_never_give_are_not_sent(item: str, column: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        documents.upload(item, column)


@pytest.mark.parametrize("name", ['a"b.pdf', "a\r\nb.pdf", "a\\b.pdf", "\x00.pdf", "/etc/passwd"])
def test_a_file_name_cannot_break_out_of_its_header(name: str) -> None:
    assert not set(safe_filename(name)) & set('"\r\n\\/\x00')
