"""The account in a file, so that boards survive a restart."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from betterform.monday.sandbox.records import Asset, Board, Column, Group, Item, Update, User, Webhook
from betterform.monday.sandbox.world import World

FORMAT = 1
SAVE_EVERY_SECONDS = 0.5
KINDS: dict[str, type[Any]] = {
    "users": User,
    "items": Item,
    "assets": Asset,
    "updates": Update,
    "webhooks": Webhook,
}


def as_document(world: World) -> dict[str, Any]:
    """Everything that is worth keeping, webhooks on their way included."""
    with world.lock:
        return {
            "format": FORMAT,
            "seed": world.seed_name,
            "name": world.name,
            "slug": world.slug,
            "next_number": world.next_number,
            "tokens": dict(world.tokens),
            "boards": [asdict(board) for board in world.boards.values()],
            "deliveries": world.postman.waiting(),
            **{kind: [asdict(record) for record in getattr(world, kind).values()] for kind in KINDS},
        }


def load(world: World, file: Path) -> None:
    """Replace what `world` holds by what the file says. Raises ValueError for a file of another format."""
    document = json.loads(file.read_text(encoding="utf-8"))
    if document.get("format") != FORMAT:
        raise ValueError(f"{file} is not a state of this stand-in; remove it to start anew.")
    with world.changing():
        world.name, world.slug = document["name"], document["slug"]
        world.next_number = document["next_number"]
        world.tokens = document["tokens"] | {world.token: next(iter(document["tokens"].values()))}
        world.boards = {board["id"]: _board(board) for board in document["boards"]}
        for kind, record in KINDS.items():
            setattr(world, kind, {entry["id"]: record(**entry) for entry in document[kind]})
    world.postman.take_up(document["deliveries"])


def _board(entry: dict[str, Any]) -> Board:
    columns = [Column(**column) for column in entry.pop("columns")]
    groups = [Group(**group) for group in entry.pop("groups")]
    return Board(**entry, columns=columns, groups=groups)


def saved_seed(file: Path | None) -> str | None:
    """Which seed a saved account began with."""
    if file is None or not file.exists():
        return None
    seed: str | None = json.loads(file.read_text(encoding="utf-8")).get("seed")
    return seed


def save(world: World, file: Path) -> None:
    """Write to a file beside, then move it into place, so that a crash leaves the old or the new one whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(file.name + ".part")
    with unfinished.open("w", encoding="utf-8") as out:
        json.dump(as_document(world), out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)


class Saver:
    """Saves in the background, at most twice a second, whenever something changed, and once more at the end."""

    def __init__(self, world: World, file: Path) -> None:
        self.world = world
        self.file = file
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_saving, name="sandbox-saver", daemon=True)
        self._saved: tuple[int, int] | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._closing.set()
        self._thread.join(timeout=5)
        self._save_when_changed()

    def _keep_saving(self) -> None:
        while not self._closing.wait(SAVE_EVERY_SECONDS):
            self._save_when_changed()

    def _save_when_changed(self) -> None:
        now = (self.world.revision, len(self.world.postman.waiting()))
        if now != self._saved:
            save(self.world, self.file)
            self._saved = now
