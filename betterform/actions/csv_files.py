"""CSV as offices send it around: read whatever spreadsheet made it, written so that a spreadsheet opens it.

A cell that begins like a formula (= + - @) is written behind an apostrophe, as a spreadsheet would run
it; reading takes that apostrophe away again, so that what was exported is imported unchanged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from betterform.errors import InvalidInput

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST_CELL = 100_000
DELIMITERS = (",", ";", "\t")
BYTE_ORDER_MARK = "\ufeff"  # Excel takes a file without it for Windows-1252

_DANGEROUS = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@＝＋－＠\t\r]")
# Controls other than tab and line ends, and lone surrogates: no document may hold them.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EXCELS_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record, and the line of the file on which it begins (the first is 1)."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it, blank ones left out."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def text_of(upload: bytes) -> str:
    """The file as text: UTF-8, UTF-16 with its mark, else Windows-1252. Raises InvalidInput for what is no text."""
    if len(upload) > LARGEST_FILE:
        size = len(upload) / 1024 / 1024
        raise InvalidInput(f"This file has {size:.1f} MB. At most 10 MB fit: please split it.")
    if upload.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidInput("This is a workbook. Open it in your spreadsheet and save it as CSV first.")
    if upload.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(upload, "utf-16")
    else:
        text = _decoded(upload, "utf-8-sig", "cp1252")
    if "\0" in text:
        raise InvalidInput("This is not a CSV file.")
    if not text.strip():
        raise InvalidInput("This file is empty.")
    return text


def _decoded(upload: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return upload.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("The letters of this file cannot be read. Save it as “CSV UTF-8” and try again.")


def read(text: str) -> Table:
    """The table in a text of comma, semicolon or tab separated values. Raises InvalidInput with the line."""
    hint = _EXCELS_HINT.match(text)
    skipped = 1 if hint else 0
    body = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint and hint[1] in DELIMITERS else _likeliest_delimiter(body)
    records = _records(body, delimiter, skipped)
    header = next(records, None)
    if header is None:
        raise InvalidInput("This file is empty.")
    if len(header.cells) > MOST_COLUMNS:
        raise InvalidInput(f"This file has {len(header.cells)} columns; at most {MOST_COLUMNS} fit.")
    rows: list[Row] = []
    for row in records:
        if len(rows) == MOST_ROWS:
            raise InvalidInput(f"This file has more than {MOST_ROWS:,} rows. Please split it.")
        rows.append(row)
    if not rows:
        raise InvalidInput("This file has a header and no rows below it.")
    return Table(header.cells, tuple(rows))


def _likeliest_delimiter(text: str) -> str:
    """The one that makes the most columns of the first line; quoted ones do not count."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0][:LONGEST_CELL])
    return max(DELIMITERS, key=first.count)


def _records(text: str, delimiter: str, skipped: int) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InvalidInput(f"Line {line} cannot be read: {_in_plain_words(error)}.") from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Row(line, tuple(_as_meant(cell) for cell in cells))


def _in_plain_words(error: csv.Error) -> str:
    if "field larger than" in str(error):
        return "a cell is longer than 100,000 characters, or a quotation mark is not closed"
    return "a quotation mark is missing or stands in the wrong place"


def _as_meant(cell: str) -> str:
    return _UNPRINTABLE.sub("", cell[1:] if _DEFUSED.match(cell) else cell)


def write(header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> Iterator[str]:
    """The lines of the file, beginning with the mark by which Excel knows UTF-8.

    Every cell is quoted: opened with another separator, none falls apart into something that runs.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK
    for row in chain([header], rows):
        writer.writerow([_defused(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _defused(cell: str) -> str:
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def delimiter_for(locale: str) -> str:
    """What Excel separates with where figures have a decimal comma, and in all of Switzerland: a semicolon."""
    return "," if locale.replace("-", "_").split("_")[0] == "en" else ";"
