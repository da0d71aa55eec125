"""Retractions: what was taken back, and from when on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from relnews.errors import IngestError
from relnews.evaluate.load import load_retractions

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> Path:
    path = folder / "retractions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_earlier_moment_counts(tmp_path: Path) -> None:
    text = "article_id,at\na,2026-03-02T08:00Z\nb,2026-03-01 12:00\na,2026-03-01T08:00Z\nc,?\n"
    moments, (broken,) = load_retractions(write(tmp_path, text))
    assert moments == {
        "a": datetime(2026, 3, 1, 8, tzinfo=UTC),
        "b": datetime(2026, 3, 1, 11, tzinfo=UTC),
    }
    assert (broken.line, broken.id) == (5, "c")


def test_a_file_of_nothing_but_broken_lines_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="first line 2: at must be a time"):
        load_retractions(write(tmp_path, "article_id,at\na,\n"))
