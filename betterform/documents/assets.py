"""The closed door of the PDF engine: it may open bundled assets and what travels inside the document."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parents[1] / "static"
SCHEME = "asset:"


class ClosedFetcher(URLFetcher):
    """Opens `asset:css/print.css`, a file below `static/`, and `data:` URLs. Refuses everything else."""

    def __init__(self, folder: Path = STATIC) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self._folder = folder.resolve()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """The asset. ValueError for an address outside, which WeasyPrint logs and goes on without."""
        if not url.lower().startswith(SCHEME):
            return super().fetch(url, headers)
        path = self._asset(url[len(SCHEME) :])
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    def _asset(self, name: str) -> Path:
        path = (self._folder / unquote(name)).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise ValueError(f"There is no such asset: {name!r}")
        return path
