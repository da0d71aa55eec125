"""Running stories: one chain for each, its articles in the order of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

import relnews
from relnews.errors import IngestError
from relnews.evaluate.load import load_chains
from relnews.evaluate.truth import Chain

DEMO = Path(relnews.__file__).parent / "demo" / "newsroom" / "stories.csv"


def write(folder: Path, text: str) -> Path:
    path = folder / "chains.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_gathered_by_story(tmp_path: Path) -> None:
    text = "article_id,story,note\nb,two,\na,one,x\n1,two,\nb,two,\na,three,\n,two,\na, ,\n"
    chains, quarantined = load_chains(write(tmp_path, text))
    assert chains == (Chain("two", ("b", "1")), Chain("one", ("a",)), Chain("three", ("a",)))
    assert [(line.line, line.id) for line in quarantined] == [(7, "two"), (8, "a")]


def test_a_missing_column_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="without story"):
        load_chains(write(tmp_path, "chain,article_id\n1,a\n"))


def test_the_stories_of_the_demo_are_read_without_loss() -> None:
    chains, quarantined = load_chains(DEMO)
    assert quarantined == ()
    rows = DEMO.read_text(encoding="utf-8").splitlines()[1:]
    assert sum(len(chain.article_ids) for chain in chains) == len(rows)
    assert len(chains) == len({row.split(",")[1] for row in rows})
