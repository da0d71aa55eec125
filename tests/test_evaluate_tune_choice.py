"""The front and the rule of one standard error, as properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.tune.choice import pareto, simplest_of_the_best, standard_error

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

POINTS = st.tuples(st.integers(0, 25), st.integers(1, 4)).flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=st.integers(0, 4).map(float))
)


def beats(first: Values, second: Values) -> bool:
    return bool((first >= second).all() and (first > second).any())


def resampler(groups: int, each: int = 1, seed: int = 0) -> Resampler:
    names = [f"day {number}" for number in range(groups) for _ in range(each)]
    return Resampler(names, np.random.default_rng(seed))


@given(POINTS)
def test_the_front_is_what_nothing_beats(points: Values) -> None:
    naive = [not any(beats(other, point) for other in points) for point in points]
    assert pareto(points).tolist() == naive


@given(POINTS)
def test_what_is_off_the_front_is_beaten_by_something_on_it(points: Values) -> None:
    on = pareto(points)
    assert on.any() == bool(len(points))
    for point in points[~on]:
        assert any(beats(other, point) for other in points[on])


@given(POINTS, st.randoms(use_true_random=False))
def test_the_front_does_not_depend_on_order_or_scale(points: Values, random: object) -> None:
    order = list(range(len(points)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert pareto(points[order]).tolist() == pareto(points)[order].tolist()
    assert pareto(np.exp(points) * 3).tolist() == pareto(points).tolist()
    front = points[pareto(points)]
    assert pareto(front).all()


def test_a_missing_value_is_the_worst() -> None:
    points = np.array([[0.5, np.nan], [0.5, 0.0], [0.6, np.nan]])
    assert pareto(points).tolist() == [False, True, True]


def test_the_standard_error_is_that_of_a_mean() -> None:
    values = np.random.default_rng(1).normal(size=(400, 2)) * [1.0, 3.0]
    expected = values.std(axis=0, ddof=1) / np.sqrt(400)
    assert standard_error(values, resampler(400)) == pytest.approx(expected, rel=0.06)


def test_copies_within_a_group_add_nothing() -> None:
    values = np.random.default_rng(1).normal(size=(50, 1))
    alone = standard_error(values, resampler(50))
    copied = standard_error(np.repeat(values, 5, axis=0), resampler(50, each=5))
    assert copied == pytest.approx(alone)


def test_few_groups_are_not_trusted() -> None:
    """Of four values the bootstrap alone is 13 % too narrow."""
    values = np.array([[0.0], [1.0], [2.0], [3.0]])
    expected = values.std(ddof=1) / 2
    assert standard_error(values, resampler(4))[0] == pytest.approx(expected, rel=0.05)
    assert np.isinf(standard_error(values, resampler(1, each=4))).all()


def test_a_clear_gain_is_worth_a_change() -> None:
    start = np.random.default_rng(2).random(100)
    values = np.column_stack([start, start + 0.1])
    assert simplest_of_the_best(values, [(0,), (1,)], resampler(100)) == 1


def test_a_gain_within_the_noise_is_not() -> None:
    generator = np.random.default_rng(2)
    start = generator.random(100)
    noise = generator.normal(size=100)
    values = np.column_stack([start, start + noise - noise.mean() + 0.05])
    assert values[:, 1].mean() > values[:, 0].mean()
    assert simplest_of_the_best(values, [(0,), (1,)], resampler(100)) == 0


def test_of_equals_the_simplest_then_the_better_then_the_first() -> None:
    generator = np.random.default_rng(3)
    base = generator.random(60)
    noise = generator.normal(size=(60, 3))
    noise -= noise.mean(axis=0)
    values = base[:, np.newaxis] + noise + np.array([0.0, 0.02, 0.01])
    drawing = resampler(60)
    assert simplest_of_the_best(values, [(0, 1.0), (1, 0.0), (2, 0.0)], drawing) == 0
    assert simplest_of_the_best(values, [(1, 0.5), (1, 0.5), (1, 0.5)], drawing) == 1
    assert simplest_of_the_best(values[:, [0, 0]], [(1,), (1,)], drawing) == 0


def test_one_group_tells_nothing_so_the_simplest_stays() -> None:
    values = np.column_stack([np.zeros(80), np.ones(80)])
    assert simplest_of_the_best(values, [(0,), (1,)], resampler(1, each=80)) == 0


@given(st.integers(0, 2**32), st.integers(2, 12), st.integers(2, 6))
def test_the_chosen_is_near_the_best_and_nothing_near_it_is_simpler(
    seed: int, n_groups: int, size: int
) -> None:
    generator = np.random.default_rng(seed)
    values = generator.random((n_groups * 2, size))
    distances = [(float(generator.integers(3)),) for _ in range(size)]
    drawing = resampler(n_groups, each=2, seed=seed)
    chosen = simplest_of_the_best(values, distances, drawing)
    best = int(values.mean(axis=0).argmax())
    behind = values[:, [best]] - values
    near = behind.mean(axis=0) <= standard_error(behind, drawing) + 1e-12
    assert near[chosen]
    assert all(distances[chosen] <= distances[place] for place in np.flatnonzero(near))
