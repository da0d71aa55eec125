"""Runs and judgements go through TREC files and come back; foreign files are read like theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relnews.errors import IngestError, InvalidTruth
from relnews.evaluate.load import load_qrels, read_qrels, read_run, write_qrels, write_run
from relnews.evaluate.truth import JudgedPair

if TYPE_CHECKING:
    from pathlib import Path

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
LISTS = st.lists(IDS, min_size=1, max_size=8, unique=True).map(tuple)
GAINS = st.floats(allow_nan=False, allow_infinity=False)
ODD = ("a b", "100%", "%61", "a%20b", "\ufeffx", "#x", "\u2028", "\xa0", "\x85", "ü\n", "\0")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trec") / "file"


@given(run=st.dictionaries(IDS, LISTS, max_size=4))
@example(run=dict.fromkeys(ODD, ODD))
def test_a_run_comes_back_as_it_was(path: Path, run: dict[str, tuple[str, ...]]) -> None:
    write_run(path, run, tag="my system")
    assert read_run(path) == run
    assert list(read_run(path)) == list(run)


@given(qrels=st.dictionaries(IDS, st.dictionaries(IDS, GAINS, min_size=1), max_size=4))
@example(qrels={name: dict.fromkeys(ODD, 0.8333) for name in ODD})
def test_qrels_come_back_as_they_were(path: Path, qrels: dict[str, dict[str, float]]) -> None:
    write_qrels(path, qrels)
    assert read_qrels(path) == qrels


def test_the_files_are_what_the_tools_expect(path: Path) -> None:
    write_run(path, {"q 1": ["b", "ä"], "q2": [], "q3": ["a"]}, tag="bm 25")
    assert path.read_text(encoding="utf-8") == (
        "q%201 Q0 b 1 2 bm%2025\nq%201 Q0 ä 2 1 bm%2025\nq3 Q0 a 1 1 bm%2025\n"
    )
    write_qrels(path, {"q": {"a": 3.0, "b": 0.5, "c": 0, "d": -1}, "none": {}})
    assert path.read_text(encoding="utf-8") == "q 0 a 3\nq 0 b 0.5\nq 0 c 0\nq 0 d -1\n"


@given(
    entries=st.dictionaries(
        st.text("abAB09-é𝄞\uffff", min_size=1, max_size=3), st.integers(-3, 3), min_size=1
    )
)
def test_scores_decide_and_ties_fall_as_in_trec_eval(path: Path, entries: dict[str, int]) -> None:
    """The naive way: bubble the entry up that trec_eval's comparison puts first."""
    text = "".join(f"q Q0 {name} 1 {score}e-1 x\n" for name, score in entries.items())
    path.write_text(text, encoding="utf-8")
    left, expected = dict(entries), []
    while left:
        first = next(iter(left))
        for name, score in left.items():
            if (score, name.encode()) > (left[first], first.encode()):
                first = name
        expected.append(first)
        del left[first]
    assert read_run(path) == {"q": tuple(expected)}


def test_ranks_tags_comments_and_blanks_are_passed_over(path: Path) -> None:
    path.write_text("# made by hand\n\nq\tQ0  a\t9 0.5 x\r\n q 0 b 1 .75 y\n", encoding="utf-8")
    assert read_run(path) == {"q": ("b", "a")}


def test_percent_signs_that_make_no_text_are_left_alone(path: Path) -> None:
    path.write_text("q 0 100% 1\nq 0 %ff 2\nq 0 a%2Fb 1\n", encoding="utf-8")
    assert read_qrels(path) == {"q": {"100%": 1.0, "%ff": 2.0, "a/b": 1.0}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"q Q0 a 1 2\n", "line 1 must have the fields qid Q0 docid rank score tag"),
        (b"q Q0 a b 1 2 x\n", "line 1 must have the fields"),
        (b"q Q0 a 1 2 x\nq Q0 b 1 high x\n", "line 2 must have a finite number as its score"),
        (b"q Q0 a 1 nan x\n", "must have a finite number as its score"),
        (b"q Q0 a 1 2 x\nq Q0 a 2 1 x\n", "line 2 must not list an article twice"),
        (b"q Q0 a 1 2 x\nq Q0 %61 2 1 x\n", "a list must not hold an article twice"),
        (b"q Q0 a\xff 1 2 x\n", "line 1: the line must be UTF-8"),
        (b"q Q0 a\0 1 2 x\n", "line 1: a line must not hold the character NUL"),
    ],
)
def test_a_broken_run_is_an_error(path: Path, text: bytes, message: str) -> None:
    path.write_bytes(text)
    with pytest.raises(IngestError, match=message):
        read_run(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q 0 a\n", "line 1 must have the fields qid 0 docid gain"),
        ("q 0 a good\n", "must have a finite number as its gain"),
        ("q 0 a inf\n", "must have a finite number as its gain"),
        ("q 0 a 1\nq 0 %61 2\n", "line 2 must not judge an article twice"),
    ],
)
def test_broken_qrels_are_an_error(path: Path, text: str, message: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IngestError, match=message):
        read_qrels(path)


