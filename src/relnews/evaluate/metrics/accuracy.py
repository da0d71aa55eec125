"""How well a list meets the right answers: nDCG, MRR, AP, precision, recall, hit.

An entry is right when its gain is greater than 0. All values are in [0, 1], larger is better.
A question without truth gives NaN; one with truth whose list is empty gives 0; a missing entry
gains nothing, and a repeated one nothing the second time. Each costs O(k + right answers).

The definitions are those of trec_eval, as ir-measures names them: nDCG, RR, AP, P, R, Success.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from math import log2, nan
from typing import TYPE_CHECKING, ClassVar

from relnews.evaluate.metrics.slots import gains, require_k

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relnews.evaluate.judged import Judged


@dataclass(frozen=True, slots=True, repr=False)
class NDCG:
    """Normalised discounted cumulative gain: right answers high up, the best of them highest.

    The sum of gain / log2(rank + 1) over the first k entries, divided by that of the best list
    there could be. The gain is linear, not 2^gain - 1: the default of trec_eval. 1 for a best
    list.

    Järvelin & Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, TOIS 20(4).
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"nDCG@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give the share of the best possible discounted gain."""
        if not judged.question.gains:
            return nan
        best = nlargest(self.k, judged.question.gains.values())
        return _discounted(gains(judged, self.k)) / _discounted(best)


@dataclass(frozen=True, slots=True, repr=False)
class MRR:
    """Reciprocal rank of the first right answer among k; 0 when there is none.

    Its mean over questions is the mean reciprocal rank: Voorhees (1999), The TREC-8 question
    answering track report.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"MRR@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give 1 / the rank of the first right answer."""
        if not judged.question.gains:
            return nan
        ranks = (rank for rank, gain in enumerate(gains(judged, self.k), 1) if gain > 0)
        return 1.0 / next(ranks, float("inf"))


@dataclass(frozen=True, slots=True, repr=False)
class AP:
    """Average precision: the mean of the precision at each right answer.

    Divided by all right answers, as trec_eval's ``map_cut``: with more of them than k, a best
    list has k / right answers.

    Buckley & Voorhees (2000), Evaluating evaluation measure stability, SIGIR.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"AP@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give the average precision."""
        if not judged.question.gains:
            return nan
        right, total = 0, 0.0
        for rank, gain in enumerate(gains(judged, self.k), 1):
            if gain > 0:
                right += 1
                total += right / rank
        return total / len(judged.question.gains)


@dataclass(frozen=True, slots=True, repr=False)
class Precision:
    """Share of the k slots that hold a right answer; an empty slot is a wrong one.

    Manning, Raghavan & Schütze (2008), Introduction to Information Retrieval, section 8.4.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"precision@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give right entries / k."""
        return _n_right(judged, self.k) / self.k if judged.question.gains else nan


@dataclass(frozen=True, slots=True, repr=False)
class Recall:
    """Share of the right answers that are among the first k.

    With more right answers than k, a best list has k / right answers. Manning, Raghavan &
    Schütze (2008), Introduction to Information Retrieval, section 8.4.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"recall@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give right entries / right answers."""
        right = len(judged.question.gains)
        return _n_right(judged, self.k) / right if right else nan


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """1 when any of the first k entries is right, else 0; trec_eval's ``success``."""

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"hit@{self.k}"

    def of(self, judged: Judged) -> float:
        """Tell whether there is a right entry, as 1 or 0."""
        return float(_n_right(judged, self.k) > 0) if judged.question.gains else nan


def _discounted(values: Iterable[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(values, 1))


def _n_right(judged: Judged, k: int) -> int:
    return sum(gain > 0 for gain in gains(judged, k))
