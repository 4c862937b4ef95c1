"""The engine opens nothing but bundled assets, whatever a document asks for."""

from __future__ import annotations

import http.server
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from betterform.documents.engine import engine, write_pdf
from tests.documents import papers
from tests.documents.papers import data_url
from tests.documents.reading import pages_of


def test_nothing_outside_the_document_is_ever_opened(tmp_path: Path) -> None:
    """Neither the network nor a file, whatever a logo asks for."""
    asked = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">SECRET</text></svg>'
    )
    try:
        for url in (f"{address}/a.svg", secret.as_uri(), "/etc/passwd", "file:///etc/passwd"):
            svg = (
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
                ' width="90" height="90">'
                f'<style>@import url("{url}"); rect {{ fill: url("{url}#x") }}</style>'
                f'<image href="{url}" width="9" height="9"/><image xlink:href="{url}" width="9" height="9"/>'
                f'<use href="{url}#x"/><rect width="5" height="5" fill="url({url}#x)"/></svg>'
            )
            printed = write_pdf(papers.quote(1, sender=replace(papers.SENDER, logo=data_url(svg))))
            assert "SECRET" not in pages_of(printed)[0]
            html = (
                f'<link rel=stylesheet href="{url}"><link rel=attachment href="{url}">'
                f"<style>body{{background:url({url})}}</style>"
            )
            data, _, _ = engine().write_html(
                f'<html lang=en><title>x</title>{html}<img src="{url}" alt=x><p>x'
            )
            assert b"SECRET" not in data
            assert b"EmbeddedFile" not in data
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def test_a_logo_that_reads_files_through_an_entity_is_left_out() -> None:
    svg = (
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="9"><text y="9">&x;</text></svg>'
    )
    printed = write_pdf(papers.quote(1, sender=replace(papers.SENDER, logo=data_url(svg))))
    assert printed.pages == 1
