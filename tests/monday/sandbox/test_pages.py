"""The pages for people."""

from __future__ import annotations

import re

import html5lib
import pytest
import requests

from betterform.monday.sandbox import trouble
from betterform.monday.sandbox.traffic import KINDS, MISHAPS
from betterform.monday.sandbox.webhooks import mishaps
from tests.monday.sandbox.caller import Caller, Listener


def page(monday: Caller, path: str) -> str:
    answer = requests.get(monday.server.url + path, timeout=5)
    assert answer.status_code == 200, path
    html5lib.HTMLParser(strict=True).parse(answer.text)
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids)), "An id stands twice."
    assert answer.text.count("<h1") == 1
    return answer.text


def send(monday: Caller, path: str, **form: str) -> str:
    answer = requests.post(monday.server.url + path, data=form, timeout=5)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("name", ["DEALS", "CONTACTS", "PRODUCTS"])
def test_each_board_is_a_page_with_its_items(monday: Caller, name: str) -> None:
    text = page(monday, f"/boards/{monday.board_id(name)}")
    assert f"<h1>{name}</h1>" in text
    assert text.count('<tr id="item-') == len(monday.world.items_of(name))


def test_the_front_page_is_the_board_of_deals(monday: Caller) -> None:
    text = page(monday, "/")
    assert "<h1>DEALS</h1>" in text
    assert "Make the deal" in text


def test_the_pages_carry_no_code_and_say_so(monday: Caller, deal: str) -> None:
    board = monday.board_id("DEALS")
    for path in ("/", "/traffic", f"/boards/{board}/pulses/{deal}"):
        answer = requests.get(monday.server.url + path, timeout=5)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", answer.text)
        page(monday, path)


def test_a_person_makes_a_deal(monday: Caller) -> None:
    contact = monday.world.items_of("CONTACTS")[3]
    form = {
        "name": "Made <by> hand",
        monday.column("DEALS", "Contact"): contact.id,
        monday.column("DEALS", "Owner"): "67214743",
    }
    text = send(monday, f"/boards/{monday.board_id('DEALS')}/items", **form)
    assert "Made &lt;by&gt; hand" in text
    values = monday.world.shown(monday.world.item_named("DEALS", "Made <by> hand").id)["values"]
    assert (values["Contact"], values["Owner"]) == ([contact.id], ["67214743"])


def test_a_deal_without_a_name_is_refused_in_words(monday: Caller) -> None:
    before = len(monday.world.items_of("DEALS"))
    text = send(monday, f"/boards/{monday.board_id('DEALS')}/items", name="  ")
    assert 'role="alert"' in text
    assert len(monday.world.items_of("DEALS")) == before


def test_what_betterform_writes_is_shown(monday: Caller, deal: str) -> None:
    monday.change(
        deal,
        Quote_form={"url": "http://127.0.0.1:5000/form/1", "text": "Open the quote"},
        Quote_status={"label": "Accepted"},
        Total="1234.50",
    )
    asset = monday.upload(deal, monday.column("DEALS", "Quote PDF"), content=b"%PDF-1.7").json()
    text = page(monday, "/")
    assert '<a href="http://127.0.0.1:5000/form/1" rel="noopener">Open the quote</a>' in text
    assert '<span class="chip chip-00c875">Accepted</span>' in text
    assert "1234.50" in text
    path = f"/assets/{asset['data']['add_file_to_column']['id']}/Q-1.pdf"
    assert f'href="{path}"' in text
    download = requests.get(monday.server.url + path, timeout=5)
    assert download.content == b"%PDF-1.7"
    assert "attachment" in download.headers["Content-Disposition"]


def test_a_fragment_is_fetched_again_only_when_something_changed(monday: Caller, deal: str) -> None:
    url = f"{monday.server.url}/boards/{monday.board_id('DEALS')}/rows"
    first = requests.get(url, timeout=5)
    mark = {"If-None-Match": first.headers["ETag"]}
    assert requests.get(url, headers=mark, timeout=5).status_code == 304
    monday.world.rename(deal, "Now different")
    second = requests.get(url, headers=mark, timeout=5)
    assert "Now different" in second.text
    assert "<html" not in second.text


def test_items_are_renamed_archived_deleted_and_restored_by_buttons(monday: Caller, deal: str) -> None:
    send(monday, f"/items/{deal}/rename", name="Another name")
    assert monday.world.items[deal].name == "Another name"
    send(monday, f"/items/{deal}/archive")
    assert monday.world.items[deal].state == "archived"
    send(monday, f"/items/{deal}/restore")
    assert monday.world.items[deal].state == "active"
    assert "Archived and deleted (1)" in send(monday, f"/items/{deal}/delete")
    assert "Not done" in send(monday, f"/items/{deal}/rename", name="Too late")


