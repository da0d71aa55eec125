"""How well similarities agree with what people said of judged pairs of articles.

Gains and scores are arrays of shape (n,), one for each pair; larger is better on all four. NaN
where a value is undefined: fewer than two pairs, one class, constant input, a score that is not
finite. No warning is emitted. Each costs O(n log n).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.metrics.slots import in_words

if TYPE_CHECKING:
    import numpy.typing as npt

_NEARLY_CONSTANT = 1e-11
"""Spread, as a share of the mean, below which a correlation is rounding noise."""


class PairMetric(Protocol):
    """A value of judged pairs; its `str` is its name, such as ``Spearman``."""

    @property
    def better(self) -> int:
        """Say which end is the good one: +1, -1 or 0."""
        ...

    def of_pairs(self, gains: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]) -> float:
        """Measure the scores of pairs against their gains, both of shape (n,)."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Auc:
    """Area under the ROC curve: how often a good pair scores above another; ties count half.

    In [0, 1], 0.5 is chance. A pair is good when its gain is at least `at_least`. NaN when all
    pairs are good, or none.

    Fawcett (2006), An introduction to ROC analysis, Pattern Recognition Letters 27(8).
    """

    at_least: float = 0.5
    better: ClassVar[int] = 1

    def __repr__(self) -> str:
        return f"AUC(gain>={in_words(self.at_least)})"

    def of_pairs(self, gains: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]) -> float:
        """Give the area; `InvalidTruth` when the arrays are not of one length."""
        good = np.asarray(gains) >= self.at_least
        if not _measurable(good, scores) or good.all() or not good.any():
            return nan
        from sklearn.metrics import roc_auc_score  # noqa: PLC0415  # slow to import

        return float(roc_auc_score(good, scores))


@dataclass(frozen=True, slots=True, repr=False)
class AveragePrecision:
    """Mean precision over the good pairs when all are sorted by score; ties share a threshold.

    In (0, 1], chance is the share of good pairs. Buckley & Voorhees (2000), Evaluating
    evaluation measure stability, SIGIR. Not interpolated, as in scikit-learn. NaN when all
    pairs are good, or none.
    """

    at_least: float = 0.5
    better: ClassVar[int] = 1

    def __repr__(self) -> str:
        return f"AP(gain>={in_words(self.at_least)})"

    def of_pairs(self, gains: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]) -> float:
        """Give the average precision; `InvalidTruth` when the lengths differ."""
        good = np.asarray(gains) >= self.at_least
        if not _measurable(good, scores) or good.all() or not good.any():
            return nan
        from sklearn.metrics import average_precision_score  # noqa: PLC0415  # slow to import

        return float(average_precision_score(good, scores))


@dataclass(frozen=True, slots=True, repr=False)
class Pearson:
    """Linear correlation of scores and gains, in [-1, 1]; NaN when either is constant.

    The measure of SemEval-2022 task 8, multilingual news article similarity (Chen et al. 2022).
    """

    better: ClassVar[int] = 1

    def __repr__(self) -> str:
        return "Pearson"

    def of_pairs(self, gains: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]) -> float:
        """Give the correlation; `InvalidTruth` when the lengths differ."""
        if not _measurable(gains, scores) or _constant(gains) or _constant(scores):
            return nan
        gains, scores = np.asarray(gains, np.float64), np.asarray(scores, np.float64)
        from scipy.stats import pearsonr  # noqa: PLC0415  # slow to import

        return float(pearsonr(gains, scores).statistic)


@dataclass(frozen=True, slots=True, repr=False)
class Spearman:
    """Correlation of the ranks of scores and gains, in [-1, 1]; NaN when either is constant.

    Indifferent to the scale of the scores. Ties share their mean rank. Spearman (1904), The
    proof and measurement of association between two things.
    """

    better: ClassVar[int] = 1

    def __repr__(self) -> str:
        return "Spearman"

    def of_pairs(self, gains: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]) -> float:
        """Give the rank correlation; `InvalidTruth` when the lengths differ."""
        if not _measurable(gains, scores) or np.ptp(gains) == 0 or np.ptp(scores) == 0:
            return nan
        from scipy.stats import spearmanr  # noqa: PLC0415  # slow to import

        return float(spearmanr(gains, scores).statistic)


def _measurable(gains: npt.NDArray[np.generic], scores: npt.NDArray[np.float64]) -> bool:
    """Tell whether there are two pairs with a finite score; refuse arrays that do not match."""
    if np.ndim(gains) != 1 or np.shape(gains) != np.shape(scores):
        msg = (
            "gains and scores must be arrays of one dimension and one length, "
            f"got shapes {np.shape(gains)} and {np.shape(scores)}"
        )
        raise InvalidTruth(msg)
    return len(scores) > 1 and bool(np.isfinite(scores).all())


def _constant(values: npt.NDArray[np.float64]) -> bool:
    precise = np.asarray(values, np.float64)
    mean = float(np.mean(precise))
    return float(np.linalg.norm(precise - mean)) <= _NEARLY_CONSTANT * abs(mean)
