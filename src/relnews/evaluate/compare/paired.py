"""Whether one system is better than another: paired tests on the same questions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.results import Comparison

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.compare.intervals import Resampler

    Values = npt.NDArray[np.float64]

SIGNIFICANT = 0.05
"""A p below this, corrected where there are several, shows a difference."""

_EQUAL = 1e-12
"""Two values of a metric that differ by no more are a tie; so is a sum within as much of it."""

_FLIPS_AT_ONCE = 2_000_000


def compare(
    values: Mapping[str, Values],
    metric: str,
    pairs: Iterable[tuple[str, str]],
    resampler: Resampler,
    *,
    better: int = 1,
) -> list[Comparison]:
    """Compare systems with their peers on one metric.

    `p` is that of `randomisation_p`, `effect` Cohen's d of the paired differences (mean over
    standard deviation, Cohen 1988; 0 where all are equal, infinite where all differ by the same),
    the interval of the difference that of `Resampler`. No result depends on which other pairs are
    compared, nor on their order. `p_corrected` is NaN until `correct` has seen all comparisons of
    the task.

    Parameters
    ----------
    values
        By system: the metric on each list, shape (n,), in the same order for all. A question on
        which either of a pair is NaN is left out of that pair.
    metric
        Its name.
    pairs
        (system, peer).
    resampler
        Made from the groups of the n questions.
    better
        The end of the metric that wins: +1 (or 0) the larger, -1 the smaller. It turns wins and
        losses round, not the difference, which is always system minus peer.

    Returns
    -------
    list of Comparison
        In the order of the pairs. Where no question is left, all numbers are NaN and counts 0.
    """
    named = list(pairs)
    if not named:
        return []
    found = [_difference(values[system], values[peer]) for system, peer in named]
    sums = resampler.sums(np.column_stack([np.nan_to_num(each) for each in found]))
    chances = randomisation_p(sums, np.random.default_rng(resampler.seed))
    compared = []
    for (system, peer), each, chance in zip(named, found, chances, strict=True):
        wins, ties, losses = _outcomes(each, better)
        comparison = Comparison(
            metric=metric,
            system=system,
            peer=peer,
            difference=resampler.interval(each),
            p=float(chance) if wins + ties + losses else float("nan"),
            p_corrected=float("nan"),
            effect=_effect(each),
            wins=wins,
            ties=ties,
            losses=losses,
        )
        compared.append(comparison)
    return compared


def randomisation_p(sums: Values, generator: np.random.Generator, *, n_flips: int = 9999) -> Values:
    """Give p of a two-sided Fisher randomisation test for paired differences.

    If a pair of systems were alike, each group of questions could as well have come out with
    the systems swapped: p is the share of sign flips whose sum is at least as far from 0
    (Smucker, Allan & Carterette 2007, CIKM; whole groups are flipped, as in Winkler et al. 2015,
    NeuroImage 123:253). Exact where 2^groups <= n_flips + 1, groups that sum to 0 left out;
    otherwise the data count as one of the flips, so that p is never 0 (Phipson & Smyth 2010,
    Stat. Appl. Genet. Mol. Biol. 9:39). `scipy.stats.permutation_test` gives the same, but draws
    anew for every pair: minutes instead of seconds for all metrics of an evaluation.

    Parameters
    ----------
    sums
        Shape (n_groups, m): the differences of each pair summed by group.
    generator
        Draws the same flips for all pairs.
    n_flips
        How many to draw, >= 1.

    Returns
    -------
    float64, shape (m,), in (0, 1]
        1 where all sums are 0 or there is one group only.
    """
    n_moving = np.count_nonzero(sums, axis=0)
    exact = n_moving <= np.log2(n_flips + 1)
    chances = np.ones(sums.shape[1])
    for place in np.flatnonzero(exact):
        column = sums[sums[:, place] != 0, place]
        chances[place] = _as_far(_all_flips(len(column)), column[:, np.newaxis])[0]
    if not exact.all():
        chances[~exact] = _drawn_p(sums[:, ~exact], generator, n_flips)
    return chances


def holm(p_values: Sequence[float] | Values) -> Values:
    """Correct p-values for their number, so that any false one is as rare as for a single test.

    Step-down (Holm 1979, Scand. J. Statist. 6:65): the smallest of m times m, the next times
    m - 1, and so on; never smaller than one before, at most 1. NaN stays NaN and does not count.

    Returns
    -------
    float64, shape (m,), in the order given
    """
    p_values = np.asarray(p_values, np.float64)
    corrected = np.full(p_values.shape, np.nan)
    given = np.flatnonzero(~np.isnan(p_values))
    order = given[np.argsort(p_values[given], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return corrected


def correct(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Put `p_corrected` into all comparisons of a task: every metric and pair is one test."""
    corrected = holm([comparison.p for comparison in comparisons])
    return tuple(
        replace(comparison, p_corrected=float(chance))
        for comparison, chance in zip(comparisons, corrected, strict=True)
    )


def _difference(system: Values, peer: Values) -> Values:
    """Subtract; what rounding alone tells apart is equal."""
    found = np.asarray(system, np.float64) - np.asarray(peer, np.float64)
    return np.where(np.abs(found) <= _EQUAL, 0.0, found)


def _outcomes(difference: Values, better: int) -> tuple[int, int, int]:
    """Count wins, ties and losses; NaN is none of them."""
    gained = difference if better >= 0 else -difference
    counts = (np.count_nonzero(gained > 0), np.count_nonzero(gained == 0))
    return int(counts[0]), int(counts[1]), int(np.count_nonzero(gained < 0))


def _effect(difference: Values) -> float:
    """Give Cohen's d: 0 where all are equal, infinite where all differ by the same."""
    given = difference[~np.isnan(difference)]
    if len(given) and not given.any():
        return 0.0
    if len(given) <= 1:
        return float("nan")
    spread = float(np.std(given, ddof=1))
    mean = float(np.mean(given))
    return mean / spread if spread > _EQUAL else float(np.copysign(np.inf, mean))


def _all_flips(n_groups: int) -> Values:
    """Give every way to set signs, shape (2^n_groups, n_groups)."""
    ways = np.arange(2**n_groups)[:, np.newaxis]
    return _signs((ways >> np.arange(n_groups)) & 1)


def _drawn_p(sums: Values, generator: np.random.Generator, n_flips: int) -> Values:
    """Draw flips, in blocks, and count the data as one of them."""
    rows = max(1, _FLIPS_AT_ONCE // len(sums))
    reached = np.ones(sums.shape[1])
    for start in range(0, n_flips, rows):
        shape = (min(rows, n_flips - start), len(sums))
        flips = _signs(generator.integers(2, size=shape, dtype=np.int8))
        reached += _as_far(flips, sums) * shape[0]
    return reached / (n_flips + 1)


def _signs(bits: npt.NDArray[np.integer]) -> Values:
    return np.where(bits, 1.0, -1.0)


def _as_far(flips: Values, sums: Values) -> Values:
    """Give the share of flips, shape (f, n_groups), whose sum is as far from 0, by column."""
    rounding = _EQUAL * np.abs(sums).sum(axis=0)
    return np.asarray((np.abs(flips @ sums) >= np.abs(sums.sum(axis=0)) - rounding).mean(axis=0))
