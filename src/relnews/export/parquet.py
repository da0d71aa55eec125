"""Lists as a Parquet file: one row per entry. Needs pyarrow, an extra of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from relnews.errors import ExportError
from relnews.export.record import row_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from relnews.types import RelatedList

_ROWS_PER_GROUP = 10_000


def require_pyarrow() -> None:
    """Raise `ExportError` where pyarrow is not installed."""
    try:
        import pyarrow as pa  # noqa: F401, PLC0415  # large, and an extra
    except ImportError as error:
        msg = (
            "writing Parquet needs pyarrow, which is not installed; pip install 'relnews[parquet]'"
        )
        raise ExportError(msg) from error


def write_parquet(file: BinaryIO, lists: Iterable[RelatedList]) -> None:
    """Write lists as row groups of 10,000 entries, which are all that is in memory."""
    from pyarrow import Table, parquet  # noqa: PLC0415  # large, and an extra

    schema = _schema()
    with parquet.ParquetWriter(file, schema) as writer:
        for rows in row_blocks(lists, _ROWS_PER_GROUP):
            writer.write_table(Table.from_pylist(rows, schema=schema))


def _schema() -> Any:  # noqa: ANN401  # pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415  # large, and an extra

    time = pa.timestamp("us", "UTC")
    texts = ("headline", "teaser", "url", "section", "source", "language")
    parts = ("score", "relevance", "freshness", "lexical", "semantic")
    columns = [
        ("source_id", pa.string()),
        ("position", pa.int32()),
        ("target_id", pa.string()),
        *((name, pa.string()) for name in texts),
        ("published_at", time),
        *((name, pa.float64()) for name in parts),
        ("relation", pa.string()),
        ("placed_by", pa.string()),
        ("reason", pa.string()),
        ("shared_words", pa.list_(pa.string())),
        ("at", time),
        ("note", pa.string()),
    ]
    return pa.schema(
        [pa.field(name, kind, nullable=name == "published_at") for name, kind in columns]
    )
