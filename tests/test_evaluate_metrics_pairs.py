"""Judged pairs: agreement with scikit-learn and scipy, and silence where nothing is defined."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import average_precision_score

from relnews.errors import InvalidTruth
from relnews.evaluate.metrics import Auc, AveragePrecision, Pearson, Spearman

METRICS = (Spearman(), Pearson(), Auc(), AveragePrecision())

PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.integers(-8, 8).map(lambda n: n / 8)),
    min_size=2,
    max_size=30,
)


def columns(pairs: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(pairs, np.float64)
    return table[:, 0], table[:, 1]


@given(PAIRS)
def test_auc_counts_pairs_in_the_right_order(pairs: list[tuple[float, float]]) -> None:
    gains, scores = columns(pairs)
    good, other = scores[gains >= 0.5], scores[gains < 0.5]
    found = Auc().of_pairs(gains, scores)
    if not len(good) or not len(other):
        assert isnan(found)
        return
    wins = (good[:, None] > other).mean() + (good[:, None] == other).mean() / 2
    assert found == pytest.approx(wins)


@given(PAIRS)
def test_average_precision_is_that_of_scikit_learn(pairs: list[tuple[float, float]]) -> None:
    gains, scores = columns(pairs)
    good = gains >= 1.0
    found = AveragePrecision(1.0).of_pairs(gains, scores)
    if good.all() or not good.any():
        assert isnan(found)
    else:
        assert found == pytest.approx(average_precision_score(good, scores))


@given(PAIRS)
def test_correlations_are_those_of_scipy(pairs: list[tuple[float, float]]) -> None:
    gains, scores = columns(pairs)
    if np.ptp(gains) == 0 or np.ptp(scores) == 0:
        assert isnan(Pearson().of_pairs(gains, scores))
        assert isnan(Spearman().of_pairs(gains, scores))
        return
    ranks = stats.rankdata(gains), stats.rankdata(scores)
    assert Pearson().of_pairs(gains, scores) == pytest.approx(np.corrcoef(gains, scores)[0, 1])
    assert Spearman().of_pairs(gains, scores) == pytest.approx(np.corrcoef(*ranks)[0, 1])


@given(PAIRS)
def test_only_the_order_of_scores_matters_to_three_of_them(
    pairs: list[tuple[float, float]],
) -> None:
    gains, scores = columns(pairs)
    for metric in (Auc(), AveragePrecision(), Spearman()):
        here, there = metric.of_pairs(gains, scores), metric.of_pairs(gains, np.exp(scores))
        assert here == pytest.approx(there, nan_ok=True)


def test_scores_upside_down_turn_the_correlation() -> None:
    gains, scores = np.array([0.0, 0.2, 0.9]), np.array([0.1, 0.3, 0.4])
    assert Pearson().of_pairs(gains, -scores) == pytest.approx(-Pearson().of_pairs(gains, scores))
    assert Spearman().of_pairs(gains, -scores) == -1.0
    assert Auc().of_pairs(gains, -scores) == 0.0


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("gains", "scores"),
    [
        ([], []),
        ([1.0], [1.0]),
        ([1.0, 1.0], [0.1, 0.2]),
        ([0.0, 0.0], [0.1, 0.2]),
        ([0.0, 1.0], [0.1, np.nan]),
        ([0.0, 1.0], [0.1, np.inf]),
    ],
)
def test_undefined_is_nan_without_a_warning(
    metric: Pearson, gains: list[float], scores: list[float]
) -> None:
    assert isnan(metric.of_pairs(np.array(gains), np.array(scores)))


def test_nearly_constant_scores_say_nothing() -> None:
    gains, scores = np.array([0.0, 0.5, 1.0]), np.array([0.3, 0.3, 0.3 + 1e-16])
    assert isnan(Pearson().of_pairs(gains, scores))
    single: Any = np.array([0.3, 0.30001, 0.30002], np.float32)
    assert Pearson().of_pairs(gains, single) > 0.99


@pytest.mark.parametrize("metric", METRICS)
def test_arrays_must_match(metric: Pearson) -> None:
    with pytest.raises(InvalidTruth, match=r"got shapes \(2,\) and \(3,\)"):
        metric.of_pairs(np.zeros(2), np.zeros(3))


def test_names() -> None:
    assert [str(metric) for metric in METRICS] == [
        "Spearman",
        "Pearson",
        "AUC(gain>=0.5)",
        "AP(gain>=0.5)",
    ]
    assert str(Auc(2)) == "AUC(gain>=2)"
    assert all(metric.better == 1 for metric in METRICS)
