"""Stages 2 and 3 bound to a corpus, a moment and a policy: what an index ranks by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.rank.freshness import freshness
from relnews.rank.relevance import calibrate, hybrid

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.policy import Policy
    from relnews.rank.site import Site

    Values = npt.NDArray[np.float32]

STORY_WEIGHT = 0.05
"""At most so much of the semantic cosine is in the similarity that stories are told by."""

CROSS_LANGUAGE_SHARE = 1 / 3
"""So that a story, which takes .25 by default, takes three quarters of the way to identity."""

_SECONDS_PER_HOUR = 3600.0


class MomentScore:
    """Relevance and freshness as they are at a moment, under a policy.

    Parameters
    ----------
    site, policy
        What is scored, and how. Without a semantic view the similarity is lexical alone.
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

    def __init__(self, site: Site, policy: Policy, at: int) -> None:
        self._corpus, self._policy, self._at = site.corpus, policy, at
        calibration, has_view = site.calibration, site.vectors.shape[1] > 0
        self.semantic_weight = calibration.weight(policy.semantic_weight) if has_view else 0.0
        self._crosses_languages = has_view and bool(site.languages)
        self._usual = calibration.usual_semantic()
        self.zero = calibration.quantile(policy.relevance_zero, self.semantic_weight)
        least = calibration.quantile(policy.relevance_floor, self.semantic_weight)
        self.floor = float(calibrate(np.array([least], np.float32), self.zero)[0])

    def similarity(self, lexical: Values, semantic: Values) -> Values:
        """Give the cosine that stories, copies and diversity go by: nearly words alone.

        Reports of one event share its names and numbers. A pretrained model finds one subject in
        many events: with its full weight whole subjects became one story (nDCG@5 on energy
        chains .726 instead of .931; `benchmarks/models_quality.py`).

        Across languages there are no words to share. So of a model that compares them a third of
        the semantic cosine counts, if that is more: rescaled so that 0 is usual for random pairs
        and 1 is identity, since some models give any two texts .8.
        """
        words = hybrid(lexical, semantic, min(self.semantic_weight, STORY_WEIGHT))
        if not self._crosses_languages:
            return words
        meaning = calibrate(semantic, self._usual) * np.float32(CROSS_LANGUAGE_SHARE)
        larger: Values = np.maximum(words, meaning)
        return larger

    def relevance(self, lexical: Values, semantic: Values) -> Values:
        """Give calibrated relevance in [0, 1]."""
        return self.calibrated(hybrid(lexical, semantic, self.semantic_weight))

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
