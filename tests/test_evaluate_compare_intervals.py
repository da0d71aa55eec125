"""Intervals: they cover what they should, by groups, and say nothing where nothing is known."""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import relnews.evaluate.compare.intervals as module
from relnews.errors import InvalidTruth
from relnews.evaluate.compare.intervals import Resampler, ratio

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.evaluate.results import Estimate

    Values = npt.NDArray[np.float64]

SEEDS = st.integers(0, 2**32 - 1)


def seeded(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def bounds(estimate: Estimate) -> tuple[float, float]:
    return estimate.low, estimate.high


def stories(generator: np.random.Generator, n_stories: int) -> tuple[list[str], Values]:
    """Draw values that are alike inside a story, of mean 0."""
    sizes = generator.integers(1, 12, n_stories)
    groups = np.repeat([f"story {number}" for number in range(n_stories)], sizes)
    level = np.repeat(generator.normal(size=n_stories), sizes)
    return groups.tolist(), level + generator.normal(scale=0.3, size=len(groups))


def naive(values: Values, groups: list[str], seed: int, n_resamples: int) -> list[float]:
    """Draw whole groups one by one, in plain Python, from the same stream of draws."""
    generator = np.random.default_rng(int(seeded(seed).integers(2**63)))
    names = sorted(set(groups))
    means = []
    for _ in range(n_resamples):
        picked = [names[place] for place in generator.integers(len(names), size=len(names))]
        lists = [v for name in picked for v, g in zip(values, groups, strict=True) if g == name]
        means.append(float(np.mean(lists)))
    return means


def test_the_resamples_are_those_of_whole_groups() -> None:
    groups, values = stories(seeded(5), 7)
    resampler = Resampler(groups, seeded(9), n_resamples=40)
    sums = resampler.resample(np.column_stack([values, np.ones(len(values))]))
    assert sums[0] == pytest.approx([values.sum(), len(values)])
    assert (sums[1:, 0] / sums[1:, 1]).tolist() == pytest.approx(naive(values, groups, 9, 40))


def test_the_bounds_are_the_expanded_percentiles() -> None:
    groups, values = stories(seeded(5), 7)
    means = naive(values, groups, 9, 300)
    share = stats.norm.cdf((7 / 6) ** 0.5 * stats.t.ppf(0.025, 6))
    found = Resampler(groups, seeded(9), n_resamples=300).interval(values)
    assert found.value == pytest.approx(values.mean())
    assert bounds(found) == pytest.approx(np.quantile(means, [share, 1 - share]))
    assert found.low < np.quantile(means, 0.025)
    assert found.high > np.quantile(means, 0.975)


def test_whole_groups_cover_the_truth_where_single_lists_do_not() -> None:
    """Promise about 95 %; single lists, taken for independent, reach much less."""
    generator = seeded(1)
    covered = {"groups": 0, "lists": 0}
    for _ in range(300):
        groups, values = stories(generator, 25)
        alone = [str(number) for number in range(len(values))]
        for name, by in (("groups", groups), ("lists", alone)):
            found = Resampler(by, generator, n_resamples=300).interval(values)
            covered[name] += found.low <= 0 <= found.high
    assert 0.89 <= covered["groups"] / 300 <= 0.99
    assert covered["lists"] / 300 < 0.7


def test_few_groups_are_covered_too() -> None:
    generator = seeded(2)
    covered = 0
    for _ in range(300):
        found = Resampler(list("abcdef"), generator, n_resamples=300).interval(
            generator.normal(size=6)
        )
        covered += found.low <= 0 <= found.high
    assert 0.89 <= covered / 300 <= 0.99  # the plain percentile interval covers about 85 %


def test_a_mean_weighs_lists_not_groups() -> None:
    found = Resampler(["a", "a", "a", "b"], seeded()).interval(np.array([1.0, 1.0, 1.0, 0.0]))
    assert found.value == 0.75
    assert bounds(found) == (0, 1)


def test_what_does_not_apply_is_left_out() -> None:
    groups, values = stories(seeded(3), 20)
    holes = values.copy()
    holes[::3] = nan
    found = Resampler(groups, seeded()).interval(holes)
    assert found.n == np.count_nonzero(~np.isnan(holes))
    assert found.value == pytest.approx(np.nanmean(holes))
    assert found.low < found.value < found.high


def test_a_constant_is_its_own_interval() -> None:
    found = Resampler(list("aabbcc"), seeded()).interval(np.full(6, 0.25))
    assert (found.value, *bounds(found), found.n) == (0.25, 0.25, 0.25, 6)


@pytest.mark.parametrize(
    ("values", "groups"),
    [([0.1, 0.9], "aa"), ([0.1, 0.9, nan], "aab"), ([0.5], "a"), ([0.5, 0.5], "aa")],
)
def test_one_group_says_nothing_of_others(values: list[float], groups: str) -> None:
    found = Resampler(list(groups), seeded()).interval(np.array(values))
    assert found.value == pytest.approx(0.5)
    assert all(isnan(bound) for bound in bounds(found))
    assert found.n == np.count_nonzero(~np.isnan(values))


@pytest.mark.parametrize("groups", ["", "a", "ab"])
def test_nothing_that_applies_is_unknown(groups: str) -> None:
    found = Resampler(list(groups), seeded()).interval(np.full(len(groups), nan))
    assert all(isnan(number) for number in (found.value, found.low, found.high))
    assert found.n == 0


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 1)), min_size=1), SEEDS)
def test_an_interval_holds_its_mean_within_the_range_of_the_values(
    given_values: list[tuple[str, float]], seed: int
) -> None:
    groups = [group for group, _ in given_values]
    values = np.array([value for _, value in given_values])
    found = Resampler(groups, seeded(seed), n_resamples=50).interval(values)
    assert found.value == pytest.approx(values.mean())
    if len(set(groups)) == 1:
        return
    assert found.low <= found.value <= found.high
    assert found.low >= values.min() - 1e-12
    assert found.high <= values.max() + 1e-12


