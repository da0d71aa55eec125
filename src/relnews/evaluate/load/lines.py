"""Read truth line by line, so that a broken line costs itself alone.

Under every loader of this folder: bytes -> lines -> rows or objects -> what a loader makes of
each.
"""

from __future__ import annotations

import codecs
import csv
import json
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from relnews.errors import IngestError, InvalidArticle, InvalidTruth
from relnews.evaluate.load.values import to_id
from relnews.ingest.jsonl import LONGEST_LINE
from relnews.ingest.reading import open_bytes
from relnews.types import Quarantined

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Line", "Record", "collect", "read_lines", "read_objects", "read_rows"]

T = TypeVar("T")
_DELIMITERS = ",;\t|"
_NAMES = ("source_id", "article_id", "article_id_1", "id", "story")
_PIECE = 1 << 20
_LONGEST_NAME = 200


class Line(NamedTuple):
    """A line of text and where it stands, the first being 1."""

    number: int
    text: str


class Record(NamedTuple):
    """Names and values, and the line or row they stand at, the first being 1."""

    number: int
    values: Mapping[str, object]


def read_lines(path: Path) -> Iterator[Line | Quarantined]:
    """Yield each line that is not blank, without its end, or as quarantined.

    Quarantined is what is longer than 16 MB (without being held), not UTF-8, or holds NUL. A file
    that breaks off yields what came before, then is quarantined at line 0.

    Raises
    ------
    IngestError
        When the file cannot be read at all.
    """
    number = 0
    try:
        with open_bytes(path) as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                number += 1
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                if trouble := _trouble(line):
                    _skip_rest(stream, line)
                    yield Quarantined(str(path), number, "", trouble)
                elif line.strip():
                    yield Line(number, line.decode().rstrip("\r\n"))
    except IngestError as error:
        if not number:
            raise
        yield Quarantined(str(path), 0, "", str(error))


def read_rows(path: Path, needed: Sequence[Sequence[str]]) -> Iterator[Record | Quarantined]:
    """Yield the rows of a table whose first line names its columns, one row per line.

    The delimiter is the one of ``, ; tab |`` that gives every needed column; of a needed column
    all names are listed. A quoted cell may hold the delimiter, but no line break: a quote left
    open would swallow the rows below it.

    Raises
    ------
    IngestError
        When a needed column is missing. A file without any line yields nothing.
    """
    lines = read_lines(path)
    header = next(lines, None)
    if header is None:
        return
    if isinstance(header, Quarantined):
        msg = f"{path}: the first line must name the columns; {header.reason}"
        raise IngestError(msg)
    delimiter, names = _columns(header.text, path, needed)
    for line in lines:
        yield line if isinstance(line, Quarantined) else _row(line, path, delimiter, names)


def read_objects(path: Path) -> Iterator[Record | Quarantined]:
    """Yield the JSON objects of a file, one per line."""
    for line in read_lines(path):
        yield line if isinstance(line, Quarantined) else _object(line, path)


def collect(
    path: Path,
    records: Iterable[Record | Quarantined],
    convert: Callable[[Mapping[str, object]], Iterable[T]],
) -> tuple[tuple[T, ...], tuple[Quarantined, ...]]:
    """Give what `convert` makes of each record, in order, and the records it refused.

    Raises
    ------
    IngestError
        When not one record is sound, and there is at least one.
    """
    found: list[T] = []
    refused: list[Quarantined] = []
    sound = 0
    for record in records:
        if isinstance(record, Quarantined):
            refused.append(record)
            continue
        try:
            found.extend(convert(record.values))
            sound += 1
        except (InvalidTruth, InvalidArticle) as error:
            name = _name_of(record.values)
            refused.append(Quarantined(str(path), record.number, name, str(error)))
    if refused and not sound:
        first = refused[0]
        msg = (
            f"{path}: at least one line must be sound, got {len(refused)} that are not; "
            f"mend the file, first line {first.line}: {first.reason}"
        )
        raise IngestError(msg)
    return tuple(found), tuple(refused)


def _trouble(line: bytes) -> str:
    if len(line) > LONGEST_LINE:
        return f"a line must not be longer than {LONGEST_LINE >> 20} MB; shorten it"
    if b"\0" in line:
        return "a line must not hold the character NUL; remove it"
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return f"the line must be UTF-8, got byte 0x{line[error.start]:02x} at {error.start + 1}"
    return ""


def _skip_rest(stream: io.BufferedReader, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(_PIECE)


def _columns(header: str, path: Path, needed: Sequence[Sequence[str]]) -> tuple[str, list[str]]:
    fewest = list(needed)
    for delimiter in _DELIMITERS:
        names = [name.strip() for name in _cells(header, delimiter) or ()]
        missing = [choice for choice in needed if not set(choice) & set(names)]
        if not missing:
            return delimiter, names
        fewest = min(fewest, missing, key=len)
    # the line is not shown: without a header it is a row, and may name a user
    msg = (
        f"{path}: the first line must name the columns {_listed(needed)}, "
        f"got one without {_listed(fewest)}; add or rename the columns"
    )
    raise IngestError(msg)


def _listed(columns: Iterable[Iterable[str]]) -> str:
    return ", ".join(" or ".join(choice) for choice in columns)


def _cells(text: str, delimiter: str) -> list[str] | None:
    """Split a line; None when it is no sound CSV."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _row(line: Line, path: Path, delimiter: str, names: list[str]) -> Record | Quarantined:
    cells = _cells(line.text, delimiter)
    if cells is None:
        reason = "the row must be sound CSV on one line; close its quotes, shorten its cells"
        return Quarantined(str(path), line.number, "", reason)
    if len(cells) != len(names):
        reason = f"the row must have {len(names)} columns, got {len(cells)}; quote its delimiters"
        return Quarantined(str(path), line.number, "", reason)
    return Record(line.number, dict(zip(names, cells, strict=True)))


def _object(line: Line, path: Path) -> Record | Quarantined:
    try:
        found = json.loads(line.text)
    except json.JSONDecodeError as error:
        reason = f"the line must be a JSON object: {error.msg} (character {error.pos + 1})"
        return Quarantined(str(path), line.number, "", reason)
    except (ValueError, RecursionError):  # numbers of thousands of digits, thousands of brackets
        return Quarantined(str(path), line.number, "", "the JSON must not be nested this deep")
    if not isinstance(found, dict):
        reason = f"the line must be a JSON object, got {type(found).__name__}"
        return Quarantined(str(path), line.number, "", reason)
    return Record(line.number, found)


def _name_of(values: Mapping[str, object]) -> str:
    """Give the id of a record that need not be sound, for its quarantine."""
    for name in _NAMES:
        try:
            return to_id(name, values.get(name))[:_LONGEST_NAME]
        except InvalidTruth:
            continue
    return ""
