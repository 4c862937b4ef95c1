"""A desk to measure at: betterform on gunicorn with a database of its own, and a person signed in.

The server runs as in production, one process with four threads, and is asked over HTTP on this machine by
this process. Beside betterform it serves `/empty`, a bare Flask view: what HTTP, gunicorn and Flask take.
"""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from betterform import clock
from betterform.actions import company, quotes, tax_rates, users
from betterform.app import create_app
from betterform.db import db, transaction
from betterform.forms.quote import as_typed
from betterform.models.company import Company
from betterform.models.history import SYSTEM
from betterform.models.quote import QuoteLine
from betterform.models.tax_rate import TaxCategory
from betterform.models.user import Role
from tests.documents.papers import PRODUCTS

ROOT = Path(__file__).resolve().parent.parent
EMAIL, PASSWORD = "bench@example.org", "a-long-enough-bench-password"
RATES = ("8.1", "2.6", "3.8")
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
PACKAGES = ("Flask", "SQLAlchemy", "WTForms", "WeasyPrint", "gunicorn")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Desk:
    """One person's connection to the server, and a way to its records."""

    def __init__(self, app: Flask, server: subprocess.Popen[bytes], port: int) -> None:
        self.app, self.server, self.port = app, server, port
        self._line = HTTPConnection("127.0.0.1", port, timeout=300)
        self._cookies: dict[str, str] = {}
        self.token = ""

    def get(self, address: str, *, status: int = 200) -> str:
        """What is at `address`."""
        return self._ask("GET", address, None, {}, status).decode()

    def get_file(self, address: str) -> bytes:
        """The file at `address`."""
        return self._ask("GET", address, None, {}, 200)

    def post(self, address: str, body: str, *, status: int = 200, htmx: bool = True) -> str:
        """What the server answers to a form, encoded with `encoded`."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | (HTMX if htmx else {})
        return self._ask("POST", address, body, headers, status).decode()

    def sign_in(self) -> None:
        """Through the real form; keeps the CSRF token that forms of the session carry."""
        page = self.get("/login")
        typed = {"email": EMAIL, "password": PASSWORD, "csrf_token": token_in(page)}
        self.post("/login", encoded(typed), status=302, htmx=False)
        self.token = token_in(self.get("/"))

    def new_quote(self, lines: int) -> int:
        """The id of a new draft with so many complete lines of three tax rates, some of them discounted."""
        with self.app.app_context():
            with transaction() as session:
                office = session.get_one(Company, 1)
                now = clock.now()
                quote = quotes.start(
                    session, office, subject=f"{lines:,} lines", by=SYSTEM, at=now, today=now.date()
                )
                quote.custom_quote_to = "Meridian Pumps Ltd\nUnit 7, Harbour Way\nBristol BS1 6XN"
                quote.discount, quote.shipping = Decimal("2.5"), Decimal("24.50")
                rate_id = office.default_tax_rate_id or 1
                quote.lines[:] = [_line(index, rate_id + index % len(RATES)) for index in range(lines)]
                session.flush()
                quote_id = quote.id
            db.session.remove()
        return quote_id

    def typed(self, quote_id: int) -> dict[str, str]:
        """What a browser sends of the quote's form, by the names of its fields."""
        with self.app.app_context():
            form = as_typed(quotes.find(db.session(), quote_id), "en").to_dict()
        return {"csrf_token": self.token, "action": "save", **form}

    def processes(self) -> tuple[int, int | None]:
        """The ids of the process that answers and of the one that prints, if it runs."""
        worker = children(self.server.pid)[0]
        return worker, next(iter(children(worker)), None)

    def processor_seconds(self) -> float:
        """Processor time that both processes have used, whatever else the machine does."""
        return sum(processor_seconds(pid) for pid in self.processes() if pid is not None)

    def _ask(
        self, method: str, address: str, body: str | None, headers: Mapping[str, str], status: int
    ) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._line.request(method, address, body, {**headers, "Cookie": cookies})
        response = self._line.getresponse()
        data = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if response.status != status:
            sys.exit(f"{method} {address} answered {response.status}, not {status}:\n{data.decode()[:2_000]}")
        return data


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk with its server, which ends afterwards."""
    with TemporaryDirectory(prefix="betterform-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'betterform.sqlite'}"
        app = _app(url)
        port = _free_port()
        with (Path(folder) / "server.log").open("w+b") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
                + ["--timeout", "300", "--keep-alive", "300", "--no-control-socket", "bench.desk:served()"],
                cwd=ROOT,
                env=_environment(url, port),
                stdout=log,
                stderr=log,
            )
            try:
                _wait_for(server, port, Path(folder) / "server.log")
                found = Desk(app, server, port)
                found.sign_in()
                yield found
            finally:
                server.terminate()
                server.wait(timeout=60)


def served() -> DispatcherMiddleware:
    """What gunicorn serves: betterform, and the empty view."""
    empty = Flask("empty")
    empty.add_url_rule("/", view_func=lambda: "")
    return DispatcherMiddleware(create_app(), {"/empty": empty})


def encoded(typed: Mapping[str, str]) -> str:
    """A form as a browser sends it."""
    return urlencode(typed)


def token_in(page: str) -> str:
    """The CSRF token of a page's first form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return found[1] if found else sys.exit("There is no form with a CSRF token on this page.")


