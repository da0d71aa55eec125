"""Pair metrics on many resamples or swaps at once, from how often each group is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.compare.intervals import ratio
from relnews.evaluate.metrics import Auc, AveragePrecision, Pearson, Spearman

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.evaluate.metrics import PairMetric

    Values = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

EQUAL = 1e-12
"""Values of a metric that differ by no more are equal."""

_CELLS_AT_ONCE = 1_000_000  # 8 MB an array


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """What is counted together: gains, scores and the number of the group, each of shape (m,)."""

    gains: Values
    scores: Values
    groups: Places


def counted(metric: PairMetric, items: Items, counts: Values) -> Values:
    """Measure items as often as their group counts: counts (b, g) give values (b,).

    Equals `of_pairs` of the items repeated so often, but needs no sorting for each row.
    """
    blocks = -(-len(counts) * len(items.gains) // _CELLS_AT_ONCE)
    found = [_block(metric, items, some) for some in np.array_split(counts, max(1, blocks))]
    return np.concatenate(found)


def _block(metric: PairMetric, items: Items, counts: Values) -> Values:
    match metric:
        case Pearson():
            return _pearson(items, counts)
        case Spearman():
            return _spearman(items, counts)
        case Auc():
            return _auc(*_good_and_other(items, counts, metric.at_least))
        case AveragePrecision():
            return _average_precision(*_good_and_other(items, counts, metric.at_least))
    rows = [np.repeat(np.arange(len(items.gains)), row[items.groups].astype(int)) for row in counts]
    return np.array([metric.of_pairs(items.gains[some], items.scores[some]) for some in rows])


def _pearson(items: Items, counts: Values) -> Values:
    """Correlate by the sums of each group; centred first, lest digits are lost."""
    x, y = items.gains - items.gains.mean(), items.scores - items.scores.mean()
    columns = (np.ones_like(x), x, y, x * x, y * y, x * y)
    sums = [np.bincount(items.groups, column, counts.shape[1]) for column in columns]
    n, x, y, xx, yy, xy = (counts @ np.stack(sums, axis=1)).T
    n = np.maximum(n, 1.0)
    spread_x, spread_y = xx - x * x / n, yy - y * y / n
    varied = (spread_x > EQUAL * xx) & (spread_y > EQUAL * yy)
    return ratio(xy - x * y / n, np.where(varied, np.sqrt(np.abs(spread_x * spread_y)), 0.0))


def _spearman(items: Items, counts: Values) -> Values:
    """Correlate mean ranks, of which all are halves: the sums are exact."""
    x, y = _ranks(items.gains, items.groups, counts), _ranks(items.scores, items.groups, counts)
    often = counts[:, items.groups]
    x_often = x * often
    spread = np.sum(x_often * x, axis=1) * np.einsum("bm,bm,bm->b", often, y, y)
    return ratio(np.sum(x_often * y, axis=1), np.sqrt(spread))


def _ranks(values: Values, groups: Places, counts: Values) -> Values:
    """Give the rank of each item less the mean rank, shape (b, m); ties share theirs."""
    distinct, level = np.unique(values, return_inverse=True)
    here = counts @ _table(groups, level, (counts.shape[1], len(distinct)))
    ranks = np.cumsum(here, axis=1) - (here + here.sum(axis=1, keepdims=True)) / 2
    return np.asarray(ranks[:, level])


def _auc(good: Values, other: Values) -> Values:
    """Count the others below each good one; ties count half."""
    below = np.cumsum(other, axis=1) - other / 2
    return ratio(np.sum(good * below, axis=1), good.sum(axis=1) * other.sum(axis=1))


def _average_precision(good: Values, other: Values) -> Values:
    """Average the precision at each good one; ties share a threshold."""
    good, other = good[:, ::-1], other[:, ::-1]
    hits = np.cumsum(good, axis=1)
    precision = np.nan_to_num(ratio(hits, hits + np.cumsum(other, axis=1)))
    found = ratio(np.sum(good * precision, axis=1), hits[:, -1])
    return np.where(other.any(axis=1), found, nan)


def _good_and_other(items: Items, counts: Values, at_least: float) -> tuple[Values, Values]:
    """Count good and other items at each distinct score, lowest first: (b, levels) each."""
    distinct, level = np.unique(items.scores, return_inverse=True)
    good, shape = items.gains >= at_least, (counts.shape[1], len(distinct))
    tables = (_table(items.groups[some], level[some], shape) for some in (good, ~good))
    of_good, of_other = (np.asarray(counts @ table) for table in tables)
    return of_good, of_other


def _table(groups: Places, levels: Places, shape: tuple[int, int]) -> Values:
    """Count the items of each group at each level."""
    cells = np.bincount(groups * shape[1] + levels, minlength=shape[0] * shape[1])
    return cells.reshape(shape).astype(np.float64)
