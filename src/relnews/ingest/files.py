"""Open files, plain or gzip, and find them in folders.

The only place of this stage that touches the disk; called by `relnews.ingest.reading`.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from relnews.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

__all__ = ["BUFFER", "find", "kind", "open_bytes"]

BUFFER = 1 << 18
_GZIP = b"\x1f\x8b"
KINDS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "capture",
}


def kind(path: Path) -> str:
    """Return the format that a file's name speaks of, ``.gz`` aside, or nothing."""
    name = path.name.lower().removesuffix(".gz")
    return KINDS.get(Path(name).suffix, "")


def find(path: Path) -> Iterator[Path]:
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
            if not name.startswith(".") and kind(file) and file.is_file():
                found = True
                yield file
    if not found:
        msg = f"{path}: the folder must hold files ending in {', '.join(KINDS)}, plain or .gz"
        raise IngestError(msg)


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
            _Checked(path.open("rb", buffering=0), path), BUFFER
        )
    except OSError as error:
        msg = f"{path}: the file must be readable; {error.strerror or error}"
        raise IngestError(msg) from error
    if not plain.peek(2).startswith(_GZIP):
        return plain
    unpacked = _Checked(gzip.GzipFile(fileobj=plain), path, plain)
    return cast("io.BufferedReader", io.BufferedReader(unpacked, BUFFER))


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
