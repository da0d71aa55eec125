"""Stages 2 and 3 bound to a corpus, a moment and a policy: what an index ranks by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.rank.freshness import freshness
from relnews.rank.relevance import Calibration, calibrate, hybrid

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.policy import Policy

    Values = npt.NDArray[np.float32]

_SECONDS_PER_HOUR = 3600.0


class MomentScore:
    """Relevance and freshness as they are at a moment, under a policy.

    Parameters
    ----------
    corpus, calibration, policy
        What is scored, and how.
    dimensions
        Of the semantic view; with 0 the similarity is lexical alone.
    at
        The moment, epoch seconds.

    Attributes
    ----------
    semantic_weight
        The share of the semantic cosine in the similarity; 0 without a semantic view.
    zero
        The similarity up to which relevance is 0.
    floor
        The least relevance that counts as related.
    """

    def __init__(
        self, corpus: Corpus, calibration: Calibration, policy: Policy, dimensions: int, at: int
    ) -> None:
        self._corpus, self._policy, self._at = corpus, policy, at
        self.semantic_weight = calibration.weight(policy.semantic_weight) if dimensions else 0.0
        self.zero = calibration.quantile(policy.relevance_zero, self.semantic_weight)
        least = calibration.quantile(policy.relevance_floor, self.semantic_weight)
        self.floor = float(calibrate(np.array([least], np.float32), self.zero)[0])

    def similarity(self, lexical: Values, semantic: Values) -> Values:
        """Give the hybrid cosine."""
        return hybrid(lexical, semantic, self.semantic_weight)

    def relevance(self, lexical: Values, semantic: Values) -> Values:
        """Give calibrated relevance in [0, 1]."""
        return self.calibrated(self.similarity(lexical, semantic))

    def calibrated(self, similarity: Values) -> Values:
        """Give the relevance of hybrid cosines."""
        return calibrate(similarity, self.zero)

    def age_hours(self, rows: npt.NDArray[np.intp] | slice) -> npt.NDArray[np.float64]:
        """Give the age of rows at the moment, at least 0; undated rows are ages old."""
        ages = (self._at - self._corpus.dates(self._at, rows)) / _SECONDS_PER_HOUR
        return np.maximum(ages, 0.0)

    def freshness(self, rows: npt.NDArray[np.intp] | slice) -> Values:
        """Give the freshness in [0, 1] of rows."""
        policy = self._policy
        fresh = freshness(self.age_hours(rows), self._half_lives(rows), policy.freshness_floor)
        evergreen = self._corpus["evergreen"][rows] == 1
        level = np.float32(policy.evergreen_freshness)
        return np.where(evergreen, np.maximum(fresh, level), fresh)

    def freshest(self, date: int, *, evergreen: bool) -> float:
        """Give a freshness that nothing dated then or before exceeds, evergreen or not."""
        policy = self._policy
        life = max([policy.half_life_hours, *policy.section_half_life_hours.values()])
        age = np.array([(self._at - date) / _SECONDS_PER_HOUR])
        most = float(freshness(age, life, policy.freshness_floor)[0])
        return max(most, policy.evergreen_freshness) if evergreen else most

    def _half_lives(self, rows: npt.NDArray[np.intp] | slice) -> npt.NDArray[np.float64] | float:
        policy = self._policy
        if not policy.section_half_life_hours:
            return policy.half_life_hours
        sections = self._corpus.names["section"].names
        by_section = policy.section_half_life_hours
        lives = np.array([by_section.get(name, policy.half_life_hours) for name in sections])
        return lives[self._corpus["section"][rows]]
