"""Numbers are written honestly, and sentences say what a comparison shows and no more."""

from __future__ import annotations

import doctest
from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

import relnews.evaluate.report.wording
from evaluations import HOSTILE
from relnews.evaluate.report.wording import (
    decimals_for,
    one_line,
    printable,
    sentence,
    verdict,
    write_estimate,
    write_gain,
    write_interval,
    write_moment,
    write_p,
    write_share,
    write_value,
)
from relnews.evaluate.results import Comparison, Estimate

BETTER = Comparison(
    metric="nDCG@10",
    system="pipeline",
    peer="BM25 query",
    difference=Estimate(0.15, 0.1, 0.2, 400),
    p=0.0001,
    p_corrected=0.0004,
    effect=0.4,
    wins=3,
    ties=2,
    losses=1,
)


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(relnews.evaluate.report.wording).failed == 0


@given(st.floats(), st.integers(0, 3))
def test_only_zero_is_written_as_zero(value: float, decimals: int) -> None:
    written = write_value(value, decimals)
    digits = written.strip("−<>").replace(",", "")
    if value == 0:
        assert written == "0"
    elif digits not in {"–", "∞"}:
        assert float(digits) > 0
    assert "nan" not in written
    assert "inf" not in written


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (nan, 3, "–"),
        (inf, 3, "∞"),
        (-inf, 3, "−∞"),
        (-0.0, 3, "0"),
        (-0.00001, 3, ">−0.0001"),
        (1e20, 0, "1.00e+20"),
        (38.44, 1, "38.4"),
    ],
)
def test_odd_values(value: float, decimals: int, written: str) -> None:
    assert write_value(value, decimals) == written


def test_large_values_have_fewer_decimals() -> None:
    assert [decimals_for([nan, inf, value]) for value in (0.4, 9.9, -12.0, 412.0)] == [3, 3, 1, 0]
    assert decimals_for([]) == 3


def test_intervals() -> None:
    assert write_interval(Estimate(0.4, 0.35, 0.45, 9)) == "[0.350, 0.450]"
    assert write_interval(Estimate(0.4, nan, nan, 9)) == ""
    assert write_interval(Estimate(0.4, nan, 0.5, 9)) == "[–, 0.500]"
    assert write_estimate(Estimate(40, 35, 45, 9)) == "40.0 [35.0, 45.0]"
    assert write_estimate(Estimate(0.4, nan, nan, 9)) == "0.400"


def test_p_shares_gains_and_moments() -> None:
    found = [write_p(p) for p in (0.00001, 0.00042, 0.0312, 0.5, 1.0, nan)]
    assert found == ["<0.0001", "0.0004", "0.031", "0.50", "1.00", "–"]
    assert [write_share(s) for s in (0, 0.004, 0.126, 1, nan)] == [
        "0 %",
        "<1 %",
        "13 %",
        "100 %",
        "–",
    ]
    assert [write_gain(gain) for gain in (2.0, 0.5, 100.0, 0.333, nan)] == [
        "2",
        "0.5",
        "100",
        "0.33",
        "–",
    ]
    assert write_moment("2025-02-03T08:10:22+01:00") == "2025-02-03 08:10"
    assert write_moment("<yesterday>") == "<yesterday>"


def test_a_clear_difference_in_words() -> None:
    assert sentence(BETTER, 1) == (
        "pipeline is better than BM25 query by 0.150 [0.100, 0.200] in nDCG@10, "
        "p = 0.0004 after correction."
    )


def test_where_smaller_is_better_more_is_worse() -> None:
    assert verdict(BETTER, 1) == "better"
    assert verdict(BETTER, -1) == "worse"
    assert verdict(BETTER, 0) == "higher"


def test_a_negative_difference_is_told_by_its_size() -> None:
    worse = replace(BETTER, difference=Estimate(-0.15, -0.2, -0.1, 400), p_corrected=0.00001)
    assert sentence(worse, 1) == (
        "pipeline is worse than BM25 query by 0.150 [0.100, 0.200] in nDCG@10, "
        "p < 0.0001 after correction."
    )
    assert verdict(worse, -1) == "better"
    assert verdict(worse, 0) == "lower"


@pytest.mark.parametrize(
    "changes",
    [
        {"p_corrected": 0.05},
        {"p_corrected": nan},
        {"difference": Estimate(nan, nan, nan, 0)},
        {"difference": Estimate(0.0, 0.0, 0.0, 4)},
    ],
)
def test_no_difference_is_claimed_where_none_is_shown(changes: dict[str, object]) -> None:
    unsure = replace(BETTER, **changes)  # type: ignore[arg-type]
    assert verdict(unsure, 1) == ""
    assert "no difference in nDCG@10 can be shown" in sentence(unsure, 1)


def test_names_stay_on_one_line_and_in_one_direction() -> None:
    for name in HOSTILE:
        written = one_line(name)
        assert not set(written) & set("\n\r\x00\u202e\u202d\ud800")
        printable(name).encode("utf-8")
    assert one_line("a\n b\u202e") == "a b"
