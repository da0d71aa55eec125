"""The standard set, and names that lead back to their metrics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidTruth
from relnews.evaluate.metrics import (
    _BY_NAME,
    NDCG,
    AgeQuantile,
    Divergence,
    Metric,
    SameStory,
    ShareOlder,
    parse,
    split,
    standard,
)

DEPTHS = st.integers(1, 1000)
AMOUNTS = st.floats(1e-6, 1e9)
ODD = st.one_of(
    st.builds(ShareOlder, AMOUNTS, DEPTHS),
    st.builds(SameStory, DEPTHS, st.floats(0, 1), AMOUNTS),
    st.builds(AgeQuantile, st.integers(0, 1000).map(lambda n: n / 1000), DEPTHS),
)


def test_accuracy_comes_first_and_names_are_told_apart() -> None:
    names = [str(metric) for metric in standard(10, 60.0)]
    assert names[:6] == ["nDCG@10", "MRR@10", "AP@10", "precision@10", "recall@10", "hit@10"]
    assert "older than 60 h@10" in names
    assert len(set(names)) == len(names)


@given(DEPTHS, AMOUNTS)
def test_a_name_leads_back_to_its_metric(k: int, hours: float) -> None:
    for metric in standard(k, hours):
        assert parse(str(metric)) == metric
        assert repr(metric) == str(metric)


@given(ODD)
def test_numbers_in_names_are_exact(metric: Metric) -> None:
    assert parse(str(metric)) == metric


def test_every_name_belongs_to_a_metric() -> None:
    for name in _BY_NAME:
        text = name.replace("cosine>=#", "cosine>=0.5").replace("#", "5")
        assert str(parse(text)) == text


def test_case_and_spaces_are_free() -> None:
    assert parse(" ndcg@5 ") == NDCG(5)
    assert parse("Section  Divergence@3") == Divergence("section", 3)


@pytest.mark.parametrize(
    "name",
    ["", "nDCG", "nDCG@", "nDCG@#", "nDCG@-1", "nDCG@1e3", "recal@5", "AP@5@5", "AP@" + "9" * 5000],
)
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(InvalidTruth, match=r"must be|must have one of .* nDCG@#, MRR@#"):
        parse(name)


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(InvalidTruth, match="k must be a whole number of at least 1, got 0"):
        parse("nDCG@0")
    with pytest.raises(InvalidTruth, match="q must be in"):
        parse("age p150 h@10")


def test_metrics_of_one_list_and_of_all_are_told_apart() -> None:
    of_lists, of_runs = split(standard(10, 60.0))
    assert all(hasattr(metric, "of") and not hasattr(metric, "of_run") for metric in of_lists)
    assert {str(metric) for metric in of_runs} == {
        "age p50 h@10",
        "age p90 h@10",
        "coverage@10",
        "Gini@10",
        "hub skew@10",
        "section calibration@10",
        "source calibration@10",
    }
    assert {metric.better for metric in standard(10, 60.0)} == {-1, 0, 1}
