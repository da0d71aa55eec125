"""Comparisons: Fisher's test as SciPy has it, Holm's correction, and who won how often."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan, nan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import relnews.evaluate.compare.paired as module
from relnews.errors import InvalidTruth
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.compare.paired import compare, correct, holm, randomisation_p
from relnews.evaluate.results import Comparison, Estimate

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

P_VALUES = st.lists(st.floats(0.0001, 1), max_size=12)


def seeded(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def alone(n: int) -> Resampler:
    """Put each list into a group of its own."""
    return Resampler([f"{number:04}" for number in range(n)], seeded(), n_resamples=200)


def versus(system: list[float] | Values, peer: list[float] | Values, better: int = 1) -> Comparison:
    values = {"a": np.array(system), "b": np.array(peer)}
    (found,) = compare(values, "nDCG@10", [("a", "b")], alone(len(system)), better=better)
    return found


def by_scipy(sums: Values) -> float:
    """Enumerate all flips of signs, by an independent library."""

    def distance(flipped: Values, axis: int) -> Values:
        return np.asarray(np.abs(flipped.sum(axis=axis)))

    found = stats.permutation_test(
        (sums,), distance, permutation_type="samples", alternative="greater", n_resamples=np.inf
    )
    return float(found.pvalue)


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=9))
def test_with_few_groups_p_is_that_of_all_flips(sums: list[int]) -> None:
    """Whole numbers, so that many flips tie with the data."""
    column = np.array(sums, np.float64) / 8
    found = randomisation_p(column[:, np.newaxis], seeded())
    assert found[0] == pytest.approx(by_scipy(column))


def test_groups_without_a_difference_leave_p_exact() -> None:
    column = np.zeros(40)
    column[[20, 30, 35]] = 1.0
    both = np.column_stack([column, seeded(3).normal(size=40)])
    assert randomisation_p(both, seeded())[0] == 2 / 2**3
    assert randomisation_p(np.zeros((40, 2)), seeded()).tolist() == [1, 1]


def test_thousands_of_groups_are_no_trouble() -> None:
    assert 0 < randomisation_p(seeded(3).normal(size=(5000, 2)), seeded(), n_flips=99)[0] <= 1


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.6])
def test_with_many_groups_p_is_near_that_of_all_flips(shift: float) -> None:
    column = seeded(3).normal(shift, 1, size=16)
    found = randomisation_p(column[:, np.newaxis], seeded())[0]
    exact = by_scipy(column)
    assert found == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 9999) ** 0.5 + 2e-4)
    assert (found * 10_000) == pytest.approx(round(found * 10_000))


def test_a_group_is_flipped_as_a_whole() -> None:
    """Eight lists that all won are one piece of evidence when they are one story."""
    values = {"a": np.ones(8), "b": np.zeros(8)}
    for groups, expected in (("aaaaaaaa", 1.0), ("aaaabbbb", 0.5), ("abcdefgh", 2 / 2**8)):
        resampler = Resampler(list(groups), seeded())
        (found,) = compare(values, "nDCG@10", [("a", "b")], resampler)
        assert found.p == pytest.approx(expected)


def test_p_is_never_0() -> None:
    found = randomisation_p(np.ones((60, 1)), seeded(), n_flips=99)
    assert found[0] == 1 / 100


@pytest.mark.parametrize("n_groups", [8, 40])
def test_p_is_uniform_when_systems_are_alike(n_groups: int) -> None:
    sums = seeded(6).normal(size=(n_groups, 800))
    found = randomisation_p(sums, seeded(7), n_flips=999)
    for level in (0.05, 0.2, 0.5, 0.9):
        assert np.mean(found <= level) == pytest.approx(level, abs=0.06)


def test_flips_in_blocks_are_counted_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    sums = seeded(6).normal(0.2, size=(30, 3))
    whole = randomisation_p(sums, seeded(7), n_flips=1000)
    monkeypatch.setattr(module, "_FLIPS_AT_ONCE", 3000)
    blocks = randomisation_p(sums, seeded(7), n_flips=1000)
    assert blocks == pytest.approx(whole, abs=0.06)
    assert blocks * 1001 == pytest.approx(np.round(blocks * 1001))


def test_rounding_does_not_make_a_difference() -> None:
    """0.1 + 0.2 - 0.3 is no evidence, and is no win."""
    found = versus([0.1 + 0.2, 0.5], [0.3, 0.5])
    assert (found.p, found.effect) == (1, 0)
    assert (found.wins, found.ties, found.losses) == (0, 2, 0)


def test_wins_ties_and_losses_are_counted() -> None:
    found = versus([1, 0.5, 0.2, 0.2, nan, 1], [0, 0.5, 0.4, 0.2 + 1e-13, 1, nan])
    assert (found.wins, found.ties, found.losses) == (1, 2, 1)
    assert found.difference.value == pytest.approx((1 - 0.2) / 4)
    assert found.difference.n == 4


def test_where_smaller_is_better_the_smaller_wins() -> None:
    system, peer = [0.1, 0.1, 0.5], [0.4, 0.3, 0.2]
    larger, smaller = (versus(system, peer, better=end) for end in (1, -1))
    assert (larger.wins, larger.losses) == (1, 2)
    assert (smaller.wins, smaller.losses) == (2, 1)
    assert smaller.difference == larger.difference
    assert smaller.p == larger.p


def test_the_effect_is_cohens_d() -> None:
    differences = np.array([0.1, 0.3, -0.1, 0.2])
    expected = differences.mean() / differences.std(ddof=1)
    assert versus(differences, np.zeros(4)).effect == pytest.approx(expected)


@pytest.mark.parametrize(
    ("system", "expected"),
    [([0.5, 0.5], 0), ([0.5], 0), ([0.7, 0.7], inf), ([0.1, 0.1, 0.1], -inf)],
)
def test_the_effect_of_a_constant_difference(system: list[float], expected: float) -> None:
    assert versus(system, [0.5] * len(system)).effect == expected


def test_the_difference_has_its_interval() -> None:
    generator = seeded(2)
    system, peer = generator.random(60), generator.random(60)
    found = versus(system, peer).difference
    assert found == alone(60).interval(system - peer)
    assert found.low < found.value < found.high


def test_what_applies_to_no_question_is_unknown() -> None:
    found = versus([nan, 1.0], [1.0, nan])
    assert all(isnan(number) for number in (found.p, found.effect, found.difference.value))
    assert (found.wins, found.ties, found.losses, found.difference.n) == (0, 0, 0, 0)


def test_no_pairs_give_no_comparisons() -> None:
    assert compare({}, "nDCG@10", [], alone(3)) == []
    assert correct([]) == ()


def some_systems(n: int) -> tuple[dict[str, Values], list[str]]:
    generator = seeded(11)
    groups = [f"story {number}" for number in generator.integers(40, size=n)]
    values = {name: generator.random(n) + shift for name, shift in zip("abc", (0, 0.03, 0.1))}  # noqa: B905
    values["a"][::7] = nan
    return values, groups


def test_neither_the_order_of_questions_nor_of_pairs_matters() -> None:
    values, groups = some_systems(200)
    pairs = [("a", "c"), ("b", "c"), ("a", "b")]
    order = seeded(8).permutation(200)
    shuffled = {name: column[order] for name, column in values.items()}
    first = compare(values, "P@5", pairs, Resampler(groups, seeded(1)))
    renamed = [groups[place] for place in order]
    second = compare(shuffled, "P@5", pairs[::-1], Resampler(renamed, seeded(1)))
    for one, other in zip(first, second[::-1], strict=True):
        assert (one.system, one.peer, one.metric) == (other.system, other.peer, "P@5")
        assert (one.wins, one.ties, one.losses) == (other.wins, other.ties, other.losses)
        for number in ("p", "effect"):
            assert getattr(one, number) == pytest.approx(getattr(other, number))
        for bound in ("value", "low", "high", "n"):
            expected = pytest.approx(getattr(other.difference, bound))
            assert getattr(one.difference, bound) == expected


def test_turning_a_pair_round_turns_the_result_round() -> None:
    values, groups = some_systems(200)
    there, back = compare(values, "P@5", [("a", "c"), ("c", "a")], Resampler(groups, seeded(1)))
    assert there.p == back.p
    assert there.effect == pytest.approx(-back.effect)
    assert (there.wins, there.losses) == (back.losses, back.wins)
    assert there.difference.low == pytest.approx(-back.difference.high)


def test_the_same_seed_gives_the_same_comparisons() -> None:
    values, groups = some_systems(200)
    first, second = (
        correct(compare(values, "P@5", [("a", "c"), ("b", "c")], Resampler(groups, seeded(1))))
        for _ in range(2)
    )
    assert first == second


def test_values_of_other_questions_are_refused() -> None:
    with pytest.raises(InvalidTruth, match="one for each of 3 lists, got 2"):
        compare({"a": np.zeros(2), "b": np.zeros(2)}, "P@5", [("a", "b")], alone(3))


def naive_holm(p_values: list[float]) -> list[float]:
    """Correct one by one, each by the worst of all that are not larger."""
    corrected = []
    for p in p_values:
        steps = [(len(p_values) - rank) * other for rank, other in enumerate(sorted(p_values))]
        reached = [step for step, other in zip(steps, sorted(p_values), strict=True) if other <= p]
        corrected.append(min(1.0, max(reached)))
    return corrected


@given(P_VALUES)
def test_holm_is_what_its_definition_says(p_values: list[float]) -> None:
    assert holm(p_values).tolist() == pytest.approx(naive_holm(p_values))


@given(P_VALUES)
def test_holm_keeps_the_order_and_stays_between_p_and_bonferroni(p_values: list[float]) -> None:
    given_p, found = np.array(p_values), holm(p_values)
    assert (np.diff(found[np.argsort(given_p, kind="stable")]) >= 0).all()
    assert (found >= given_p).all()
    assert (found <= np.minimum(1, given_p * len(given_p)) + 1e-12).all()


def test_holm_by_the_book() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_does_not_count_what_was_not_tested() -> None:
    found = holm([nan, 0.04, 0.01])
    assert isnan(found[0])
    assert found[1:].tolist() == pytest.approx([0.04, 0.02])


def test_all_comparisons_of_a_task_are_corrected_together() -> None:
    whole = Comparison(
        metric="P@5",
        system="a",
        peer="b",
        difference=Estimate(0.1, 0.0, 0.2, 9),
        p=0.01,
        p_corrected=nan,
        effect=0.3,
        wins=5,
        ties=1,
        losses=3,
    )
    first, second = correct([replace(whole, p=0.04), replace(whole, metric="R@5")])
    assert first.p_corrected == pytest.approx(0.04)
    assert second == replace(whole, metric="R@5", p_corrected=0.02)
