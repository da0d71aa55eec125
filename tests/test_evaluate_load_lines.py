"""A broken line costs itself alone; a file without one sound line is an error."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import IngestError, InvalidTruth
from relnews.evaluate.load.lines import (
    Line,
    Record,
    collect,
    read_lines,
    read_objects,
    read_rows,
)
from relnews.ingest.jsonl import LONGEST_LINE
from relnews.types import Quarantined

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NEEDED = (("a", "x"), ("b",))


def write(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


def test_lines_are_numbered_as_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbfone\r\n\n  \ntwo\nthree")
    assert list(read_lines(path)) == [Line(1, "one"), Line(4, "two"), Line(5, "three")]


def test_hostile_lines_are_quarantined_and_the_others_stay(tmp_path: Path) -> None:
    huge = b"x" * (LONGEST_LINE + 3_000_000)
    path = write(tmp_path, b"one\n\xff\xfe\ntw\0o\n" + huge + b"\nlast\n")
    first, latin, nul, long, last = read_lines(path)
    assert (first, last) == (Line(1, "one"), Line(5, "last"))
    for found, number, word in ((latin, 2, "UTF-8"), (nul, 3, "NUL"), (long, 4, "16 MB")):
        assert isinstance(found, Quarantined)
        assert (found.file, found.line, found.id) == (str(path), number, "")
        assert word in found.reason


def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    content = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000))
    path = write(tmp_path, gzip.compress(content)[:-20_000])
    *sound, last = read_rows(path, NEEDED)
    assert sound[0] == Record(2, {"a": "0", "b": "0"})
    assert len(sound) > 1000
    assert isinstance(last, Quarantined)
    assert (last.line, "gzip" in last.reason) == (0, True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_tells_its_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = f'b{delimiter} x {delimiter}c\n1{delimiter}"2{delimiter}3"{delimiter}\n'
    (row,) = read_rows(write(tmp_path, text.encode()), NEEDED)
    assert row == Record(2, {"b": "1", "x": f"2{delimiter}3", "c": ""})


def test_broken_rows_cost_themselves_alone(tmp_path: Path) -> None:
    wide = b'"' + b"y" * 200_000 + b'",1'
    lines = [b"a,b", b"1,2", b'"open,2', b"1", b"1,2,3", wide, b'1"2,3', b"4,5"]
    found = list(read_rows(write(tmp_path, b"\n".join(lines)), NEEDED))
    sound = [row.number for row in found if isinstance(row, Record)]
    assert sound == [2, 7, 8]  # a quote inside a cell is a character
    reasons = {row.line: row.reason for row in found if isinstance(row, Quarantined)}
    assert sorted(reasons) == [3, 4, 5, 6]
    assert "close its quotes" in reasons[3]
    assert "2 columns, got 1" in reasons[4]


def test_a_missing_column_is_named_and_the_line_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="columns a or x, b, got one without a or x;") as caught:
        list(read_rows(write(tmp_path, b"anna,b\n1,2\n"), NEEDED))
    assert "anna" not in str(caught.value)


def test_a_header_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="name the columns; the line must be UTF-8"):
        list(read_rows(write(tmp_path, b"\xff,b\n1,2\n"), NEEDED))


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert list(read_rows(write(tmp_path, b""), NEEDED)) == []
    assert list(read_objects(write(tmp_path, b"\n\n"))) == []


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="must be readable"):
        list(read_lines(tmp_path / "none"))


def test_broken_objects_cost_themselves_alone(tmp_path: Path) -> None:
    deep, number = b"[" * 100_000, b'{"a": ' + b"9" * 5_000 + b"}"
    path = write(tmp_path, b'{"a": 1}\n{"a"\n[1]\n' + deep + b"\n" + number + b'\n{"a": 2}\n')
    found = list(read_objects(path))
    assert [row.number for row in found if isinstance(row, Record)] == [1, 6]
    reasons = [row.reason for row in found if isinstance(row, Quarantined)]
    assert "character 5" in reasons[0]
    assert "got list" in reasons[1]
    assert reasons[2] == reasons[3] == "the JSON must not be nested this deep"


def odd(values: Mapping[str, object]) -> list[object]:
    if values["n"] == 0:
        msg = "n must not be 0"
        raise InvalidTruth(msg)
    return [values["n"], values["n"]]


def test_what_is_refused_is_told_with_its_place_and_id(tmp_path: Path) -> None:
    records = [Record(1, {"n": 1}), Record(2, {"n": 0, "source_id": 7}), Record(3, {"n": 3})]
    found, refused = collect(tmp_path, records, odd)
    assert found == (1, 1, 3, 3)
    assert refused == (Quarantined(str(tmp_path), 2, "7", "n must not be 0"),)


def test_no_sound_record_among_some_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"got 2 that are not; .* first line 4: n must not be 0"):
        collect(tmp_path, [Record(4, {"n": 0}), Record(5, {"n": 0})], odd)
    assert collect(tmp_path, [], odd) == ((), ())
    assert collect(tmp_path, [Record(1, {})], lambda _: ()) == ((), ())


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text()), max_size=5))
def test_what_json_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in objects), encoding="utf-8")
    assert [row.values for row in read_objects(path) if isinstance(row, Record)] == objects
