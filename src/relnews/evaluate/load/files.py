"""Find the files of a folder by their names, plain or gzip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relnews.errors import IngestError

if TYPE_CHECKING:
    from pathlib import Path


def find(folder: Path, name: str) -> Path | None:
    """Give the file of a name in a folder, plain or ``.gz``; None when there is neither.

    Raises
    ------
    IngestError
        When there are both: read together, everything would count twice.
    """
    found = [path for path in (folder / name, folder / f"{name}.gz") if path.is_file()]
    if len(found) > 1:
        msg = f"{folder}: must hold {name} once, got it plain and as .gz; take one of them away"
        raise IngestError(msg)
    return found[0] if found else None


def require(folder: Path, name: str) -> Path:
    """Give the file of a name in a folder, plain or ``.gz``; `IngestError` when there is none."""
    path = find(folder, name)
    if path is None:
        msg = f"{folder}: the folder must hold {name}, plain or .gz, and has none; put it there"
        raise IngestError(msg)
    return path