def children(pid: int) -> list[int]:
    """The processes that the process has started, oldest first."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return sorted(found)


def processor_seconds(pid: int) -> float:
    """Processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def megabytes(pid: int) -> float:
    """What the process holds in memory."""
    [kilobytes] = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes) / 1024


def percentile(durations: Sequence[float], share: float) -> float:
    """The duration that `share` of them do not exceed."""
    return sorted(durations)[min(int(len(durations) * share), len(durations) - 1)]


def machine() -> str:
    """Where this was measured."""
    models = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} processors ({models[0] if models else platform.machine()}), "
        f"load {load} before the start; SQLite, a write to disk takes {write_to_disk():.1f} ms\n"
        f"{platform.python_implementation()} {platform.python_version()}, {packages}"
    )


def write_to_disk() -> float:
    """How many milliseconds it takes until a page is on disk for good, as every commit must wait: the median."""
    durations = []
    with TemporaryFile(buffering=0) as file:
        for _ in range(20):
            start = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            durations.append((time.perf_counter() - start) * 1000)
    return median(durations)


def _app(url: str) -> Flask:
    """The app in this process, for what the measured server is not asked; its database made and filled."""
    app = create_app({"ENV": "testing", "SQLALCHEMY_DATABASE_URI": url, "WORKER_IN_APP": False})
    with app.app_context():
        upgrade()
        with transaction() as session:
            rates = [
                tax_rates.add(
                    session,
                    name="VAT",
                    percent=Decimal(percent),
                    category=TaxCategory.STANDARD,
                    exemption="",
                    by=SYSTEM,
                    at=clock.now(),
                )
                for percent in RATES
            ]
            session.flush()
            own = {"name": "Helvetia Instruments AG", "country_code": "CH", "default_currency": "CHF"}
            more = {"chf_rounding_step": Decimal("0.05"), "default_tax_rate_id": rates[0].id}
            company.change(session, own | more, by=SYSTEM, at=clock.now())
            person = {"email": EMAIL, "name": "Bench", "password": PASSWORD}
            users.create(session, **person, role=Role.STAFF, by=SYSTEM, at=clock.now())
        db.session.remove()
    return app


def _line(index: int, rate_id: int) -> QuoteLine:
    name, number, text, unit, price = PRODUCTS[index % len(PRODUCTS)]
    return QuoteLine(
        key=str(100_000_000_000 + index),
        position=index,
        name=name,
        catalogue_number=number,
        description=text,
        quantity=Decimal(1 + index % 9),
        unit=unit,
        unit_price=Decimal(price),
        discount=Decimal(5 if index % 4 == 0 else 0),
        tax_rate_id=rate_id,
    )


def _environment(url: str, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MONDAY_", "SMTP"))}
    return kept | {
        "BETTERFORM_ENV": "production",
        "SECRET_KEY": "of-the-bench-and-of-no-real-server-ever",
        "DATABASE_URL": url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MONDAY_API_URL": "http://127.0.0.1:9/v2",
        "MONDAY_API_TOKEN": "nobody-is-asked",
        "MONDAY_WEBHOOK_SECRET": "of-the-bench-webhook-secret",
    }


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            line = HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/login")
            line.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            line.close()
    sys.exit(f"The server does not answer:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port
