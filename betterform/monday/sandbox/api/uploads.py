"""Multipart requests to `/v2/file`, in both forms that are in use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request

from betterform.monday.sandbox.errors import ApiError


@dataclass(frozen=True)
class UploadedFile:
    name: str
    content: bytes
    content_type: str

    @classmethod
    def from_part(cls, part: FileStorage) -> UploadedFile:
        name = (part.filename or "file").replace("\\", "/").rpartition("/")[2]
        return cls(name, part.read(), part.mimetype or "application/octet-stream")


def read_upload(request: Request) -> tuple[str, dict[str, Any]]:
    """The query and its variables, files among them.

    Form A has a `map` from the part's name to `variables.<name>`, as a string or in a list; form B names the part
    `variables[<name>]`. Variables other than files are refused, as by monday. Raises ApiError.
    """
    query = request.form.get("query")
    if not query:
        raise ApiError("No query string was present", "JsonParseException", status_code=400)
    if json.loads(request.form.get("variables") or "{}"):
        raise ApiError(
            "Only files can be sent as variables here", "InvalidArgumentException", status_code=400
        )
    files = _mapped(request) if "map" in request.form else _named(request)
    if not files:
        raise ApiError("No file was sent", "InvalidArgumentException", status_code=400)
    return query, files


def _mapped(request: Request) -> dict[str, UploadedFile]:
    files = {}
    for part_name, target in json.loads(request.form["map"]).items():
        path = target[0] if isinstance(target, list) else target
        part = request.files.get(part_name)
        if part is None or not str(path).startswith("variables."):
            raise ApiError("The map does not fit the parts", "InvalidArgumentException", status_code=400)
        files[str(path).removeprefix("variables.")] = UploadedFile.from_part(part)
    return files


def _named(request: Request) -> dict[str, UploadedFile]:
    return {
        name.removeprefix("variables[").removesuffix("]"): UploadedFile.from_part(part)
        for name, part in request.files.items()
        if name.startswith("variables[") and name.endswith("]")
    }
