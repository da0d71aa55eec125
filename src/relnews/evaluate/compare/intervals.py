"""How sure a mean is: a bootstrap that draws whole stories, days or users, never single lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, stdtrit

from relnews.errors import InvalidTruth
from relnews.evaluate.results import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

_CELLS_AT_ONCE = 4_000_000  # 32 MB: 2,000 resamples of 2,000 groups


class Resampler:
    """Draw groups with replacement, the same draws for all that is asked of it.

    Cluster bootstrap (Field & Welsh 2007, J. R. Statist. Soc. B 69:369; Cameron, Gelbach & Miller
    2008, Rev. Econ. Stat. 90:414): lists on one story rise and fall together, so that single
    lists would look surer than they are. A mean is the ratio of sums over groups to counts.

    Bounds are those of the expanded percentile interval (Hesterberg 2015, The American
    Statistician 69:371), which widens by Student's t where groups are few. In simulations of
    nDCG-like values in stories of unequal size, 95 % intervals covered the truth in

    ======  ==================  ==========  =====  =============
    groups  expanded (this)     percentile  BCa    lists drawn
    ======  ==================  ==========  =====  =============
    10      92 %                88 %        87 %   68 %
    30      93 %                90 %        87 %   62 %
    100     92 %                92 %        88 %   57 %
    ======  ==================  ==========  =====  =============

    BCa (Efron 1987) was ahead only where nearly all values are 0 (at 30 groups 85 to 90 % against
    86 to 88 %): there every interval is too narrow, and more groups are the only cure.

    Parameters
    ----------
    groups
        The name of the group of each value, shape (n,). Equal names belong together, the empty
        name as any other.
    generator
        Gives a seed; the same seed and groups give the same draws, in whatever order the values
        come.
    level
        In (0, 1).
    n_resamples
        How often to draw.
    """

    def __init__(
        self,
        groups: Sequence[str],
        generator: np.random.Generator,
        *,
        level: float = 0.95,
        n_resamples: int = 2000,
    ) -> None:
        names, codes = np.unique(np.asarray(groups, np.str_), return_inverse=True)
        self.seed = int(generator.integers(2**63))
        self.n_groups = len(names)
        self._codes = codes
        self._level = level
        self._n_resamples = n_resamples
        self._kept: Values | None = None

    def __len__(self) -> int:
        """Count the values that each question to it must have."""
        return len(self._codes)

    def interval(self, values: Values) -> Estimate:
        """Give the mean of values with its interval.

        Parameters
        ----------
        values
            Shape (n,), one for each of the groups' entries. NaN: does not apply, left out.

        Returns
        -------
        Estimate
            `n` counts the values that apply. A constant has its own value as both bounds. Values
            of a single group say nothing about other groups: their bounds are NaN. Nothing that
            applies: all NaN, n = 0.

        Raises
        ------
        InvalidTruth
            When there is not one value for each entry of the groups.
        """
        values = np.asarray(values, np.float64)
        applies = ~np.isnan(values)
        sums = self.resample(np.column_stack([np.where(applies, values, 0.0), applies]))
        n_groups = len(np.unique(self._codes[applies]))
        return self.interval_of(ratio(sums[:, 0], sums[:, 1]), int(applies.sum()), n_groups)

    def interval_of(self, statistic: Values, n: int, n_groups: int | None = None) -> Estimate:
        """Give an estimate of any statistic that was computed from `resample`.

        Parameters
        ----------
        statistic
            Shape (1 + n_resamples,): its value on the data, then on each resample. Resamples on
            which it is NaN are left out.
        n
            How many values it rests on.
        n_groups
            In how many groups they are; None: in all.

        Returns
        -------
        Estimate
            The bounds always hold the value; NaN with fewer than two groups.
        """
        value, drawn = float(statistic[0]), statistic[1:]
        drawn = drawn[~np.isnan(drawn)]
        n_groups = self.n_groups if n_groups is None else n_groups
        if np.isnan(value) or n_groups < 2 or not len(drawn):  # noqa: PLR2004  # one says nothing
            return Estimate(value, float("nan"), float("nan"), n)
        tail = stdtrit(n_groups - 1, (1.0 - self._level) / 2.0)
        share = float(ndtr(np.sqrt(n_groups / (n_groups - 1)) * tail))
        low, high = np.quantile(drawn, [share, 1.0 - share])
        return Estimate(value, float(min(low, value)), float(max(high, value)), n)

    def resample(self, columns: Values) -> Values:
        """Sum columns over the data and over each resample, O(n_resamples n_groups m).

        Parameters
        ----------
        columns
            Shape (n, m).

        Returns
        -------
        float64, shape (1 + n_resamples, m)
            First the sums over the data as they are, then those over each resample.

        Raises
        ------
        InvalidTruth
            When there is not one row for each entry of the groups.
        """
        sums = self.sums(columns)
        drawn = [counts @ sums for counts in self._draws()]
        return np.concatenate([sums.sum(axis=0, keepdims=True), *drawn])

    def sums(self, columns: Values) -> Values:
        """Sum columns over each group: shape (n, m) becomes (n_groups, m), by group name."""
        if len(columns) != len(self):
            msg = f"values must be one for each of {len(self)} lists, got {len(columns)}"
            raise InvalidTruth(msg)
        found = [np.bincount(self._codes, column, self.n_groups) for column in columns.T]
        return np.stack(found, axis=1).astype(np.float64)

    def _draws(self) -> Iterator[Values]:
        """Yield how often each resample holds each group, in blocks of shape (b, n_groups)."""
        if self._kept is not None:
            yield self._kept
            return
        generator = np.random.default_rng(self.seed)
        rows = max(1, min(self._n_resamples, _CELLS_AT_ONCE // max(1, self.n_groups)))
        for start in range(0, self._n_resamples, rows):
            block = self._draw(min(rows, self._n_resamples - start), generator)
            if len(block) == self._n_resamples:
                self._kept = block
            yield block

    def _draw(self, rows: int, generator: np.random.Generator) -> Values:
        size = self.n_groups
        if size == 0:
            return np.zeros((rows, 0))
        drawn = generator.integers(size, size=(rows, size))
        drawn += size * np.arange(rows)[:, np.newaxis]
        counts = np.bincount(drawn.ravel(), minlength=rows * size)
        return counts.reshape(rows, size).astype(np.float64)


def ratio(above: Values, below: Values) -> Values:
    """Divide, NaN where there is nothing to divide by."""
    missing = np.full(np.broadcast(above, below).shape, np.nan)
    divided: Values = np.divide(above, below, out=missing, where=below != 0)
    return divided
