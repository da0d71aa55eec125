"""Editors' links: targets, a moment if there is one, a text without the links if there is one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relnews.errors import IngestError, InvalidPolicy
from relnews.evaluate.load import load_links
from relnews.evaluate.truth import EditorLinks

REAL = Path(__file__).parents[2] / "shared" / "data" / "fang" / "editor_links.jsonl.gz"


def write(folder: Path, *objects: object) -> Path:
    path = folder / "links.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in objects), encoding="utf-8")
    return path


def test_links_are_read_with_and_without_a_moment(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"source_id": "a", "target_ids": ["b", 7]},
        {"source_id": "c", "target_ids": [], "at": "2026-03-01T12:00", "body": "Text\nmehr"},
        {"source_id": "d", "target_ids": ["a"], "at": None, "body_without_links": "Text"},
    )
    links, quarantined = load_links(path)
    assert quarantined == ()
    assert links == (
        EditorLinks("a", ("b", "7")),
        EditorLinks("c", (), datetime(2026, 3, 1, 11, tzinfo=UTC), "Text\nmehr"),
        EditorLinks("d", ("a",), None, "Text"),
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"target_ids": ["b"]},
        {"source_id": "a"},
        {"source_id": "a", "target_ids": "bc"},
        {"source_id": "a", "target_ids": ["b", ""]},
        {"source_id": "a", "target_ids": ["b\0"]},
        {"source_id": "a", "target_ids": ["b"], "at": "soon"},
        {"source_id": "a", "target_ids": ["b"], "body": ["Text"]},
        {"source_id": "a", "target_ids": ["b"], "body": "\ud800"},
    ],
)
def test_a_broken_line_costs_itself_alone(tmp_path: Path, broken: object) -> None:
    sound = {"source_id": "s", "target_ids": ["t"]}
    links, (refused,) = load_links(write(tmp_path, broken, sound))
    assert links == (EditorLinks("s", ("t",)),)
    assert refused.line == 1
    with pytest.raises(IngestError, match="at least one line must be sound"):
        load_links(write(tmp_path, broken))


def test_a_time_zone_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy, match="timezone must be"):
        load_links(write(tmp_path), timezone="Nowhere")


@pytest.mark.skipif(not REAL.exists(), reason="the real data is not here")
def test_real_links_are_read_without_loss() -> None:
    links, quarantined = load_links(REAL)
    assert quarantined == ()
    assert len(links) == 203
    assert all(link.target_ids and link.body for link in links)
