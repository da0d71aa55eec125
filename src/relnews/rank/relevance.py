"""Stage 2: from two cosines to one calibrated relevance in [0, 1].

A cosine means little by itself: 0.1 is much between random news articles and little between
two reports of one event, and how much depends on the corpus. So the similarity of random pairs
of this very corpus is sampled, and its quantiles are the scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float32]

LATENT_WEIGHT = 0.05
"""How much of the latent view is mixed in: measured, see `benchmarks/README.md`."""

MIN_PAIRS = 300
"""With fewer random pairs than these, quantiles are noise, and a prior takes their place."""

_PRIOR_QUANTILES = np.array([0.0, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0])
_PRIOR_COSINES = np.array([0.0, 0.005, 0.01, 0.02, 0.03, 0.06, 0.15])


def hybrid(lexical: Values, semantic: Values, semantic_weight: float) -> Values:
    """Give (1 - w) * lexical + w * semantic; a negative semantic cosine counts as 0."""
    if semantic_weight == 0:
        return lexical
    weight = np.float32(semantic_weight)
    mixed = (np.float32(1) - weight) * lexical + weight * np.maximum(semantic, np.float32(0))
    return mixed.astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """The similarity of random pairs of a corpus, and what was measured of its semantic view.

    Attributes
    ----------
    lexical, semantic
        float32, shape (p,): both cosines of p random pairs.
    semantic_weight
        In [0, 1]: the share of the semantic cosine that serves best, unless a policy says other.
    """

    lexical: Values
    semantic: Values
    semantic_weight: float = LATENT_WEIGHT

    def weight(self, wanted: float | None) -> float:
        """Give the share of the semantic cosine: the one a policy wants, or else the measured."""
        return self.semantic_weight if wanted is None else wanted

    def usual_semantic(self) -> float:
        """Give the semantic cosine that half of the random pairs stay below; 0 without any."""
        return float(np.median(self.semantic)) if len(self.semantic) else 0.0

    def quantile(self, share: float, semantic_weight: float) -> float:
        """Give the similarity that a share of the random pairs stays below."""
        if len(self.lexical) < MIN_PAIRS:
            return self._prior(share, semantic_weight)
        return float(np.quantile(hybrid(self.lexical, self.semantic, semantic_weight), share))

    def _prior(self, share: float, semantic_weight: float) -> float:
        """Guess for a handful of articles: models differ too much for a prior of their cosines."""
        lexical = float(np.interp(share, _PRIOR_QUANTILES, _PRIOR_COSINES))
        if semantic_weight == 0 or len(self.semantic) == 0:
            return lexical
        semantic = float(np.quantile(np.maximum(self.semantic, 0), share))
        return (1 - semantic_weight) * lexical + semantic_weight * semantic


def calibrate(similarity: Values, zero: float) -> Values:
    """Give the relevance: 0 up to `zero`, 1 at identity, linear between."""
    if zero >= 1:
        return np.zeros_like(similarity)
    scaled = (similarity - np.float32(zero)) / np.float32(1 - zero)
    relevance: Values = np.clip(scaled, 0, 1).astype(np.float32, copy=False)
    return relevance
