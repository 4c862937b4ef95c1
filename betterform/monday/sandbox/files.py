"""Files in file columns."""

from __future__ import annotations

from typing import Any

from betterform.monday.sandbox.cells.links import asset_entry, files_of, link_entry
from betterform.monday.sandbox.errors import ApiError, bad_value, no_such_column
from betterform.monday.sandbox.items import ItemVerbs
from betterform.monday.sandbox.records import Asset, Column, Item


class FileVerbs(ItemVerbs):
    def add_file(
        self, item_id: str, column_id: str, name: str, content: bytes, content_type: str, *, by: str
    ) -> Asset:
        """Append a file to a file column.

        A column that does not exist takes the file with a smile and loses it, as users of monday report; one of
        another type refuses. Raises ApiError.
        """
        with self.changing():
            item = self.item(item_id)
            board = self.boards[item.board_id]
            self.refuse_when_locked(board)
            column = board.column(column_id)
            if column is not None and column.type != "file":
                raise bad_value(
                    column_id, column.type, name, "Files can only be added to columns of type file"
                )
            asset = Asset(self.new_id(), name, content_type, len(content), by, self.now())
            self.assets[asset.id] = asset
            self.asset_store.put(asset.id, content)
            if column is not None:
                entry = asset_entry(asset.id, name, created_at_ms=self._milliseconds(), created_by=by)
                self._set_files(item, column, [*files_of(item.cells.get(column_id)), entry], by)
            return asset

    def set_files(self, item_id: str, column_id: str, wanted: list[dict[str, Any]], *, by: str) -> Item:
        """Let a file column hold exactly the given files: assets that exist, or links. Raises ApiError."""
        with self.changing():
            item = self.item(item_id)
            board = self.boards[item.board_id]
            self.refuse_when_locked(board)
            column = board.column(column_id)
            if column is None:
                raise no_such_column(column_id)
            if column.type != "file":
                raise bad_value(column_id, column.type, wanted)
            held = {str(entry.get("assetId")): entry for entry in files_of(item.cells.get(column_id))}
            self._set_files(item, column, [self._entry(file, held, by) for file in wanted], by)
            return item

    def _entry(self, file: dict[str, Any], held: dict[str, dict[str, Any]], by: str) -> dict[str, Any]:
        if file["fileType"] != "asset":
            url = file.get("linkToFile") or ""
            return link_entry(
                self.new_id(), file["name"], url, created_at_ms=self._milliseconds(), created_by=by
            )
        asset_id = str(file.get("assetId"))
        if asset_id not in self.assets:
            raise ApiError(
                "Asset not found",
                "ResourceNotFoundException",
                status_code=404,
                error_data={"asset_id": asset_id},
            )
        return held.get(asset_id) or asset_entry(
            asset_id, file["name"], created_at_ms=self._milliseconds(), created_by=by
        )

    def _set_files(self, item: Item, column: Column, entries: list[dict[str, Any]], by: str) -> None:
        self.put_cell(item, column.id, {"files": entries} if entries else None, by=by)

    def _milliseconds(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    def files(self, item_id: str, column: str) -> list[Asset]:
        """The assets in a file column, found by id or title, oldest first."""
        item = self.items[item_id]
        found = self._column(self.boards[item.board_id], column)
        entries = files_of(item.cells.get(found.id))
        return [self.assets[str(entry["assetId"])] for entry in entries if "assetId" in entry]

    def orphans(self) -> list[Asset]:
        """Assets that no cell holds."""
        held = {
            str(entry.get("assetId"))
            for item in self.items.values()
            for raw in item.cells.values()
            if isinstance(raw, dict) and "files" in raw
            for entry in raw["files"]
        }
        return [asset for asset in self.assets.values() if asset.id not in held]
