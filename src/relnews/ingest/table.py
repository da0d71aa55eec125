"""Read CSV: a header that names the fields, then one article per row.

Streams; a row that is no article costs that row alone. Called by `relnews.ingest.reading`.
"""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, Final

from relnews.errors import IngestError, InvalidArticle
from relnews.ingest.fields import find_id, known_names
from relnews.types import Article, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["columns_of", "encoding_of", "header_of", "read_table"]

_DELIMITERS: Final = ",;\t|"
_LONGEST_FIELD: Final = 16 * 1024 * 1024
_LONGEST_HEADER: Final = 20_000


def header_of(start: bytes) -> str:
    """Return the first line of a file's first bytes as text."""
    lines = start[:_LONGEST_HEADER].removeprefix(codecs.BOM_UTF8).lstrip().splitlines()
    if not lines:
        return ""
    try:
        return lines[0].decode()
    except UnicodeDecodeError:
        return lines[0].decode("cp1252", errors="replace")


def columns_of(header: str, fields: Mapping[str, str] | None) -> tuple[str, list[str]]:
    """Return the delimiter that splits a header into the most known names, and the names.

    The comma when no delimiter gives a headline.
    """
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        known = known_names(_split(header, delimiter), fields) if delimiter in header else 0
        if known > most:
            best, most = delimiter, known
    return best, _split(header, best)


def encoding_of(stream: io.BufferedReader) -> str:
    """Read a stream to its end and return ``utf-8-sig`` if it is UTF-8, ``cp1252`` if not.

    A stream that breaks is judged by what came before. Time: O(bytes).
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read1():
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return "cp1252"
    except IngestError:
        pass
    return "utf-8-sig"


def read_table(
    stream: io.BufferedReader,
    file: str,
    convert: Callable[[Mapping[str, object]], Article],
    *,
    encoding: str,
    fields: Mapping[str, str] | None,
) -> Iterator[Article | Quarantined]:
    """Yield each row as the article that `convert` makes of it, or as quarantined.

    Line numbers are those at which a row begins in the file; rows may span lines in quotes.

    Raises
    ------
    IngestError
        When the header names no headline. Errors of the stream pass through.
    """
    lines = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    header = ""
    skipped = 0
    for header in lines:
        if header.strip():
            break
        skipped += 1
    if not header.strip():
        return
    delimiter, names = columns_of(header, fields)
    if not known_names(names, fields):
        msg = (
            f"{file}: the first line must name the columns, a headline among them, got "
            f"{header.strip()!r:.120}; map one with fields={{'headline': '…'}}"
        )
        raise IngestError(msg)
    # strict, because a quote left open would otherwise swallow the rows below it unseen
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    first = skipped + 2
    while True:
        line = first + rows.line_num
        try:
            row = _next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Quarantined(file, line, "", f"the row must be sound CSV: {error}")
            continue
        if any(cell.strip() for cell in row):
            yield _read_row(row, names, file, line, convert)


def _read_row(
    row: list[str],
    names: list[str],
    file: str,
    line: int,
    convert: Callable[[Mapping[str, object]], Article],
) -> Article | Quarantined:
    record = dict(zip(names, row, strict=False))
    if len(row) != len(names):
        reason = f"the row must have {len(names)} columns, got {len(row)}; quote its delimiters"
        return Quarantined(file, line, find_id(record), reason)
    try:
        return convert(record)
    except InvalidArticle as error:
        return Quarantined(file, line, find_id(record), str(error))


def _next(rows: Iterator[list[str]]) -> list[str]:
    """Return the next row with the field limit raised for it alone; the limit is global."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        return next(rows)
    finally:
        csv.field_size_limit(before)


def _split(header: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    except csv.Error:
        return []
