"""Rank-biased overlap: the published example, its bounds, and lists that end."""

from __future__ import annotations

import doctest
from itertools import count
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidTruth
from relnews.evaluate.judged import Run
from relnews.evaluate.metrics import churn, rbo

LISTS = st.lists(st.sampled_from("abcdefghijkl"), max_size=12, unique=True)
PATIENCE = st.floats(0.05, 0.98)


def test_the_example_of_the_paper() -> None:
    """Table 1 of Webber et al.: abcdefg and zcavwxy agree by 0, 0, 2/3, 2/4 ... 2/7."""
    p, agreements = 0.9, [0, 0, 2 / 3, 2 / 4, 2 / 5, 2 / 6, 2 / 7]
    expected = (1 - p) / p * sum(a * p**d for a, d in zip(agreements, count(1), strict=False))
    assert rbo("abcdefg", "zcavwxy", p) == pytest.approx(expected + 2 / 7 * p**7)


@given(LISTS, LISTS, PATIENCE)
def test_overlap_is_the_expected_agreement_of_a_reader(
    first: list[str], second: list[str], p: float
) -> None:
    """Over so many depths that nothing is left, the agreement at the end going on."""
    depth = max(len(first), len(second))
    if not depth:
        assert rbo(first, second, p) == 1.0
        return
    agreed = [len({*first[:d]} & {*second[:d]}) / d for d in range(1, depth + 1)]
    agreed += [agreed[-1]] * 2_000
    naive = sum((1 - p) * p**place * agreement for place, agreement in enumerate(agreed))
    assert rbo(first, second, p) == pytest.approx(naive, abs=1e-9)


@given(LISTS, LISTS, PATIENCE)
def test_overlap_is_symmetric_and_bounded(first: list[str], second: list[str], p: float) -> None:
    found = rbo(first, second, p)
    assert found == rbo(second, first, p)
    assert 0 <= found <= 1
    assert rbo(first, first, p) == pytest.approx(1)
    if not {*first} & {*second} and (first or second):
        assert found == 0


def test_a_list_that_ends_differs_from_one_that_goes_on() -> None:
    assert rbo("abc", "abcdef") < 1
    assert rbo("", "abc") == 0
    assert rbo("", "") == 1


def test_a_repeated_entry_counts_where_it_stands_first() -> None:
    assert rbo("aab", "ab") == 1
    assert rbo("abba", "ba") == rbo("ab", "ba")


def test_differences_at_the_top_weigh_most() -> None:
    assert rbo("xbcd", "abcd") < rbo("abcx", "abcd")
    assert rbo("xbcd", "abcd", p=0.1) < rbo("xbcd", "abcd", p=0.9)


@pytest.mark.parametrize("p", [0, 1, -0.1, 1.5, float("nan")])
def test_patience_is_a_probability(p: float) -> None:
    with pytest.raises(InvalidTruth, match=r"p must be in \(0, 1\)"):
        rbo("a", "a", p)


def test_churn_is_the_mean_change_of_lists() -> None:
    first = Run("monday", 2, (("a", "b"), ("c", "d"), ()))
    second = Run("tuesday", 2, (("a", "b"), ("x", "y"), ()))
    assert churn(first, second) == pytest.approx(1 / 3)
    assert churn(first, first) == 0
    assert isnan(churn(Run("a", 2, ()), Run("b", 2, ())))


def test_runs_must_answer_the_same_questions() -> None:
    with pytest.raises(InvalidTruth, match="got 1 lists of 'a' and 2 of 'b'"):
        churn(Run("a", 2, ((),)), Run("b", 2, ((), ())))


def test_the_examples_run() -> None:
    found = doctest.DocTestFinder().find(rbo, globs={"rbo": rbo})
    assert sum(len(example.examples) for example in found) == 2
    for example in found:
        assert doctest.DocTestRunner().run(example).failed == 0
