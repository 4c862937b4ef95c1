"""The people at the boards: they make deals, link and rename them, add files, and keep the catalogue."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from betterform.monday.sandbox import World
from betterform.monday.sandbox.errors import ApiError

STREETS = ("Kirchgasse", "Bahnhofstrasse", "Avenue de la Gare", "Via Nassa", "Church Lane")


@dataclass
class Deals:
    """The deals of one storm: which were made, what people put into their file column, which they deleted."""

    world: World
    dice: random.Random
    contacts: list[str]
    made: list[str] = field(default_factory=list)
    without_contact: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    files: dict[str, set[str]] = field(default_factory=dict)  # item -> ids of assets that people added

    def make(self) -> str:
        """A new deal, most of them with a contact and an owner."""
        number = len(self.made) + 1
        values: dict[str, object] = {}
        with self.world.lock:  # nobody archives the contact before it is linked
            linked = self._contact() if self.dice.random() < 0.9 else None
            if linked is not None:
                values["Contact"] = {"item_ids": [linked]}
            if self.dice.random() < 0.7:
                owner = list(self.world.users)[self.dice.randrange(2)]
                values["Owner"] = {"personsAndTeams": [{"id": int(owner), "kind": "person"}]}
            item = self.world.create_item("DEALS", f"Storm deal {number}", values)
        self.made.append(item.id)
        if linked is None:
            self.without_contact.append(item.id)
        return item.id

    def fiddle(self, item: str) -> None:
        """What people do to some deals once they are there."""
        luck = self.dice.random()
        if luck < 0.12:
            self.world.rename(item, f"Renamed deal {self.made.index(item) + 1}")
        elif luck < 0.2:
            self.link(item)
        elif luck < 0.28:
            self.add_file(item)
        elif luck < 0.31:
            self.world.archive_item(item)
            self.world.restore_item(item)

    def link(self, item: str) -> None:
        """Link the deal to somebody who is still on the contacts board."""
        with self.world.lock:  # nobody archives the contact before it is linked
            if linked := self._contact():
                self.world.set_values(item, {"Contact": {"item_ids": [linked]}})

    def add_file(self, item: str) -> None:
        """A file of a person's own beside our PDF."""
        number = len(self.files)
        column = next(c.id for c in self.world.board("DEALS").columns if c.title == "Quote PDF")
        content = f"A drawing for {item}, number {number}".encode()
        asset = self.world.add_file(
            item, column, f"drawing-{number}.txt", content, "text/plain", by=self.world.first_person()
        )
        self.files.setdefault(item, set()).add(asset.id)

    def delete(self, item: str) -> None:
        self.world.delete_item(item)
        self.deleted.add(item)

    def _contact(self) -> int | None:
        active = [item for item in self.contacts if self.world.items[item].state == "active"]
        return int(self.dice.choice(active)) if active else None


class Catalogue:
    """Changes of contacts and products on their boards, one with each `next`."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world, self.dice = world, dice
        self.made = 0
        self.by_kind: dict[str, int] = {}

    def changes(self, how_many: int) -> Iterator[str]:
        """Make that many changes; each is named."""
        done = 0
        while done < how_many:
            board = self.dice.choice(("CONTACTS", "PRODUCTS"))
            kind = self.dice.choices(
                ("create", "rename", "values", "archive", "delete", "restore"), (20, 15, 35, 10, 8, 12)
            )[0]
            with self.world.lock:
                try:
                    happened = self._change(board, kind)
                except ApiError:
                    continue  # somebody else archived it just now
            if happened:
                done += 1
                self.by_kind[kind] = self.by_kind.get(kind, 0) + 1
                yield kind

    def _change(self, board: str, kind: str) -> bool:
        if kind == "create":
            self._create(board)
            return True
        state = "all" if kind == "restore" else "active"
        items = [
            item
            for item in self.world.items_of(board, state=state)
            if kind != "restore" or item.state != "active"
        ]
        if not items:
            return False
        item = self.dice.choice(items)
        match kind:
            case "rename":
                self.world.rename(item.id, f"{item.name.partition(' / ')[0]} / {self.dice.randint(2, 99)}")
            case "values":
                self.world.set_values(item.id, self._values(board))
            case "archive":
                self.world.archive_item(item.id)
            case "delete":
                self.world.delete_item(item.id)
            case _:
                self.world.restore_item(item.id)
        return True

    def _create(self, board: str) -> None:
        self.made += 1
        number = self.made
        if board == "CONTACTS":
            email = f"board.{number}@storm.example"
            values: dict[str, object] = {
                "First name": "Boreas",
                "Last name": f"Number {number}",
                "Email": {"email": email, "text": email},
                "Company": f"Board-made {number} Ltd",
            }
            self.world.create_item("CONTACTS", f"Boreas Number {number}", values)
        else:
            values = {"Catalogue number": f"BO-{number}", "Price CHF": f"{number}.50", "Unit": "piece"}
            self.world.create_item("PRODUCTS", f"Board probe {number}", values)

    def _values(self, board: str) -> dict[str, object]:
        dice = self.dice
        if board == "CONTACTS":
            offered: dict[str, object] = {
                "Street": f"{dice.choice(STREETS)} {dice.randint(1, 200)}",
                "City": dice.choice(("Bern", "Basel", "Lausanne", "Lugano")),
                "Company": f"Renamed company {dice.randint(1, 999)}",
                "VAT number": f"CHE-{dice.randint(100, 999)}.{dice.randint(100, 999)}.001",
            }
        else:
            offered = {
                "Price CHF": f"{dice.randint(100, 99_999) / 100:.2f}",
                "Price EUR": f"{dice.randint(100, 99_999) / 100:.2f}",
                "Unit": dice.choice(("piece", "set", "bottle")),
                "Description": {"text": f"Described anew, {dice.randint(1, 999)}."},
            }
        names = dice.sample(sorted(offered), dice.randint(1, 3))
        return {name: offered[name] for name in names}
