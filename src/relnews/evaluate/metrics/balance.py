"""Whether lists are made up like what they should be made up like, by section or by outlet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, repeat
from math import nan
from typing import TYPE_CHECKING, ClassVar, get_args

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.metrics.slots import require_k
from relnews.evaluate.metrics.supply import By, supply_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.evaluate.judged import Judged
    from relnews.evaluate.metrics.supply import Supply

_SMOOTHING = 0.01


@dataclass(frozen=True, slots=True, repr=False)
class Calibration:
    """How far the sections (or outlets) of all lists are from those of the right answers.

    The Kullback-Leibler divergence, in nats, of the lists' shares q from the reference p, with
    q smoothed by 1 % of p (Steck's alpha). p is the mean over the questions with truth of their
    right answers' shares, by gain; q counts the k slots of the same questions. When no question
    has truth, p is what the site had to show at the asked moments. In [0, 4.61], 0 is best. An
    empty slot, or an unknown id, belongs to no section and counts against the system. NaN
    without lists, or when no article has a section. O(questions × k).

    Steck (2018), Calibrated recommendations, RecSys.
    """

    by: By
    k: int
    better: ClassVar[int] = -1

    def __post_init__(self) -> None:
        """Refuse a k below 1, and what articles cannot be told apart by."""
        require_k(self.k)
        _require_by(self.by)

    def __repr__(self) -> str:
        return f"{self.by} calibration@{self.k}"

    def of_run(self, lists: Sequence[Judged]) -> float:
        """Give the divergence of the lists from the reference."""
        if not lists:
            return nan
        supply = supply_of(lists[0].catalogue)
        shares = [_right_shares(judged, supply, self.by) for judged in lists]
        chosen = [(judged, p) for judged, p in zip(lists, shares, strict=True) if p.any()]
        if not chosen:
            chosen = [(judged, supply.shares(self.by, judged.question.at)) for judged in lists]
        p = np.mean([reference for _, reference in chosen], axis=0)
        if not supply.knows(self.by) or not p.any():
            return nan
        shown = [name for judged, _ in chosen for name in judged.ids[: self.k]]
        q = supply.spread(self.by, shown, repeat(1.0)) / (self.k * len(chosen))
        return kullback_leibler(p / p.sum(), q)


@dataclass(frozen=True, slots=True, repr=False)
class Divergence:
    """How far the sections (or outlets) of one list are from what the site had to show.

    The square root of the Jensen-Shannon divergence to base 2, in [0, 1]: 0 made up alike, 1
    nothing in common. An entry weighs 1 / its rank. What the site had to show are its live
    articles of the last 7 days, all live ones when there are none. Neither end is good: whether
    a list should mirror the paper is for its editors to say. NaN when no entry is known, no
    article has a section, or nothing was live. O(k + classes) after the first list of a moment.

    Vrijenhoek et al. (2022), RADio – Rank-aware divergence metrics to measure normative
    diversity in news recommendations, RecSys; root, base and weights as in its published code.
    """

    by: By
    k: int
    better: ClassVar[int] = 0

    def __post_init__(self) -> None:
        """Refuse a k below 1, and what articles cannot be told apart by."""
        require_k(self.k)
        _require_by(self.by)

    def __repr__(self) -> str:
        return f"{self.by} divergence@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give the distance of the list from what could have been on it."""
        supply = supply_of(judged.catalogue)
        p = supply.shares(self.by, judged.question.at)
        q = supply.spread(self.by, judged.ids[: self.k], (1.0 / rank for rank in count(1)))
        if not supply.knows(self.by) or not p.any() or not q.any():
            return nan
        return jensen_shannon(p, q / q.sum())


def kullback_leibler(p: npt.NDArray[np.float64], q: npt.NDArray[np.float64]) -> float:
    """Give the divergence of q from p in nats, q smoothed by 1 % of p; at most 4.61.

    Parameters
    ----------
    p, q
        Shape (classes,): p sums to 1, q to at most 1. What q lacks lies in no class.
    """
    held = p > 0
    smoothed = (1.0 - _SMOOTHING) * q[held] + _SMOOTHING * p[held]
    return max(0.0, float(np.sum(p[held] * np.log(p[held] / smoothed))))


def jensen_shannon(p: npt.NDArray[np.float64], q: npt.NDArray[np.float64]) -> float:
    """Give the Jensen-Shannon distance (root of the divergence to base 2) in [0, 1].

    Parameters
    ----------
    p, q
        Shape (classes,), each summing to 1.
    """
    middle = (p + q) / 2.0
    total = 0.0
    for part in (p, q):
        held = part > 0
        total += float(np.sum(part[held] * np.log2(part[held] / middle[held])))
    return float(np.sqrt(min(max(total / 2.0, 0.0), 1.0)))


def _right_shares(judged: Judged, supply: Supply, by: By) -> npt.NDArray[np.float64]:
    """Give the share of each class in a question's right answers, by gain; all 0 without any."""
    gains = judged.question.gains
    found = supply.spread(by, gains, gains.values())
    return found / found.sum() if found.any() else found


def _require_by(by: object) -> None:
    if by not in get_args(By):
        msg = f"articles are told apart by {' or '.join(get_args(By))}, got {by!r}"
        raise InvalidTruth(msg)
