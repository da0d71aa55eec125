"""How the lists of a system share out attention among the articles: coverage, Gini, hubs.

All three count in how many lists an article stands, over every article that could have stood
there: one that was live at any of the asked moments. With q questions, at most q × k articles
can be shown, so that values of different sets of questions do not compare. NaN without lists
or when nothing was live. Cost O(articles log questions + q × k).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from relnews.evaluate.metrics.slots import require_k
from relnews.evaluate.metrics.supply import supply_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.evaluate.judged import Judged


@dataclass(frozen=True, slots=True, repr=False)
class CatalogueCoverage:
    """Share of the articles live at some asked moment that stand in any list, in [0, 1].

    Larger is better, and easy to game with random entries: read it beside accuracy.

    Ge, Delgado-Battenfeld & Jannach (2010), Beyond accuracy, RecSys: catalog coverage.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"coverage@{self.k}"

    def of_run(self, lists: Sequence[Judged]) -> float:
        """Give shown articles / articles that could be shown."""
        counts = occurrences(lists, self.k)
        return float(np.mean(counts > 0)) if counts.size else nan


@dataclass(frozen=True, slots=True, repr=False)
class Gini:
    """Gini index of the number of lists each article stands in: 0 equal, towards 1 concentrated.

    At most 1 - 1 / articles. Smaller is better. NaN when nothing was shown.

    Gini (1912); for recommenders: Fleder & Hosanagar (2009), Blockbuster culture's next rise or
    fall, Management Science 55(5).
    """

    k: int
    better: ClassVar[int] = -1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"Gini@{self.k}"

    def of_run(self, lists: Sequence[Judged]) -> float:
        """Give the index over all articles that could be shown, those never shown included."""
        counts = np.sort(occurrences(lists, self.k))
        if not counts.any():
            return nan
        ranks = np.arange(1, len(counts) + 1)
        weights = 2 * ranks - len(counts) - 1
        return float((weights @ counts) / (len(counts) * counts.sum()))


@dataclass(frozen=True, slots=True, repr=False)
class HubSkew:
    """Skewness of the number of lists each article stands in: few hubs in all lists, or none.

    0 symmetric, large and positive when a few articles stand under everything; smaller is
    better. NaN when all articles are shown equally often.

    Radovanović, Nanopoulos & Ivanović (2010), Hubs in space, JMLR 11: the skewness of
    k-occurrences.
    """

    k: int
    better: ClassVar[int] = -1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"hub skew@{self.k}"

    def of_run(self, lists: Sequence[Judged]) -> float:
        """Give the third standardised moment over all articles that could be shown."""
        counts = occurrences(lists, self.k)
        if not counts.size or np.ptp(counts) == 0:
            return nan
        from scipy.stats import skew  # noqa: PLC0415  # slow to import

        return float(skew(counts))


def occurrences(lists: Sequence[Judged], k: int) -> npt.NDArray[np.int64]:
    """Count the lists that show each article which could be shown at any of their moments.

    The lists share one catalogue. Ids that it does not know, and articles that were never live,
    are not counted.

    Returns
    -------
    int64, shape (articles live at some moment,)
    """
    if not lists:
        return np.zeros(0, np.int64)
    supply = supply_of(lists[0].catalogue)
    shown = [
        supply.row_of[name]
        for judged in lists
        for name in set(judged.ids[:k])
        if name in supply.row_of
    ]
    counts = np.bincount(np.array(shown, np.intp), minlength=len(supply))
    return counts[supply.ever_live(judged.question.at for judged in lists)]
