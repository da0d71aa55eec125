"""Stage 6: greedy selection for relevance and diversity.

A selector looks at scores and at the similarity of what it already took; which candidates are
allowed at a step is the ranker's business. Scores and similarities are both in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.errors import InvalidPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from relnews.protocols import Selection, Selector


@dataclass(frozen=True, slots=True)
class Mmr:
    """Maximal marginal relevance: (1 - diversity) * score - diversity * max similarity.

    Carbonell and Goldstein (1998), The use of MMR. `diversity` is in [0, 1]; 0 sorts by score.
    """

    diversity: float = 0.1

    def __post_init__(self) -> None:
        """Refuse a diversity out of range."""
        _require_diversity(self.diversity)

    def begin(self, scores: npt.NDArray[np.float32]) -> Selection:
        """Start a list over candidates with these scores, shape (m,)."""
        return _MmrSelection(scores, self.diversity)


@dataclass(frozen=True, slots=True)
class Dpp:
    """Greedy MAP of a determinantal point process.

    Chen et al. (2018), Fast greedy MAP inference for determinantal point process. The kernel is
    w_i w_j sim_ij with w = exp((1 - diversity) * z) over standardised scores, so that it does
    not depend on their scale. `diversity` is in [0, 1]; 0 sorts by score.
    """

    diversity: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a diversity out of range."""
        _require_diversity(self.diversity)

    def begin(self, scores: npt.NDArray[np.float32]) -> Selection:
        """Start a list over candidates with these scores, shape (m,)."""
        if self.diversity == 0:
            return _MmrSelection(scores, 0.0)
        return _DppSelection(scores, self.diversity)


SELECTORS: dict[str, Callable[[float], Selector]] = {"mmr": Mmr, "dpp": Dpp}
"""The names that a settings file may use."""


class _MmrSelection:
    def __init__(self, scores: npt.NDArray[np.float32], diversity: float) -> None:
        self._scores, self._diversity = scores, diversity
        self._similarity: npt.NDArray[np.float32] | None = None

    def gains(self) -> npt.NDArray[np.float32]:
        if self._similarity is None:
            return self._scores
        weight = np.float32(self._diversity)
        gains = (1 - weight) * self._scores - weight * self._similarity
        return np.asarray(gains, np.float32)

    def take(self, taken: int, similarity: npt.NDArray[np.float32]) -> None:  # noqa: ARG002
        if self._similarity is None:
            self._similarity = similarity.astype(np.float32)
        else:
            self._similarity = np.maximum(self._similarity, similarity)


class _DppSelection:
    """The incremental Cholesky factor of the kernel of what was taken."""

    def __init__(self, scores: npt.NDArray[np.float32], diversity: float) -> None:
        spread = float(scores.std())
        standardised = (scores - scores.mean()) / spread if spread > 0 else np.zeros_like(scores)
        self._weights = np.asarray(np.exp((1 - diversity) * standardised), np.float32)
        self._residual = np.asarray(self._weights**2, np.float32)
        self._factor: list[npt.NDArray[np.float32]] = []

    def gains(self) -> npt.NDArray[np.float32]:
        return self._residual

    def take(self, taken: int, similarity: npt.NDArray[np.float32]) -> None:
        kernel = self._weights * similarity * self._weights[taken]
        for column in self._factor:
            kernel = kernel - column * column[taken]
        column = kernel / np.sqrt(max(float(self._residual[taken]), 1e-12))
        self._factor.append(column)
        self._residual = np.asarray(np.maximum(self._residual - column**2, 0), np.float32)


def select(
    selector: Selector,
    scores: npt.NDArray[np.float32],
    similarity: npt.NDArray[np.float32],
    k: int,
) -> npt.NDArray[np.intp]:
    """Pick k of m candidates, without rules: the bare selection, O(k m).

    Parameters
    ----------
    selector
        Such as ``Mmr(diversity=0.3)``.
    scores
        Shape (m,), larger is better; ties go to the earlier candidate.
    similarity
        Shape (m, m).
    k
        How many; at most m are picked.

    Returns
    -------
    intp, shape (min(k, m),), in the order picked

    Examples
    --------
    The second candidate is nearly the first; with some diversity the third goes before it.

    >>> import numpy as np
    >>> similarity = np.array([[1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1]], np.float32)
    >>> scores = np.array([1, 0.9, 0.8], np.float32)
    >>> select(Mmr(0.0), scores, similarity, 2).tolist()
    [0, 1]
    >>> select(Mmr(0.3), scores, similarity, 2).tolist()
    [0, 2]
    """
    picked: list[int] = []
    open_ = np.ones(len(scores), bool)
    selection = selector.begin(scores)
    while len(picked) < min(k, len(scores)):
        best = int(np.argmax(np.where(open_, selection.gains(), -np.inf)))
        open_[best] = False
        picked.append(best)
        selection.take(best, similarity[best])
    return np.array(picked, np.intp)


def _require_diversity(value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        msg = f"diversity must be in [0, 1], got {value!r}"
        raise InvalidPolicy(msg)