def test_what_the_format_cannot_hold_is_not_written(path: Path) -> None:
    path.write_text("before", encoding="utf-8")
    for run, tag, message in (
        ({"q": ["a", "a"]}, "x", "must not hold an id twice"),
        ({"q": [""]}, "x", "id must be a text that is not empty"),
        ({"": ["a"]}, "x", "qid must be a text that is not empty"),
        ({"q": ["\ud800"]}, "x", "id must be valid Unicode"),
        ({"q": ["a"]}, "", "tag must be a text"),
    ):
        with pytest.raises(InvalidTruth, match=message):
            write_run(path, run, tag)
    with pytest.raises(InvalidTruth, match="a gain must be a finite number"):
        write_qrels(path, {"q": {"a": float("nan")}})
    assert path.read_text(encoding="utf-8") == "before"


def test_an_empty_file_holds_nothing(path: Path) -> None:
    path.write_bytes(b"")
    assert read_run(path) == {}
    assert read_qrels(path) == {}


def test_qrels_as_truth_are_pairs_of_a_source_and_a_target(path: Path) -> None:
    path.write_text("# judged\na 0 b 2\na\t0\tc 0.5\r\n\nc 0 a%20b -1\n", encoding="utf-8")
    pairs, quarantined = load_qrels(path)
    assert quarantined == ()
    assert pairs == (
        JudgedPair("a", "b", 2.0, "qrels"),
        JudgedPair("a", "c", 0.5, "qrels"),
        JudgedPair("c", "a b", -1.0, "qrels"),
    )


def test_the_moment_of_a_question_is_dropped_and_its_largest_gain_kept(path: Path) -> None:
    at = "2026-03-01T08:00:00Z"
    text = f"a@{at} 0 b 1\nx@y 0 b 1\na@{at}~2 0 b 3\na@{at} 0 c 1\na 0 b 2\na@2026 0 b 9\n"
    path.write_text(text, encoding="utf-8")
    found = [(pair.source_id, pair.target_id, pair.gain) for pair in load_qrels(path)[0]]
    assert found == [("a", "b", 3.0), ("x@y", "b", 1.0), ("a", "c", 1.0), ("a@2026", "b", 9.0)]


NAMES = st.text("ab%# ü1", min_size=1, max_size=4).filter(lambda name: name == name.strip())


@given(qrels=st.dictionaries(NAMES, st.dictionaries(NAMES, GAINS, min_size=1), max_size=4))
def test_qrels_as_truth_say_what_read_qrels_gives(
    path: Path, qrels: dict[str, dict[str, float]]
) -> None:
    write_qrels(path, qrels)
    pairs, quarantined = load_qrels(path)
    found = {(pair.source_id, pair.target_id): pair.gain for pair in pairs}
    read = read_qrels(path)
    assert found == {(qid, name): read[qid][name] for qid in read for name in read[qid]}
    assert quarantined == ()


def test_a_broken_line_of_truth_costs_itself_alone(path: Path) -> None:
    path.write_bytes(b"a 0 b\na 0 b high\na 0 b nan\na 0 %00 1\n%20 0 b 1\na 0 \xff 1\na 0 b 1\n")
    pairs, quarantined = load_qrels(path)
    assert pairs == (JudgedPair("a", "b", 1.0, "qrels"),)
    assert [line.line for line in quarantined] == [1, 2, 3, 4, 5, 6]
    assert {line.file for line in quarantined} == {str(path)}
    assert "must have the fields qid 0 docid gain, got 'a 0 b'" in quarantined[0].reason
    assert [line.id for line in quarantined[:2]] == ["", "a"]


def test_truth_without_a_sound_line_is_an_error(path: Path) -> None:
    path.write_text("a Q0 b 1 0.9 x\n", encoding="utf-8")  # a run is none
    with pytest.raises(IngestError, match="at least one line must be sound"):
        load_qrels(path)
    with pytest.raises(IngestError):
        load_qrels(path.with_name("nowhere"))
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert load_qrels(path) == ((), ())
