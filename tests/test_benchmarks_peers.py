"""The arithmetic of the benchmark against peers; what it measures needs corpora and servers."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks" / "speed"))

from contestants.mariadb import query_text
from contestants.material import best_first, top
from peers import bulk_row, first_allowed, single_row


def test_a_list_is_the_first_ten_that_may_be_shown() -> None:
    ranking = np.arange(30)[::-1]
    allowed = np.arange(30) % 2 == 0
    assert first_allowed(ranking, allowed) == [28, 26, 24, 22, 20, 18, 16, 14, 12, 10]
    assert first_allowed(np.array([3, 4]), allowed) == [4]


def test_what_has_no_score_is_not_ranked_and_ties_stay_in_order() -> None:
    assert best_first(np.array([0.0, 2.0, 1.0, 2.0], np.float32)).tolist() == [1, 3, 2]


def test_the_source_is_not_among_its_own_ten() -> None:
    scores = np.arange(40, dtype=np.float32)
    assert top(scores, 39).tolist() == list(range(38, 28, -1))
    assert top(scores, 2).tolist() == list(range(39, 29, -1))


def test_the_ratio_of_queries_is_that_within_blocks() -> None:
    reference = np.array([[1.0, 1.0], [10.0, 10.0], [1.0, 1.0]])
    row = single_row("peer", 2 * reference, reference, {"nDCG@10": 0.5})
    assert (row.seconds, row.ratio, row.facts) == (2.0, 2.0, {"nDCG@10": 0.5})


def test_lists_a_second_are_those_of_the_whole() -> None:
    row = bulk_row("peer", (5.0, "2,000"), 20.0, 100, {"peak GiB": 1.0})
    assert row.ratio == 0.25
    assert row.facts == {"lists/s": 20.0, "measured on": "2,000", "peak GiB": 1.0}


def test_the_plugin_asks_for_the_headline_and_the_words_that_occur_most() -> None:
    body = "und und und Brücke Brücke Gutachten " + " ".join(f"wort{n:02}" for n in range(30))
    asked = query_text("Die Elmse", body).split()
    assert asked[:4] == ["Die", "Elmse", "brücke", "gutachten"]
    assert len(asked) == 2 + 20


@pytest.mark.parametrize("n", [1, 5])
def test_fewer_others_than_ten_are_all_given(n: int) -> None:
    assert len(top(np.arange(n + 1, dtype=np.float32), 0)) == n
