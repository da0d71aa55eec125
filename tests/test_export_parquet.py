"""A Parquet file says the same as the lines of JSON, in types that a warehouse can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsroom import NOON
from relnews.export import list_record, write_lists
from relnews.export import parquet as written
from test_stored import a_site, change

if TYPE_CHECKING:
    from pathlib import Path

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def test_the_rows_are_the_entries_of_the_records(tmp_path: Path) -> None:
    path = tmp_path / "lists.parquet"
    with a_site() as rec:
        change(rec, "b-3", published_at=None, url="https://tagblatt.example/3", teaser="Kurz.")
        lists = [*rec.stored_lists(at=NOON, k=3)]
    write_lists(lists, path)
    expected = []
    for record in map(list_record, lists):
        for entry in record["entries"]:
            head = {name: record[name] for name in ("source_id", "at", "note")}
            expected.append(head | entry | {"target_id": entry.pop("id")})
    found = parquet.read_table(path).to_pylist()
    for row in found:
        for name in ("at", "published_at"):
            row[name] = row[name].isoformat() if row[name] else None
    for row in expected:
        row.pop("id")
    assert found == expected
    assert {row["published_at"] for row in found} > {None}


def test_the_types_are_those_of_a_table(tmp_path: Path) -> None:
    write_lists([], tmp_path / "lists.parquet")
    schema = parquet.read_schema(tmp_path / "lists.parquet")
    assert schema.field("at").type == pyarrow.timestamp("us", "UTC")
    assert schema.field("score").type == pyarrow.float64()
    assert schema.field("shared_words").type == pyarrow.list_(pyarrow.string())
    assert [name for name in schema.names if schema.field(name).nullable] == ["published_at"]


def test_rows_are_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "_ROWS_PER_GROUP", 10)
    path = tmp_path / "lists.parquet"
    with a_site() as rec:
        write_lists(rec.stored_lists(at=NOON, k=3), path)
    with parquet.ParquetFile(path) as file:
        sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert sizes == [10, 10, 4]