def test_cells_are_edited_on_the_page_of_an_item(monday: Caller) -> None:
    contact = monday.world.items_of("CONTACTS")[0].id
    for title, typed, shown in (
        ("City", "Bern", "Bern"),
        ("Email", "new@rheintal.example", "new@rheintal.example"),
        ("Phone", "+41445550199", "+41445550199"),
        ("Language", "French", "French"),
        ("Title", "", ""),
    ):
        send(monday, f"/items/{contact}/cells/{monday.column('CONTACTS', title)}", value=typed)
        assert monday.world.shown(contact)["values"][title] == shown
    column = monday.column("CONTACTS", "Email")
    assert "was not changed" in send(monday, f"/items/{contact}/cells/{column}", value="nobody")


def test_another_contact_or_owner_is_chosen_on_the_page_of_a_deal(monday: Caller, deal: str) -> None:
    contact = monday.world.items_of("CONTACTS")[2].id
    text = send(monday, f"/items/{deal}/cells/{monday.column('DEALS', 'Contact')}", value=contact)
    assert f'<option value="{contact}" selected>' in text
    send(monday, f"/items/{deal}/cells/{monday.column('DEALS', 'Owner')}", value="67214743")
    values = monday.world.shown(deal)["values"]
    assert (values["Contact"], values["Owner"]) == ([contact], ["67214743"])
    send(monday, f"/items/{deal}/cells/{monday.column('DEALS', 'Contact')}", value="")
    assert monday.world.shown(deal)["values"]["Contact"] == []


def test_trouble_is_ordered_and_ended_at_the_page(monday: Caller) -> None:
    assert "Ordered: the connection breaks." in send(monday, "/trouble", kind="cut", times="always")
    with pytest.raises(requests.ConnectionError):
        monday.post("{ me { id } }")
    assert "The connection breaks" in page(monday, "/traffic").partition("In force")[2]
    send(monday, "/trouble/end")
    assert monday.post("{ me { id } }").status_code == 200


def test_trouble_is_ordered_for_one_operation_after_the_write(monday: Caller) -> None:
    send(monday, "/trouble", kind="timeout", operation="create_item", when="after", times="once")
    (order,) = monday.world.trouble.waiting()
    assert (order["operation"], order["after"], order["times"]) == ("create_item", True, 1)


def test_the_page_orders_every_kind_of_trouble_that_there_is() -> None:
    assert set(KINDS) | {"application_error", "verbatim"} == set(trouble.KINDS)
    assert set(MISHAPS) == set(mishaps.MISHAPS)


@pytest.mark.parametrize("wish", [{"kind": "earthquake"}, {"kind": "cut", "operation": "nothing"}, {}])
def test_trouble_that_does_not_exist_is_refused_in_words(monday: Caller, wish: dict[str, str]) -> None:
    assert "Choose one of the kinds" in send(monday, "/trouble", **wish)
    assert monday.world.trouble.waiting() == []


def test_a_storm_is_ordered_and_told(monday: Caller) -> None:
    send(monday, "/trouble/storm", board=monday.board_id("DEALS"))
    assert "one call in five goes wrong" in page(monday, "/traffic")


def test_the_next_webhook_is_disturbed_at_the_page(monday: Caller) -> None:
    assert "The next webhook gets lost." in send(monday, "/mishaps", kind="lose")
    assert [mishap.kind for mishap in monday.world.postman.mishaps.waiting()] == ["lose"]
    assert "Choose what shall happen" in send(monday, "/mishaps", kind="explode")


def test_a_person_switches_a_webhook_off_and_on(monday: Caller, listener: Listener) -> None:
    webhook = monday.world.create_webhook("DEALS", listener.url, "create_item")
    assert "is off" in send(monday, f"/webhooks/{webhook.id}/off")
    assert not monday.world.webhooks[webhook.id].active
    assert "is on" in send(monday, f"/webhooks/{webhook.id}/on")
    assert "Not done" in send(monday, "/webhooks/1/off")


def test_pages_of_other_sites_cannot_post(monday: Caller, deal: str) -> None:
    url = f"{monday.server.url}/items/{deal}/delete"
    answer = requests.post(url, headers={"Sec-Fetch-Site": "cross-site"}, timeout=5)
    assert answer.status_code == 403
    assert monday.world.items[deal].state == "active"


@pytest.mark.parametrize("path", ["/boards/1", "/boards/1/pulses/2", "/assets/1/x.pdf", "/nowhere"])
def test_what_is_not_there_says_so(monday: Caller, path: str) -> None:
    answer = requests.get(monday.server.url + path, timeout=5)
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text
