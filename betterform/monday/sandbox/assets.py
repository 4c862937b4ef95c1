"""Where the bytes of uploaded files are."""

from __future__ import annotations

from pathlib import Path


class AssetStore:
    """Bytes by asset id: in `folder` when one is given, otherwise in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._held: dict[str, bytes] = {}

    def put(self, asset_id: str, content: bytes) -> None:
        if self.folder is None:
            self._held[asset_id] = content
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{asset_id}.part"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / asset_id)

    def get(self, asset_id: str) -> bytes:
        """The bytes. Raises KeyError."""
        if self.folder is None:
            return self._held[asset_id]
        try:
            return (self.folder / asset_id).read_bytes()
        except FileNotFoundError:
            raise KeyError(asset_id) from None

    def forget_all(self) -> None:
        self._held.clear()
        if self.folder is not None and self.folder.is_dir():
            for file in self.folder.iterdir():
                file.unlink()
