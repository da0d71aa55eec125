"""Files of a folder are found by their names, plain or gzip, and never read twice."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from relnews.errors import IngestError
from relnews.evaluate.load.files import find, require
from relnews.ingest.reading import open_bytes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.csv.gz"])
def test_a_file_is_found_plain_and_packed(tmp_path: Path, name: str) -> None:
    content = gzip.compress(b"x") if name.endswith(".gz") else b"x"
    (tmp_path / name).write_bytes(content)
    found = find(tmp_path, "pairs.csv")
    assert found == require(tmp_path, "pairs.csv") == tmp_path / name
    with open_bytes(found) as stream:
        assert stream.read() == b"x"


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").touch()
    (tmp_path / "pairs.csv.gz").touch()
    with pytest.raises(IngestError, match=r"must hold pairs\.csv once"):
        find(tmp_path, "pairs.csv")


def test_what_is_not_there_is_none_or_refused(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").mkdir()
    assert find(tmp_path, "pairs.csv") is None
    with pytest.raises(IngestError, match=r"must hold pairs\.csv"):
        require(tmp_path, "pairs.csv")
