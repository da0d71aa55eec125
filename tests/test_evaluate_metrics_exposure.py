"""Coverage, Gini, hubs: naive counts over what could have been shown."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from newsroom import NOON, an_article, hours
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import CatalogueCoverage, Gini, HubSkew
from relnews.evaluate.metrics.exposure import occurrences
from relnews.evaluate.truth import Question

if TYPE_CHECKING:
    from datetime import datetime

LIVE = [f"a{number}" for number in range(8)]
CATALOGUE = Catalogue(
    Archive(
        [
            *(an_article(name) for name in LIVE),
            an_article("killed", status="canceled"),
            an_article("later", published_at=hours(5)),
        ]
    )
)
ENTRIES = st.lists(st.sampled_from([*LIVE, "killed", "later", "unknown"]), max_size=6)
RUNS = st.lists(ENTRIES, min_size=1, max_size=8)


def judged(ids: list[str], at: datetime = NOON) -> Judged:
    question = Question(source=an_article("a0"), at=at)
    return Judged(question, tuple(ids), 10, CATALOGUE)


def naive(run: list[list[str]], k: int) -> list[int]:
    return [sum(name in ids[:k] for ids in run) for name in LIVE]


@given(RUNS, st.integers(1, 6))
def test_an_article_counts_in_every_list_it_stands_in(run: list[list[str]], k: int) -> None:
    lists = [judged(ids) for ids in run]
    counts = naive(run, k)
    assert occurrences(lists, k).tolist() == counts
    shown = sum(count > 0 for count in counts)
    assert CatalogueCoverage(k).of_run(lists) == pytest.approx(shown / len(LIVE))


@given(RUNS, st.integers(1, 6))
def test_gini_is_half_the_relative_mean_difference(run: list[list[str]], k: int) -> None:
    counts = np.array(naive(run, k), np.float64)
    found = Gini(k).of_run([judged(ids) for ids in run])
    if not counts.any():
        assert isnan(found)
        return
    differences = np.abs(counts[:, None] - counts).mean()
    assert found == pytest.approx(differences / (2 * counts.mean()))
    assert 0 <= found <= 1 - 1 / len(LIVE)


@given(RUNS, st.integers(1, 6))
def test_hub_skew_is_the_skewness_of_the_counts(run: list[list[str]], k: int) -> None:
    counts = np.array(naive(run, k), np.float64)
    found = HubSkew(k).of_run([judged(ids) for ids in run])
    if counts.std() == 0:
        assert isnan(found)
    else:
        third = ((counts - counts.mean()) ** 3).mean() / counts.std() ** 3
        assert found == pytest.approx(third, abs=1e-9)
        assert found == pytest.approx(stats.skew(counts), abs=1e-9)


def test_equal_shares_and_one_for_all() -> None:
    equal = [judged([name]) for name in LIVE]
    assert Gini(10).of_run(equal) == pytest.approx(0)
    assert CatalogueCoverage(10).of_run(equal) == 1.0
    same = [judged(["a3"]) for _ in LIVE]
    assert Gini(10).of_run(same) == pytest.approx(1 - 1 / len(LIVE))
    assert HubSkew(10).of_run(same) > 2


def test_what_comes_out_later_could_be_shown_later() -> None:
    lists = [judged(["a1"]), judged(["later"], hours(6))]
    assert CatalogueCoverage(10).of_run(lists) == pytest.approx(2 / (len(LIVE) + 1))


def test_a_repeated_entry_is_one_occurrence() -> None:
    assert occurrences([judged(["a1", "a1"])], 10).sum() == 1


@pytest.mark.parametrize("make", [CatalogueCoverage, Gini, HubSkew])
def test_nothing_asked_or_nothing_live_has_no_value(make: type[Gini]) -> None:
    assert isnan(make(10).of_run([]))
    assert isnan(make(10).of_run([judged(["a1"], hours(-500))]))
