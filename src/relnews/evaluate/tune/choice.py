"""Which candidate to take: the front of what cannot be had together, and the rule of one error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.compare.intervals import ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.evaluate.compare.intervals import Resampler

    Values = npt.NDArray[np.float64]

_ROUNDING = 1e-12


def pareto(points: Values) -> npt.NDArray[np.bool_]:
    """Mark the points that no other beats: as good in everything and better in something.

    Parameters
    ----------
    points
        Shape (n, m), larger is better in every column. NaN is worse than any number.

    Returns
    -------
    bool, shape (n,)
        Equal points stand or fall together. O(n² m).

    Examples
    --------
    >>> pareto(np.array([[0.4, 0.9], [0.5, 0.7], [0.4, 0.8]])).tolist()
    [True, True, False]
    """
    points = np.where(np.isnan(points), -np.inf, points)
    as_good = (points[:, np.newaxis] >= points[np.newaxis]).all(axis=2)
    better = (points[:, np.newaxis] > points[np.newaxis]).any(axis=2)
    return ~np.asarray((as_good & better).any(axis=0), np.bool_)


def standard_error(differences: Values, resampler: Resampler) -> Values:
    """Give the standard error of means by the cluster bootstrap of `Resampler`.

    Widened by √(g / (g - 1)) for g groups: a bootstrap of few groups is too narrow by as much.

    Parameters
    ----------
    differences
        Shape (n, m), one row for each value that the resampler has the group of.

    Returns
    -------
    float64, shape (m,)
        Infinite with fewer than two groups, which say nothing about others.
    """
    n_groups = resampler.n_groups
    if n_groups < 2:  # noqa: PLR2004  # one group has no spread
        return np.full(differences.shape[1], np.inf)
    sums = resampler.resample(np.column_stack([differences, np.ones(len(differences))]))
    means = ratio(sums[1:, :-1], sums[1:, -1:])
    spread = np.std(means, axis=0, ddof=1)
    widened: Values = spread * np.sqrt(n_groups / (n_groups - 1))
    return widened


def simplest_of_the_best(
    values: Values, distances: Sequence[tuple[float, ...]], resampler: Resampler
) -> int:
    """Choose a candidate by the rule of one standard error, so as not to follow noise.

    Of those whose mean is at most one standard error below the best, the simplest (Breiman,
    Friedman, Olshen & Stone 1984, Classification and Regression Trees, section 3.4.3). The error
    is that of the paired difference from the best: all answer the same questions, and what is
    hard for one is hard for all.

    Parameters
    ----------
    values
        Shape (n, m): n questions, m candidates; larger is better, no NaN.
    distances
        How far each candidate is from simple; the smallest wins, then the better mean, then the
        first.
    resampler
        Made from the groups of the n questions.

    Returns
    -------
    int
        The candidate's place. With a single group of questions simply the simplest.
    """
    means = values.mean(axis=0)
    best = int(np.argmax(means))
    behind = values[:, [best]] - values
    near = behind.mean(axis=0) <= standard_error(behind, resampler) + _ROUNDING
    return min(
        np.flatnonzero(near).tolist(), key=lambda place: (distances[place], -means[place], place)
    )
