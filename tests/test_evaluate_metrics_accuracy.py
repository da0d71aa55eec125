"""Accuracy: the figures of trec_eval, and what counts against a list."""

from __future__ import annotations

from math import isnan, log2
from typing import TYPE_CHECKING

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, an_article
from relnews.errors import InvalidTruth
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import AP, MRR, NDCG, Hit, Precision, Recall
from relnews.evaluate.truth import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from relnews.evaluate.protocols import ListMetric

NOTHING = Catalogue(Archive([]))
SOURCE = an_article("s")
POOL = "abcdefghijkl"
MAKERS: tuple[Callable[[int], ListMetric], ...] = (NDCG, MRR, AP, Precision, Recall, Hit)
ORACLES = (
    ir_measures.nDCG,
    ir_measures.RR,
    ir_measures.AP,
    ir_measures.P,
    ir_measures.R,
    ir_measures.Success,
)

LISTS = st.lists(st.sampled_from(POOL), max_size=12, unique=True)
GAINS = st.dictionaries(st.sampled_from(POOL + "xyz"), st.integers(1, 4), min_size=1)
DEPTHS = st.integers(1, 12)


def judged(ids: Sequence[str], gains: Mapping[str, float]) -> Judged:
    return Judged(Question(source=SOURCE, at=NOON, gains=gains), tuple(ids), 12, NOTHING)


@given(LISTS.filter(bool), GAINS, DEPTHS)
def test_all_agree_with_ir_measures(ids: list[str], gains: dict[str, int], k: int) -> None:
    qrels = [ir_measures.Qrel("q", name, gain) for name, gain in gains.items()]
    run = [ir_measures.ScoredDoc("q", name, -float(rank)) for rank, name in enumerate(ids)]
    measures = [oracle @ k for oracle in ORACLES]
    expected = ir_measures.calc_aggregate(measures, qrels, run)
    for make, measure in zip(MAKERS, measures, strict=True):
        assert make(k).of(judged(ids, gains)) == pytest.approx(expected[measure], abs=1e-9)


def test_ndcg_by_hand() -> None:
    found = NDCG(3).of(judged("xab", {"a": 3.0, "b": 1.0}))
    assert found == pytest.approx((3 / log2(3) + 1 / 2) / (3 + 1 / log2(3)))


def test_gains_need_not_be_whole_numbers() -> None:
    found = NDCG(2).of(judged("ba", {"a": 0.75, "b": 0.5}))
    assert found == pytest.approx((0.5 + 0.75 / log2(3)) / (0.75 + 0.5 / log2(3)))


@pytest.mark.parametrize("make", MAKERS)
def test_without_truth_there_is_no_value(make: Callable[[int], ListMetric]) -> None:
    assert isnan(make(10).of(judged("abc", {})))


@pytest.mark.parametrize("make", MAKERS)
def test_an_empty_list_is_worth_nothing(make: Callable[[int], ListMetric]) -> None:
    assert make(10).of(judged("", {"a": 1.0})) == 0.0


@given(GAINS, DEPTHS)
def test_the_best_list_has_all_there_is(gains: dict[str, int], k: int) -> None:
    best = judged(sorted(gains, key=lambda name: -gains[name]), gains)
    assert NDCG(k).of(best) == 1.0
    assert MRR(k).of(best) == 1.0
    assert Hit(k).of(best) == 1.0
    share = min(k, len(gains)) / len(gains)
    assert AP(k).of(best) == pytest.approx(share)
    assert Recall(k).of(best) == pytest.approx(share)
    assert Precision(k).of(best) == pytest.approx(min(k, len(gains)) / k)


@given(LISTS, GAINS, DEPTHS, st.data())
def test_a_right_answer_further_up_is_never_worse(
    ids: list[str], gains: dict[str, int], k: int, data: st.DataObject
) -> None:
    falls = [
        (up, down)
        for up in range(len(ids))
        for down in range(up + 1, len(ids))
        if gains.get(ids[down], 0) >= gains.get(ids[up], 0)
    ]
    if not falls:
        return
    up, down = data.draw(st.sampled_from(falls))
    swapped = list(ids)
    swapped[up], swapped[down] = swapped[down], swapped[up]
    for make in MAKERS:
        before, after = make(k).of(judged(ids, gains)), make(k).of(judged(swapped, gains))
        assert after >= before - 1e-12


@given(LISTS, GAINS, DEPTHS, st.integers(0, 12))
def test_a_shorter_list_is_never_better(
    ids: list[str], gains: dict[str, int], k: int, length: int
) -> None:
    for make in MAKERS:
        assert make(k).of(judged(ids[:length], gains)) <= make(k).of(judged(ids, gains))


@given(st.lists(st.sampled_from(POOL), max_size=12), GAINS, DEPTHS)
def test_a_repeated_answer_gains_nothing(ids: list[str], gains: dict[str, int], k: int) -> None:
    marked = [name if name not in ids[:at] else f"again {at}" for at, name in enumerate(ids)]
    for make in MAKERS:
        found = make(k).of(judged(ids, gains))
        assert found == make(k).of(judged(marked, gains))
        assert 0 <= found <= 1


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("k", [0, -1, True, 2.0, "3"])
def test_k_must_be_a_whole_number(make: Callable[[object], ListMetric], k: object) -> None:
    with pytest.raises(InvalidTruth, match="k must be a whole number of at least 1, got"):
        make(k)
