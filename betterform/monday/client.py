"""The thin client of monday's API: one call in, data or a typed error out.

It knows nothing of the database: whoever makes one may pass `notice`, which is told of every exchange
(to count calls, to keep what was sent), and `before_call`, which runs before each one and is told how
many seconds it may take.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import requests

from betterform.monday import documents
from betterform.monday.answers import data_of, refusal_in, request_id_of
from betterform.monday.errors import OurMistake, Refusal, TryAgain

API_VERSION = "2026-10"
CONNECT_SECONDS = 5.0
READ_SECONDS = 40.0
UPLOADS_TAKE = 3  # times as long as other calls
LONGEST_KEPT = 4_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it is kept for people to look at. It never holds the token."""

    operation: str
    sent: dict[str, Any]
    status: int | None
    received: dict[str, Any]
    request_id: str
    milliseconds: int
    cost: Decimal  # in calls, as monday counts them against the day's limit
    refusal: Refusal | None
    is_write: bool = False

    @property
    def may_have_written(self) -> bool:
        """Whether something was written, or may have been although no good answer came."""
        return self.is_write and (self.refusal is None or self.refusal.may_have_happened)


class Client:
    """Calls monday at `url` as the user whose `token` it is.

    Methods raise the classes of `monday.errors` and nothing else for whatever monday or the network do.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        notice: Callable[[Exchange], None] | None = None,
        before_call: Callable[[float], None] | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.url = url.rstrip("/")
        self._notice = notice
        self._before_call = before_call
        self._read_seconds = read_seconds
        self._connect_seconds = min(CONNECT_SECONDS, read_seconds)
        self._session = requests.Session()
        self._session.trust_env = False  # no netrc: it would replace our Authorization header
        self._session.headers.update({"Authorization": token, "API-Version": API_VERSION})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def ask(
        self, document: str, variables: Mapping[str, Any] | None = None, *, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Send one document of `monday.documents`. Returns its data; raises Refusal."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        sent: dict[str, Any] = {"variables": dict(variables or {})}
        if idempotency_key:
            sent["idempotency_key"] = idempotency_key
        return self._exchange(
            operation_of(document),
            sent,
            self.url,
            is_write=document.lstrip().startswith("mutation"),
            timeout=(self._connect_seconds, self._read_seconds),
            headers=headers,
            json={"query": document, "variables": dict(variables or {})},
        )

    def upload(
        self,
        item_id: str,
        column_id: str,
        filename: str,
        content: bytes,
        *,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Append a PDF to a file column. Returns the asset: {"id", "name", "file_size"}.

        The form is monday's older, documented one (`variables[file]`), which its own newest code uses.
        """
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        data = self._exchange(
            "Upload",
            {"item": item_id, "column": column_id, "filename": filename, "bytes": len(content)},
            f"{self.url}/file",
            is_write=True,
            timeout=(self._connect_seconds, self._read_seconds * UPLOADS_TAKE),
            headers=headers,
            data={"query": documents.upload(item_id, column_id)},
            files={"variables[file]": (safe_filename(filename), content, "application/pdf")},
        )
        asset = data.get("add_file_to_column")
        if not isinstance(asset, dict) or not asset.get("id"):
            raise TryAgain("monday.com did not confirm the upload.", may_have_happened=True)
        return asset

    def _exchange(
        self,
        operation: str,
        sent: dict[str, Any],
        url: str,
        *,
        is_write: bool,
        timeout: tuple[float, float],
        **request: Any,
    ) -> dict[str, Any]:
        if self._before_call is not None:
            self._before_call(sum(timeout))
        started = time.monotonic()
        status: int | None = None
        headers: Mapping[str, str] = {}
        body: Any = None
        try:
            response = self._session.post(url, timeout=timeout, allow_redirects=False, **request)
            status, headers = response.status_code, response.headers
            body = _decoded(response)
            refusal: Refusal | None = refusal_in(status, headers, body)
        except requests.exceptions.RequestException as error:
            refusal = _unreachable(error)
        self._tell(operation, sent, status, headers, body, refusal, started, is_write=is_write)
        if refusal is not None:
            raise refusal
        return data_of(status or 0, headers, body)

    def _tell(
        self,
        operation: str,
        sent: dict[str, Any],
        status: int | None,
        headers: Mapping[str, str],
        body: Any,
        refusal: Refusal | None,
        started: float,
        *,
        is_write: bool,
    ) -> None:
        if self._notice is None:
            return
        self._notice(
            Exchange(
                operation=operation,
                sent=sent,
                status=status,
                received=_kept(body),
                request_id=request_id_of(headers, body),
                milliseconds=round((time.monotonic() - started) * 1000),
                cost=_cost(status, refusal),
                refusal=refusal,
                is_write=is_write,
            )
        )


def operation_of(document: str) -> str:
    """The name that stands in a document: WriteValues."""
    named = re.search(r"\b(?:query|mutation)\s+(\w+)", document)
    return named.group(1) if named else "call"


def safe_filename(name: str) -> str:
    """A file name that cannot break out of its header: no path, no quotes, no line ends."""
    plain = re.sub(r'[\\/"\x00-\x1f\x7f]', "-", name).strip() or "document.pdf"
    return plain[-200:]


def _decoded(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _unreachable(error: requests.exceptions.RequestException) -> Refusal:
    """A network failure in words. Only a connection that was never made is sure to have done nothing."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return TryAgain("monday.com cannot be reached (no connection in time).", answered=False)
    if isinstance(error, requests.exceptions.ReadTimeout):
        return TryAgain("monday.com did not answer in time.", answered=False, may_have_happened=True)
    if isinstance(error, requests.exceptions.ConnectionError):
        never = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
        words = "monday.com cannot be reached." if never else "The connection to monday.com broke off."
        return TryAgain(words, answered=False, may_have_happened=not never)
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return TryAgain("monday.com's answer broke off.", answered=False, may_have_happened=True)
    return OurMistake(f"monday.com could not be called: {type(error).__name__}.")


def _cost(status: int | None, refusal: Refusal | None) -> Decimal:
    if status is None:
        # Nobody knows whether a call without an answer was counted: better to expect it.
        return Decimal(1) if refusal is not None and refusal.may_have_happened else Decimal(0)
    return Decimal("0.1") if isinstance(refusal, TryAgain) and refusal.limited else Decimal(1)


def _kept(body: Any) -> dict[str, Any]:
    """What is kept of an answer: all of a short one, the beginning of a long one."""
    if isinstance(body, dict) and len(json.dumps(body)) <= LONGEST_KEPT:
        return body
    return {"beginning": json.dumps(body)[:LONGEST_KEPT]} if body is not None else {}
