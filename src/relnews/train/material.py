"""What a training is made of: a site's archive, parted by time, and its pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.archive import Archive
from relnews.train.pairs import drawn, make_pairs, text_of
from relnews.train.periods import periods_of

if TYPE_CHECKING:
    from relnews.evaluate.load import Dataset
    from relnews.train.pairs import Pair
    from relnews.train.periods import Periods
    from relnews.train.plan import TrainingPlan


@dataclass(frozen=True, slots=True)
class Material:
    """An archive and its periods, the pairs to learn from, and those to choose an epoch by.

    The latter are of all kinds, whatever is learned from: who learns from headlines alone is
    judged by links too.
    """

    archive: Archive
    periods: Periods
    pairs: tuple[Pair, ...]
    later: tuple[Pair, ...]

    def texts(self) -> list[str]:
        """Give the articles that had arrived when learning ends."""
        earlier = self.archive.until(self.periods.validation)
        return [text_of(earlier.latest(name)) for name in earlier.ids]


def make_material(data: Dataset, plan: TrainingPlan) -> Material:
    """Part a site's data by time, and make the pairs of both periods before the test.

    Raises
    ------
    InvalidTruth
        When the articles cannot be parted; see `periods_of`.
    """
    archive = Archive(data.articles, data.truth.retractions)
    periods = periods_of((archive.first(name) for name in archive.ids), plan.until)
    pairs = make_pairs(data.truth, archive, periods.validation, kinds=plan.kinds)
    later = make_pairs(data.truth, archive, periods.test, since=periods.validation)
    few = drawn(pairs, plan.max_pairs, np.random.default_rng(plan.seed))
    return Material(archive, periods, few, later)
