"""Read a file or a folder, whatever its format: the front door of this stage.

Below `read`, in the order of the flow: find the files, open them, decide the format of each. The
only place of this stage that touches the disk.
"""

from __future__ import annotations

import codecs
import gzip
import io
import os
import re
import zlib
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from relnews.errors import IngestError
from relnews.ingest.capture import read_capture
from relnews.ingest.fields import check_fields, known_names, to_article
from relnews.ingest.jsonl import read_jsonl
from relnews.ingest.table import columns_of, encoding_of, header_of, read_table
from relnews.ingest.times import zone_of
from relnews.types import Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from _typeshed import WriteableBuffer

    from relnews.types import Article

__all__ = ["Format", "read"]

Format = Literal["jsonl", "csv", "capture"]
"""JSON Lines, a table with a header, or the text of a page as a browser copies it."""

_TELLING: Final = 2  # "Titel" alone may be the first line of anything
_FOREIGN: Final = (
    (re.compile(rb"\[\s*[\[{\"\]]"), "a JSON array; write one object per line (jq -c '.[]')"),
    (
        re.compile(rb"\{\s*\r?\n"),
        "an object over several lines; write one object per line (jq -c .)",
    ),
    (re.compile(rb"<(?:!doctype|html|\?xml|rss|feed)", re.IGNORECASE), "HTML or XML"),
)
_BUFFER: Final = 1 << 18
_GZIP: Final = b"\x1f\x8b"
_KINDS: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "capture",
}


def read(
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002  # the word users know
    fields: Mapping[str, str] | None = None,
    timezone: str = "Europe/Berlin",
) -> Iterator[Article | Quarantined]:
    """Yield what a file or folder holds, each record as an article or as quarantined.

    Parameters
    ----------
    path
        A file, plain or gzip, or a folder: its files of known kinds (``.jsonl``, ``.ndjson``,
        ``.json``, ``.csv``, ``.tsv``, ``.txt``, each also ``.gz``) and those of the folders
        below, in the order of their names, hidden ones left out.
    format
        ``jsonl``, ``csv``, ``capture`` (a page as plain text), or None: decided for each file by
        its content, then by its name.
    fields, timezone
        See `relnews.ingest.to_article`. Captures name no fields.

    Raises
    ------
    IngestError
        When the file as a whole cannot be read. In a folder such a file is quarantined and the
        walk goes on; a file that breaks off yields what came before, then is quarantined.
    InvalidPolicy
        When `fields` names an unknown field or `timezone` is no time zone; at the call.
    """
    if format is not None and format not in get_args(Format):
        msg = f"format must be one of {', '.join(get_args(Format))}, got {format!r}"
        raise IngestError(msg)
    check_fields(fields or {})
    zone_of(timezone)
    files = _find(Path(path))
    first = next(files)  # so that a missing path is told at the call
    one = partial(_read_file, format=format, fields=fields, timezone=timezone)
    return _read_all(chain((first,), files), one) if Path(path).is_dir() else one(first)


def _read_all(
    files: Iterator[Path], one: Callable[[Path], Iterator[Article | Quarantined]]
) -> Iterator[Article | Quarantined]:
    for file in files:
        try:
            yield from one(file)
        except IngestError as error:
            yield Quarantined(str(file), 0, "", str(error))


def _read_file(
    path: Path,
    *,
    format: Format | None,  # noqa: A002
    fields: Mapping[str, str] | None,
    timezone: str,
) -> Iterator[Article | Quarantined]:
    with open_bytes(path) as stream:
        records = _records(
            stream,
            path,
            format or _decide(stream.peek(), path, fields),
            fields=fields,
            timezone=timezone,
        )
        begun = False
        try:
            for record in records:
                begun = True
                yield record
        except IngestError as error:
            if not begun:
                raise
            yield Quarantined(str(path), 0, "", str(error))


