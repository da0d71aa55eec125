"""Parquet: rows as records; a row that Python cannot hold costs itself alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from relnews.errors import IngestError
from relnews.evaluate.load.lines import Record
from relnews.evaluate.load.parquet import read_parquet
from relnews.types import Quarantined

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, columns: dict[str, Any], rows_per_group: int = 1000) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = folder / "file.parquet"
    parquet.write_table(pyarrow.table(columns), path, row_group_size=rows_per_group)
    return path


def test_rows_have_the_columns_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, {"a": [1, 2], "b": ["x", None], "c": [[1], []]})
    assert list(read_parquet(path, ["a"], ["c", "d"])) == [
        Record(1, {"a": 1, "c": [1]}),
        Record(2, {"a": 2, "c": []}),
    ]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, {"a": [1], "b": [1]})
    with pytest.raises(IngestError, match=r"columns a, c; it has no c, got a, b"):
        list(read_parquet(path, ["a", "c"]))


def test_a_row_that_cannot_be_held_costs_itself_alone(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    moments = pyarrow.array([0, 2**50, 1], pyarrow.int64()).cast(pyarrow.timestamp("s"))
    texts = pyarrow.array([b"a", b"b", b"\xff"]).view(pyarrow.string())
    path = write(tmp_path, {"at": moments, "text": texts, "n": [1, 2, 3]})
    found = list(read_parquet(path, ["at", "text", "n"]))
    assert [type(row) for row in found] == [Record, Quarantined, Quarantined]
    assert [row.line for row in found if isinstance(row, Quarantined)] == [2, 3]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all, not even close"])
def test_what_is_no_parquet_is_an_error(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "file.parquet"
    path.write_bytes(content)
    with pytest.raises(IngestError, match="must be sound Parquet"):
        list(read_parquet(path, ["a"]))
    with pytest.raises(IngestError, match="must be sound Parquet"):
        list(read_parquet(tmp_path / "none", ["a"]))


def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    path = write(tmp_path, {"a": [f"{n * n:x}" for n in range(60_000)]}, 20_000)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 30_000] = b"\xff" * 30_000
    path.write_bytes(content)
    *sound, last = read_parquet(path, ["a"])
    assert sound[0] == Record(1, {"a": "0"})
    assert isinstance(last, Quarantined)
    assert last.line == 0


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(IngestError, match=r"pip install 'relnews\[parquet\]'"):
        list(read_parquet(tmp_path / "file.parquet", ["a"]))
