"""Many lists, out to a file or a table whose name says the format.

Takes lists from wherever they come; `Recommender.stored_lists` gives all that a site has.
"""

from __future__ import annotations

import gzip
import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.errors import ExportError
from relnews.export.parquet import require_pyarrow, write_parquet
from relnews.export.record import list_record
from relnews.export.table import table_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from relnews.types import RelatedList

_DATABASES = (".db", ".sqlite")


def write_lists(lists: Iterable[RelatedList], target: str | os.PathLike[str]) -> None:
    """Write lists to a file or a table, replacing the lists that were there.

    Memory: what `lists` holds, and some thousand rows.

    Parameters
    ----------
    lists
        Consumed lazily, each article's list once.
    target
        ``*.jsonl`` or ``*.jsonl.gz``: one list a line, as `list_record` gives it.
        ``*.parquet``: one row per entry, as `relnews.export.record.list_rows` gives it.
        ``*.db``, ``*.sqlite`` or a SQLAlchemy URL: the same rows in the table
        `related_articles`, in one transaction; other tables stay as they are.

    Raises
    ------
    ExportError
        When the name has none of these endings, its folder is missing, or it cannot be written.
        What stood there stays as it was.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from relnews import RelatedList
    >>> made = RelatedList(source_id="a", at=datetime(2026, 3, 1, tzinfo=UTC), k=5, entries=())
    >>> with TemporaryDirectory() as folder:
    ...     write_lists([made], f"{folder}/lists.jsonl")
    ...     print(Path(folder, "lists.jsonl").read_text(), end="")
    {"source_id": "a", "at": "2026-03-01T00:00:00+00:00", "k": 5, "note": "", "entries": []}
    """
    lists_writer(target)(lists)


def lists_writer(target: str | os.PathLike[str]) -> Callable[[Iterable[RelatedList]], None]:
    """Give what `write_lists` does for a target, so that a wrong one is refused before the work.

    Raises
    ------
    ExportError
        As `write_lists`, as far as it can be known without writing.
    """
    if isinstance(target, str) and "://" in target:
        return table_writer(target)
    path = Path(target)
    suffixes = (*_FILES, *_DATABASES)
    suffix = next((end for end in suffixes if path.name.lower().endswith(end)), None)
    if suffix is None:
        known = ", ".join(suffixes)
        msg = f"the name of a file of lists must end in one of {known}, got {str(path)!r}"
        raise ExportError(msg)
    if not path.absolute().parent.is_dir():
        msg = f"the folder of an export must exist, got {path}; create {path.parent} first"
        raise ExportError(msg)
    if suffix in _DATABASES:
        return table_writer(path)
    if suffix == ".parquet":
        require_pyarrow()
    return partial(_write_file, path, _FILES[suffix])


def _write_file(
    path: Path,
    write: Callable[[BinaryIO, Iterable[RelatedList]], None],
    lists: Iterable[RelatedList],
) -> None:
    """Write a file under another name and move it into place when all of it is on the disk."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            write(file, lists)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        msg = f"{path} must be writable: {error}; nothing was changed"
        raise ExportError(msg) from error
    finally:
        part.unlink(missing_ok=True)


def _write_jsonl(file: BinaryIO | gzip.GzipFile, lists: Iterable[RelatedList]) -> None:
    file.writelines(
        json.dumps(list_record(related), ensure_ascii=False).encode() + b"\n" for related in lists
    )


def _write_packed(file: BinaryIO, lists: Iterable[RelatedList]) -> None:
    # Without a name and a time in it, so that the same lists give the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        _write_jsonl(packed, lists)


_FILES: dict[str, Callable[[BinaryIO, Iterable[RelatedList]], None]] = {
    ".jsonl": _write_jsonl,
    ".jsonl.gz": _write_packed,
    ".parquet": write_parquet,
}