def test_the_order_of_the_lists_does_not_matter() -> None:
    groups, values = stories(seeded(4), 15)
    order = seeded(8).permutation(len(values))
    shuffled = Resampler([groups[place] for place in order], seeded()).interval(values[order])
    assert bounds(shuffled) == pytest.approx(bounds(Resampler(groups, seeded()).interval(values)))


def test_the_same_seed_gives_the_same_interval() -> None:
    groups, values = stories(seeded(4), 15)
    first, second, other = (Resampler(groups, seeded(seed)).interval(values) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_a_wider_level_gives_a_wider_interval() -> None:
    groups, values = stories(seeded(4), 15)
    narrow, wide = (
        Resampler(groups, seeded(), level=level).interval(values) for level in (0.5, 0.99)
    )
    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_same_draws_serve_all_questions() -> None:
    """One resampler answers as a fresh one of the same seed does, in any order."""
    groups, values = stories(seeded(4), 15)
    resampler = Resampler(groups, seeded(1))
    resampler.interval(values**2)
    assert resampler.interval(values) == Resampler(groups, seeded(1)).interval(values)


def test_drawing_in_blocks_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    groups, values = stories(seeded(4), 15)
    whole = Resampler(groups, seeded()).interval(values)
    monkeypatch.setattr(module, "_CELLS_AT_ONCE", 100)
    resampler = Resampler(groups, seeded())
    for _ in range(2):
        found = resampler.interval(values)
        assert bounds(found) == pytest.approx(bounds(whole))


def test_any_statistic_of_the_sums_has_an_interval() -> None:
    groups, values = stories(seeded(4), 15)
    resampler = Resampler(groups, seeded(1))
    sums = resampler.resample(np.column_stack([values, np.ones(len(values))]))
    found = resampler.interval_of(ratio(sums[:, 0], sums[:, 1]), len(values))
    assert found == resampler.interval(values)


def test_a_statistic_that_is_rarely_defined_uses_the_resamples_where_it_is() -> None:
    resampler = Resampler(["a", "b"], seeded(), n_resamples=4)
    found = resampler.interval_of(np.array([1.0, nan, 0.5, 2.0, nan]), 2)
    assert bounds(found) == pytest.approx((0.5, 2.0))
    none = resampler.interval_of(np.array([1.0, nan, nan, nan, nan]), 2)
    assert none.value == 1
    assert all(isnan(bound) for bound in bounds(none))


@pytest.mark.parametrize("n", [0, 1, 3])
def test_values_that_belong_to_other_groups_are_refused(n: int) -> None:
    with pytest.raises(InvalidTruth, match=rf"one for each of 2 lists, got {n}"):
        Resampler(["a", "b"], seeded()).interval(np.zeros(n))


def test_nothing_divided_by_nothing_is_unknown() -> None:
    found = ratio(np.array([1.0, 0.0, 3.0]), np.array([2.0, 0.0, 0.0]))
    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()
