"""A file on its way from its upload to the moment it is imported: carried by the page itself.

The text travels in a hidden field, compressed and signed, so that nothing is kept on the server between
the two, and any process of the app can take the next step.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadSignature, Signer
from werkzeug.datastructures import FileStorage

from betterform.actions import csv_files
from betterform.errors import InvalidInput
from betterform.forms.fields import clean

# What a request may bring: more than a file may have, so that a page can say that it is too large.
LARGEST_REQUEST = 24 * 1024 * 1024
LOST = "The file was lost on its way. Please choose it again."


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """The name of a file, and its text."""

    name: str
    text: str


def let_in(endpoint: str | None, _arguments: dict[str, object] | None) -> None:
    """Let the body of an import be larger than others: for `url_value_preprocessor`, before the body is read."""
    if (endpoint or "").endswith(".import_file"):
        request.max_content_length = LARGEST_REQUEST
        request.max_form_memory_size = LARGEST_REQUEST


def uploaded() -> CarriedFile:
    """The file that was chosen, or the one that the page carries. Raises InvalidInput."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return CarriedFile(_name_of(upload), csv_files.text_of(upload.stream.read(LARGEST_REQUEST)))
    carried = request.form.get("carried", "")
    if not carried:
        raise InvalidInput("Choose a file.")
    return CarriedFile(clean(request.form.get("file_name"))[:200], _unpacked(carried))


def packed(text: str) -> str:
    """For the hidden field `carried`."""
    return _signer().sign(base64.urlsafe_b64encode(zlib.compress(text.encode()))).decode()


def _unpacked(carried: str) -> str:
    try:
        compressed = base64.urlsafe_b64decode(_signer().unsign(carried.encode()))
        # A file of 10 MB in Windows-1252 may be a little more in UTF-8.
        return zlib.decompressobj().decompress(compressed, 3 * csv_files.LARGEST_FILE).decode()
    except (BadSignature, binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise InvalidInput(LOST) from error


def _signer() -> Signer:
    return Signer(
        current_app.config["SECRET_KEY"], salt="betterform csv upload", digest_method=hashlib.sha256
    )


def _name_of(upload: FileStorage) -> str:
    """The file's own name, whatever folder a browser tells with it."""
    return clean(upload.filename).replace("\\", "/").rsplit("/", 1)[-1][:200]
