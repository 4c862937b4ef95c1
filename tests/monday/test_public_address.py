"""Our own address, asked as monday.com will: each way in which it cannot answer has a sentence of its own."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from betterform.monday import public_address
from betterform.monday.errors import FixSettings
from betterform.monday.office import Office
from tests.monday.conftest import never_printed

REAL = "https://api.monday.com/v2"
SECRET = "a-webhook-secret-of-this-test"


@pytest.fixture
def elsewhere() -> Office:
    """An office whose address is set by each test; monday is the real one, but is not asked."""
    return Office(
        api_url=REAL,
        api_token="",
        public_url="",
        secret_key="",
        webhook_secret=SECRET,
        printed=never_printed,
    )


def refusal(office: Office, public_url: str, *, api_url: str = "http://127.0.0.1:9/v2") -> str:
    with pytest.raises(FixSettings) as told:
        public_address.check(replace(office, public_url=public_url, api_url=api_url))
    assert SECRET not in told.value.message
    return told.value.message


@contextmanager
def answering(
    status: int = 200,
    body: bytes = b"{}",
    headers: dict[str, str] | None = None,
    wrap: Callable[[ThreadingHTTPServer], None] | None = None,
) -> Iterator[str]:
    """A web server that answers everything like that."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_words: None  # type: ignore[method-assign]
    if wrap is not None:
        wrap(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_address_that_answers_is_fine(elsewhere: Office) -> None:
    with answering(body=b'{"challenge": "betterform"}') as where:
        public_address.check(
            replace(elsewhere, public_url=f"http://{where}", api_url="http://127.0.0.1:9/v2")
        )


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:5000",
        "http://127.0.0.1:5000",
        "https://192.168.1.20",
        "https://10.0.0.8",
        "https://[::1]:5000",
        "https://office.local",
        "https://officeserver",
    ],
)
def test_monday_itself_cannot_come_to_an_address_of_this_network(elsewhere: Office, address: str) -> None:
    assert "where monday.com cannot come" in refusal(elsewhere, address, api_url=REAL)


@pytest.mark.parametrize("address", ["", "quotes.example.org", "ftp://quotes.example.org", "https://"])
def test_what_is_no_web_address_is_said_to_be_none(elsewhere: Office, address: str) -> None:
    assert "PUBLIC_URL is not a web address" in refusal(elsewhere, address)


def test_an_address_longer_than_monday_takes(elsewhere: Office) -> None:
    assert "longer than the 255 characters" in refusal(
        elsewhere, f"https://{'a' * 60}.example.org/{'b' * 200}"
    )


def test_nobody_there(elsewhere: Office) -> None:
    message = refusal(elsewhere, "http://127.0.0.1:9")
    assert "does not answer." in message
    assert "Start the web server" in message


def test_a_name_that_nobody_knows(elsewhere: Office) -> None:
    assert "no such host name" in refusal(elsewhere, "http://nowhere.invalid")


def test_a_redirect_is_not_followed(elsewhere: Office) -> None:
    leads = {"Location": f"https://quotes.example.org/monday/webhook/{SECRET}"}
    with answering(308, headers=leads) as where:
        message = refusal(elsewhere, f"http://{where}")
    assert "sends visitors on to https://quotes.example.org, and monday.com does not follow" in message


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "MONDAY_WEBHOOK_SECRET"),
        (401, "wants a password"),
        (403, "lets nobody in (status 403)"),
        (502, "a fault of the server (status 502)"),
        (204, "does not answer as betterform does"),
    ],
)
def test_an_answer_that_monday_would_not_take(elsewhere: Office, status: int, words: str) -> None:
    with answering(status, body=b"") as where:
        assert words in refusal(elsewhere, f"http://{where}")


@pytest.mark.parametrize("body", [b"<p>It works!</p>", b'{"challenge": "other"}', b"[]"])
def test_another_program_at_the_address(elsewhere: Office, body: bytes) -> None:
    with answering(body=body) as where:
        assert "does not answer as betterform does" in refusal(elsewhere, f"http://{where}")


def test_https_where_only_http_is_spoken(elsewhere: Office) -> None:
    with answering() as where:
        assert "does not speak https" in refusal(elsewhere, f"https://{where}")


def test_a_certificate_that_nobody_trusts(elsewhere: Office, tmp_path: Path) -> None:
    with answering(wrap=lambda server: _speak_tls(server, tmp_path)) as where:
        assert "not one that the internet trusts" in refusal(elsewhere, f"https://{where}")


def _speak_tls(server: ThreadingHTTPServer, folder: Path) -> None:
    """With a certificate that the server signed itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate, and is not on this machine")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = [openssl, "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)


def test_http_is_advised_against_when_monday_is_the_real_one(elsewhere: Office) -> None:
    plain = replace(elsewhere, public_url="http://quotes.example.org")
    assert "Use https://" in public_address.advice(plain)
    assert public_address.advice(replace(plain, public_url="https://quotes.example.org")) == ""
    assert public_address.advice(replace(plain, api_url="http://127.0.0.1:9/v2")) == ""