def _records(
    stream: io.BufferedReader,
    path: Path,
    format: Format,  # noqa: A002
    *,
    fields: Mapping[str, str] | None,
    timezone: str,
) -> Iterator[Article | Quarantined]:
    convert = partial(to_article, fields=fields, timezone=timezone)
    if format == "jsonl":
        return read_jsonl(stream, str(path), convert)
    if format == "capture":
        return read_capture(stream, str(path), timezone=timezone)
    encoding = "utf-8-sig"
    if path.is_file():  # a pipe cannot be read twice
        with open_bytes(path) as again:
            encoding = encoding_of(again)
    return read_table(stream, str(path), convert, encoding=encoding, fields=fields)


def _find(path: Path) -> Iterator[Path]:
    """Yield the file itself, or those of known kinds in a folder and below, sorted by name.

    Hidden files and folders are skipped.

    Raises
    ------
    IngestError
        When there is no such path, or no such file in the folder.
    """
    if not path.is_dir():
        if not path.exists():
            msg = f"{path}: there is no such file or folder; check the path"
            raise IngestError(msg)
        yield path
        return
    found = False
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and _kind(file) and file.is_file():
                found = True
                yield file
    if not found:
        msg = f"{path}: the folder must hold files ending in {', '.join(_KINDS)}, plain or .gz"
        raise IngestError(msg)


def _kind(path: Path) -> str:
    """Return the format that a file's name speaks of, ``.gz`` aside, or nothing."""
    name = path.name.lower().removesuffix(".gz")
    return _KINDS.get(Path(name).suffix, "")


def _decide(head: bytes, path: Path, fields: Mapping[str, str] | None) -> Format:
    """Return the format of a file whose first bytes are `head`.

    An object at the start means JSON Lines; a header with a headline among its columns a table;
    then the name counts; anything else is a capture.

    Raises
    ------
    IngestError
        When it is clearly something else.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        msg = f"{path}: the file must be UTF-8, got UTF-16; save it as UTF-8"
        raise IngestError(msg)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for pattern, what in _FOREIGN:
        if pattern.match(start):
            msg = f"{path}: the file must be JSON Lines, CSV or a capture, got {what}"
            raise IngestError(msg)
    named = _kind(path)
    if start.startswith(b"{") or named == "jsonl":
        return "jsonl"
    _, names = columns_of(header_of(start), fields)
    if named == "csv" or known_names(names, fields) >= _TELLING:
        return "csv"
    return "capture"


def open_bytes(path: Path) -> io.BufferedReader:
    """Open a file for reading, unpacking gzip, which is told by its first two bytes.

    The stream need not be seekable. When a gzip file breaks, everything before the break has
    been delivered.

    Raises
    ------
    IngestError
        When it cannot be opened, and while reading when it is not sound.
    """
    try:
        plain: io.BufferedReader = io.BufferedReader(
            _Checked(path.open("rb", buffering=0), path), _BUFFER
        )
    except OSError as error:
        msg = f"{path}: the file must be readable; {error.strerror or error}"
        raise IngestError(msg) from error
    if not plain.peek(2).startswith(_GZIP):
        return plain
    unpacked = _Checked(gzip.GzipFile(fileobj=plain), path, plain)
    return cast("io.BufferedReader", io.BufferedReader(unpacked, _BUFFER))


class _Checked(io.RawIOBase):
    """A raw stream whose failures are `IngestError`, and which delivers all bytes before one."""

    def __init__(
        self, stream: io.FileIO | gzip.GzipFile, path: Path, below: io.BufferedReader | None = None
    ) -> None:
        self._stream, self._path, self._below = stream, path, below

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer by one read at most, so that an error finds nothing undelivered."""
        view = memoryview(buffer).cast("B")
        try:
            if isinstance(self._stream, gzip.GzipFile):
                data = self._stream.read1(len(view))
            else:
                data = self._stream.read(len(view)) or b""
        except EOFError:
            msg = f"{self._path}: the file ends in the middle of the gzip data; fetch it again"
            raise IngestError(msg) from None
        except (zlib.error, gzip.BadGzipFile) as error:
            msg = f"{self._path}: the gzip data is damaged ({error}); fetch the file again"
            raise IngestError(msg) from error
        except OSError as error:
            msg = f"{self._path}: the file must be readable; {error.strerror or error}"
            raise IngestError(msg) from error
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        if self._below is not None:
            self._below.close()
        super().close()
