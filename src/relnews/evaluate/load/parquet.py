"""Read Parquet, which needs pyarrow, an extra of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from relnews.errors import IngestError
from relnews.evaluate.load.lines import Record
from relnews.types import Quarantined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["read_parquet"]

_BATCH = 16_384


def read_parquet(
    path: Path, needed: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[Record | Quarantined]:
    """Yield the rows of a Parquet file, with the needed and those of the optional columns it has.

    Rows are numbered from 1. One whose values Python cannot hold, such as text that is not UTF-8,
    is quarantined; a file that breaks off yields what came before, then is quarantined at row 0.
    Memory: O(rows of a batch).

    Raises
    ------
    IngestError
        When pyarrow is not installed, the file cannot be read at all, or a needed column is
        missing.
    """
    number = 0
    try:
        for number, row in enumerate(_rows(path, needed, optional), start=1):
            if row is None:
                yield Quarantined(str(path), number, "", "the row must be sound Parquet")
            else:
                yield Record(number, row)
    except IngestError as error:
        if not number:
            raise
        yield Quarantined(str(path), 0, "", str(error))


def _rows(
    path: Path, needed: Sequence[str], optional: Sequence[str]
) -> Iterator[dict[str, object] | None]:
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415  # large, and an extra
    except ImportError as error:
        msg = (
            f"{path}: reading Parquet needs pyarrow, which is not installed; "
            "pip install 'relnews[parquet]'"
        )
        raise IngestError(msg) from error
    try:
        with parquet.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            _check(path, needed, names)
            columns = [name for name in (*needed, *optional) if name in names]
            for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
                yield from _values(batch)
    except (ArrowException, OSError) as error:
        msg = f"{path}: the file must be sound Parquet; {error!s:.200}"
        raise IngestError(msg) from error


def _values(batch: Any) -> Iterator[dict[str, object] | None]:  # noqa: ANN401  # pyarrow has no types
    """Yield the rows of a batch; None for one whose values Python cannot hold."""
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        for row in range(batch.num_rows):
            try:
                yield from batch.slice(row, 1).to_pylist()
            except (ValueError, OverflowError):
                yield None


def _check(path: Path, needed: Sequence[str], names: set[str]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        msg = (
            f"{path}: the file must have the columns {', '.join(needed)}; it has no "
            f"{', '.join(missing)}, got {', '.join(sorted(names))}"
        )
        raise IngestError(msg)
