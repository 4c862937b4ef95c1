from __future__ import annotations

from pathlib import Path

import pytest

from betterform.documents.assets import ClosedFetcher


@pytest.fixture
def fetcher(tmp_path: Path) -> ClosedFetcher:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "sheet.css").write_text("p { color: red }")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "door").symlink_to(tmp_path / "secret.txt")
    return ClosedFetcher(folder)


def test_bundled_assets_and_data_are_opened(fetcher: ClosedFetcher) -> None:
    assert fetcher.fetch("asset:sheet.css").read() == b"p { color: red }"
    assert fetcher.fetch("asset:sheet.css").content_type == "text/css"
    assert fetcher.fetch("data:text/plain,hello").read() == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.com/a.png",
        "ftp://example.com/a",
        "//example.com/a",
        "/etc/passwd",
        "asset:../secret.txt",
        "asset:%2e%2e/secret.txt",
        "asset:..%2fsecret.txt",
        "asset:/etc/passwd",
        "asset://localhost/etc/passwd",
        "asset:door",
        "asset:",
        "asset:missing.css",
    ],
)
def test_everything_else_is_refused(fetcher: ClosedFetcher, url: str) -> None:
    with pytest.raises(ValueError):
        fetcher.fetch(url)
