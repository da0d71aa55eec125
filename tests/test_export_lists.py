"""Lists out to files of every format: read back they are what may be shown, whole or not at all."""

from __future__ import annotations

import gzip
import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import NOON
from relnews.errors import ExportError, StoreError
from relnews.export import list_record, lists_writer, write_lists
from test_stored import FORBID, a_site, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from relnews import Recommender, RelatedList

FORMATS = ("jsonl", "jsonl.gz", "parquet", "db", "sqlite")


@pytest.fixture
def rec() -> Iterator[Recommender]:
    with a_site() as made:
        yield made


@pytest.fixture(params=FORMATS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "parquet":
        pytest.importorskip("pyarrow")
    return tmp_path / f"lists.{request.param}"


def rows_in(path: Path) -> list[dict[str, Any]]:
    """Read what was written with nothing but the tools of the format."""
    if path.suffix == ".parquet":
        rows: list[dict[str, Any]] = (
            pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
        )
        return rows
    if path.suffix in {".db", ".sqlite"}:
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            query = "SELECT * FROM related_articles ORDER BY source_id, position"
            return [dict(row) for row in connection.execute(query)]
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [
        {"source_id": record["source_id"], "target_id": entry["id"], **entry}
        for record in map(json.loads, content.decode().splitlines())
        for entry in record["entries"]
    ]


def pairs_in(path: Path) -> list[tuple[str, int, str]]:
    return [(row["source_id"], row["position"], row["target_id"]) for row in rows_in(path)]


def pairs(lists: list[RelatedList]) -> list[tuple[str, int, str]]:
    return [
        (related.source_id, place, name)
        for related in lists
        for place, name in enumerate(related.ids, start=1)
    ]


def test_what_is_read_back_is_what_was_written(rec: Recommender, target: Path) -> None:
    lists = [*rec.stored_lists(at=NOON, k=7)]
    assert len(pairs(lists)) == 56
    write_lists(iter(lists), target)
    assert pairs_in(target) == pairs(lists)
    written = target.read_bytes()
    write_lists(lists, target)
    assert pairs_in(target) == pairs(lists)
    assert target.suffix in {".db", ".sqlite"} or target.read_bytes() == written
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_the_newest_lists_replace_all_that_were_there(rec: Recommender, target: Path) -> None:
    lists = [*rec.stored_lists(at=NOON)]
    write_lists(lists, target)
    fewer = [replace(lists[0], entries=lists[0].entries[1:3]), replace(lists[2], entries=())]
    write_lists(fewer, target)
    assert pairs_in(target) == pairs(fewer)
    write_lists([], str(target))
    assert pairs_in(target) == []


@pytest.mark.parametrize("why", FORBID)
def test_nothing_forbidden_is_written(rec: Recommender, tmp_path: Path, why: str) -> None:
    pytest.importorskip("pyarrow")
    targets = [tmp_path / f"lists.{name}" for name in FORMATS]
    name = order(rec, 1)
    for target in targets:
        write_lists(rec.stored_lists(at=NOON, k=20), target)
        assert ("b-0", 2, name) in pairs_in(target)
    FORBID[why](rec, name)
    allowed = pairs([*rec.stored_lists(at=NOON, k=20)])
    assert allowed
    for target in targets:
        write_lists(rec.stored_lists(at=NOON, k=20), target)
        assert pairs_in(target) == allowed
        assert name not in {shown for source, _, shown in pairs_in(target) if source == "b-0"}


def test_a_line_is_the_record_of_a_list(rec: Recommender, tmp_path: Path) -> None:
    lists = [*rec.stored_lists(at=NOON)]
    lists[1] = replace(lists[1], entries=(), note="no list: größer")
    plain, packed = tmp_path / "lists.jsonl", tmp_path / "lists.jsonl.gz"
    write_lists(lists, plain)
    write_lists(lists, packed)
    text = plain.read_text(encoding="utf-8")
    assert [json.loads(line) for line in text.splitlines()] == [*map(list_record, lists)]
    assert "Brücke" in text
    assert gzip.decompress(packed.read_bytes()).decode() == text
    assert packed.read_bytes()[3:8] == bytes(5)  # no name, no time: the same lists, the same bytes


class BrokeOffError(Exception):
    pass


def breaking_off(lists: list[RelatedList]) -> Iterator[RelatedList]:
    yield from lists
    raise BrokeOffError


def test_a_writer_that_is_interrupted_leaves_what_was_there(rec: Recommender, target: Path) -> None:
    lists = [*rec.stored_lists(at=NOON)]
    with pytest.raises(BrokeOffError):
        write_lists(breaking_off(lists), target)
    assert not target.exists() or (
        target.suffix in {".db", ".sqlite"} and not target.stat().st_size
    )
    write_lists(lists[:3], target)
    before = target.read_bytes()
    with pytest.raises(BrokeOffError):
        write_lists(breaking_off(lists), target)
    assert target.read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_file_that_cannot_be_written_is_told(
    rec: Recommender, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if target.suffix in {".db", ".sqlite"}:
        target.mkdir()
    else:
        monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(ExportError, match=target.name):
        write_lists(rec.stored_lists(at=NOON), target)
    assert not target.is_file()
    assert not [*target.parent.glob("*.part")]


@pytest.mark.parametrize("name", ["lists", "lists.csv", "lists.json", "lists.gz", ".parquet.txt"])
def test_an_unknown_ending_is_refused_with_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError) as raised:
        write_lists([], tmp_path / name)
    for part in (*(f".{known}" for known in FORMATS), name):
        assert part in str(raised.value)
    assert [*tmp_path.iterdir()] == []


def test_a_missing_folder_is_refused_before_the_work(tmp_path: Path) -> None:
    for known in FORMATS:
        with pytest.raises(ExportError, match="folder of an export must exist"):
            lists_writer(tmp_path / "none" / f"lists.{known}")


def test_the_ending_may_be_in_capitals(tmp_path: Path) -> None:
    write_lists([], tmp_path / "LISTS.JSONL")
    assert (tmp_path / "LISTS.JSONL").read_bytes() == b""


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="must look like sqlite:///"):
        lists_writer("://")


def test_without_pyarrow_the_extra_is_named_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r"pip install 'relnews\[parquet\]'"):
        lists_writer(tmp_path / "lists.parquet")
    write_lists([], tmp_path / "lists.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["lists.jsonl"]
