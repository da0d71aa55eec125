"""Read a file or a folder, whatever its format: the front door of this stage."""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from relnews.errors import IngestError
from relnews.ingest.capture import read_capture
from relnews.ingest.fields import check_fields, to_article
from relnews.ingest.files import find, open_bytes
from relnews.ingest.formats import Format, decide
from relnews.ingest.jsonl import read_jsonl
from relnews.ingest.table import encoding_of, read_table
from relnews.ingest.times import zone_of
from relnews.types import Quarantined

if TYPE_CHECKING:
    import io
    import os
    from collections.abc import Callable, Iterator, Mapping

    from relnews.types import Article

__all__ = ["read"]


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
    files = find(Path(path))
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
            format or decide(stream.peek(), path, fields),
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
