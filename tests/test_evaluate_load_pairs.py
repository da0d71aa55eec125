"""Pairs: one for each row and scale; what is not judged is not judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from relnews.errors import IngestError
from relnews.evaluate.load import load_pairs
from relnews.evaluate.truth import JudgedPair

REAL = Path(__file__).parents[2] / "shared" / "data"


def write(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_row_gives_a_pair_for_each_scale(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ",source_id,target_id,relation,similarity,would_follow,raters\n"
        "0,a,b,same_story,1.5,1,6\n"
        "1,a,c,,,0.25,\n"
        "2,b,c,background,-1,, 2.0 \n",
    )
    pairs, quarantined = load_pairs(path)
    assert quarantined == ()
    assert pairs == (
        JudgedPair("a", "b", 1.5, "similarity", 6),
        JudgedPair("a", "b", 1.0, "would_follow", 6),
        JudgedPair("a", "c", 0.25, "would_follow", 0),
        JudgedPair("b", "c", -1.0, "similarity", 2),
    )


def test_ids_may_have_the_other_names(tmp_path: Path) -> None:
    pairs, _ = load_pairs(write(tmp_path, "article_id_2,article_id_1,gain\n7,5,1\n"))
    assert pairs == (JudgedPair("5", "7", 1.0, "gain"),)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("a,c,n/a,1", "similarity must be a number"),
        ("a,c,nan,1", "gain must be a finite number"),
        (",c,1,1", "source_id must be"),
        ("a,,1,1", "target_id must be"),
        ("a,c,1,-1", "raters must be a whole number"),
        ("a,c,1,2.5", "raters must be a whole number"),
        ("a,c,1,inf", "raters must be a whole number"),
        ("a,c,1,many", "raters must be a number"),
    ],
)
def test_a_broken_row_costs_itself_alone(tmp_path: Path, row: str, word: str) -> None:
    text = f"source_id,target_id,similarity,raters\na,b,1,1\n{row}\nb,c,2,2\nc,d,2,2\n"
    pairs, (broken,) = load_pairs(write(tmp_path, text))
    assert [pair.source_id for pair in pairs] == ["a", "b", "c"]
    assert (broken.line, broken.id) == (3, row.partition(",")[0])
    assert word in broken.reason


def test_a_row_is_taken_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    text = "source_id,target_id,x,y\na,b,1,1\na,c,1,?\nb,c,1,1\n"
    pairs, (broken,) = load_pairs(write(tmp_path, text))
    assert {pair.target_id for pair in pairs if pair.source_id == "a"} == {"b"}
    assert broken.line == 3


@pytest.mark.parametrize("cells", ["good", ""])
def test_without_numbers_there_is_nothing_to_judge_by(tmp_path: Path, cells: str) -> None:
    with pytest.raises(IngestError, match="must hold numbers, got source_id, target_id, relation"):
        load_pairs(write(tmp_path, f"source_id,target_id,relation\na,b,{cells}\n"))


def test_a_header_alone_gives_no_pairs(tmp_path: Path) -> None:
    assert load_pairs(write(tmp_path, "source_id,target_id,gain\n")) == ((), ())


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here")
@pytest.mark.parametrize(
    ("name", "scales"),
    [
        ("cnrec-open", {"similarity": 1023, "would_follow": 1023}),
        ("energy-chains", {"same_chain": 4950}),
    ],
)
def test_real_pairs_are_read_without_loss(name: str, scales: dict[str, int]) -> None:
    pairs, quarantined = load_pairs(REAL / name / "pairs.csv.gz")
    assert quarantined == ()
    assert {s: sum(pair.scale == s for pair in pairs) for s in scales} == scales
    assert len(pairs) == sum(scales.values())
    assert {pair.raters for pair in pairs} == ({6} if name == "cnrec-open" else {0})
